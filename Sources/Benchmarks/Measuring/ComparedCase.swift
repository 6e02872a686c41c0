/// A piece of work that we and a peer do on the same numbers.
public struct ComparedCase {
    public let name: String
    /// What the peer's script calls it.
    public let peerName: String
    /// Numbers that both sides are told.
    public let settings: [String: Double]
    /// Arrays that both sides are given.
    public let inputs: [String: NumericArray]
    public let bar: Bar
    public let note: String
    /// Does the work so many times.
    let run: (_ calls: Int) throws -> Void
    /// Does the work once and gives its results.
    let results: () throws -> [Output]

    /// - Parameters:
    ///   - name: what the table calls it, with its size.
    ///   - peerName: the function of the peer's script.
    ///   - work: what is measured.
    ///   - results: what is compared with the peer's results, array by array; not measured.
    public init<Result>(
        _ name: String, peerName: String, settings: [String: Double] = [:], inputs: [String: NumericArray] = [:],
        bar: Bar, note: String = "", work: @escaping () throws -> Result, results: @escaping (Result) throws -> [Output]
    ) {
        self.name = name
        self.peerName = peerName
        self.settings = settings
        self.inputs = inputs
        self.bar = bar
        self.note = note
        run = { calls in for _ in 0..<calls { keep(try work()) } }
        self.results = { try results(try work()) }
    }
}

/// How long to measure.
public struct Effort: Sendable {
    /// A repeat calls the work until about so many seconds have passed: short, so that some repeats are undisturbed on
    /// a machine that does other work.
    public var secondsOfRepeat = 0.004
    /// Repeats of each side, in turn.
    public var repeats = 25
    /// No further repeats after so many seconds, but at least three.
    public var secondsOfCase = 4.0

    public init() {}
}

extension ComparedCase {
    /// Compares the results, then measures both sides in turn.
    ///
    /// The machine may do other work meanwhile: the least of the repeats counts, on both sides, and a missed bar is
    /// measured twice as long again before it stands.
    public func measure(against peer: PeerProcess, threads: Int, effort: Effort = Effort()) throws -> Measurement {
        let ours = try results()
        let theirs = try peer.prepare(self)
        guard ours.count == theirs.count else {
            throw BenchmarkError("\(name): we have \(ours.count) results, the peer \(theirs.count)")
        }
        var difference = 0.0
        for (output, other) in zip(ours, theirs) {
            let share = try output.difference(from: other)
            guard share <= 1 else {
                throw BenchmarkError(
                    "\(name): \(output.name) differs from the peer's by \(twoDigits(share)) times the tolerance "
                        + "\(output.tolerance)")
            }
            difference = max(difference, share)
        }

        let ourCalls = max(1, Int(effort.secondsOfRepeat / (try seconds { try run(1) })))
        let peerCalls = max(1, Int(effort.secondsOfRepeat / (try peer.measure(calls: 1))))
        var ourSamples: [Double] = [], peerSamples: [Double] = []
        func sample(_ repeats: Int, atMost limit: Double) throws {
            let start = ContinuousClock.now
            for index in 0..<repeats {
                ourSamples.append(try seconds { try run(ourCalls) } / Double(ourCalls))
                peerSamples.append(try peer.measure(calls: peerCalls))
                if index >= 2, ContinuousClock.now - start > .seconds(limit) { return }
            }
        }
        func measurement() -> Measurement {
            Measurement(
                name: name, threads: threads, ours: Timing(ourSamples), peer: Timing(peerSamples), bar: bar,
                difference: difference, note: note)
        }
        try sample(effort.repeats, atMost: effort.secondsOfCase)
        if measurement().isMet == false { try sample(2 * effort.repeats, atMost: 2 * effort.secondsOfCase) }
        return measurement()
    }
}
