import Foundation

/// The wall-clock seconds of several repeats of one piece of work.
public struct Timing: Sendable, Equatable, Codable {
    /// The least: what the work takes when nothing disturbs it.
    public let best: Double
    /// The middle one.
    public let median: Double
    /// How many repeats there were.
    public let repeats: Int

    /// - Parameter samples: seconds a call, at least one.
    public init(_ samples: [Double]) {
        precondition(!samples.isEmpty, "a timing needs at least one repeat")
        let sorted = samples.sorted()
        best = sorted[0]
        median = sorted[sorted.count / 2]
        repeats = sorted.count
    }
}

/// Which of the repeats counts.
public enum Statistic: String, Sendable {
    /// The least, for work that is the same every time.
    case best
    /// The middle one, for what a person waits for.
    case median

    func of(_ timing: Timing) -> Double { self == .best ? timing.best : timing.median }
}

/// Wall-clock seconds of a piece of work.
public func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    let duration = ContinuousClock.now - start
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// Takes a value as if it were used, so that its computation is not left out.
@inline(never) public func keep<T>(_ value: T) { withExtendedLifetime(value) {} }

/// Seconds as a person reads them, in three digits.
public func duration(_ seconds: Double) -> String {
    for (unit, size) in [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)] where seconds.magnitude >= size {
        let value = seconds / size
        return String(format: value.magnitude >= 100 ? "%.0f %@" : value.magnitude >= 10 ? "%.1f %@" : "%.2f %@", value, unit)
    }
    return String(format: "%.0f ns", seconds * 1e9)
}

func twoDigits(_ value: Double) -> String { String(format: value >= 99.5 ? "%.0f" : value >= 9.95 ? "%.1f" : "%.2f", value) }
