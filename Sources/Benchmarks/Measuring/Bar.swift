/// What a measurement must reach.
public enum Bar: Sendable, Equatable {
    /// At least so many times the speed of the peer: the peer's seconds over ours.
    case speed(atLeast: Double)
    /// At most so many seconds, whatever a peer takes.
    case seconds(atMost: Double)
    /// Nothing: the ratio is reported.
    case none

    /// Both sides call the same BLAS or LAPACK: never slower than 1.1 times the peer.
    public static let sameLibrary = Bar.speed(atLeast: 1 / 1.1)
    /// The peer loops in Python: at least twice as fast.
    public static let pythonLoop = Bar.speed(atLeast: 2)

    /// Whether the seconds reach it; nil where there is nothing to reach.
    func isMet(ours: Double, peer: Double?) -> Bool? {
        switch self {
        case .speed(let speed): peer.map { $0 >= speed * ours }
        case .seconds(let limit): ours <= limit
        case .none: nil
        }
    }

    /// As the table shows it.
    var text: String {
        switch self {
        case .speed(let speed): "≥ \(twoDigits(speed))"
        case .seconds(let limit): "≤ \(duration(limit))"
        case .none: "-"
        }
    }
}
