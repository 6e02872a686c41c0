import Foundation

/// One measured line of a suite.
public struct Measurement: Sendable {
    /// What was measured, with its size.
    public let name: String
    /// The threads that both sides might use; nil where that is not chosen.
    public let threads: Int?
    public let ours: Timing
    public let peer: Timing?
    public let bar: Bar
    /// Which of the repeats the table shows and the bar is for.
    public let statistic: Statistic
    /// The largest difference between the results of the two sides, as a share of what is allowed; nil if they were not
    /// compared.
    public let difference: Double?
    /// By how many bytes our resident memory grew over many calls; nil if that was not measured.
    public var memoryGrowth: Int?
    /// What else there is to say.
    public let note: String

    public init(
        name: String, threads: Int? = nil, ours: Timing, peer: Timing? = nil, bar: Bar, statistic: Statistic = .best,
        difference: Double? = nil, note: String = ""
    ) {
        self.name = name
        self.threads = threads
        self.ours = ours
        self.peer = peer
        self.bar = bar
        self.statistic = statistic
        self.difference = difference
        self.note = note
    }

    var ourSeconds: Double { statistic.of(ours) }
    var peerSeconds: Double? { peer.map(statistic.of) }

    /// The peer's time over ours: how many times its speed we have.
    public var speed: Double? { peerSeconds.map { $0 / ourSeconds } }

    /// Whether the bar is met; nil where there is none.
    public var isMet: Bool? { bar.isMet(ours: ourSeconds, peer: peerSeconds) }

    /// Whether memory stays flat: 1 MB over many calls is what an allocator keeps.
    public var isFlat: Bool { (memoryGrowth ?? 0) <= 1 << 20 }

    /// The note, and the growth of memory.
    var remarks: String {
        let growth = memoryGrowth.map { String(format: "memory %+.1f MB", Double($0) / 1_048_576) }
        return [note, growth ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    var verdict: String { isMet.map { $0 ? "met" : "MISSED" } ?? "reported" }
}

/// What stops a benchmark.
public struct BenchmarkError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
