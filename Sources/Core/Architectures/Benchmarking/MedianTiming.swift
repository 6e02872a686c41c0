import Mathematics

/// The medians of the seconds that pieces of work take, measured in turn.
///
/// Every repetition runs all of them once, so that whatever else the machine does meets all alike, and what is compared
/// was measured under the same conditions. Each is first run once without being measured.
///
/// - Parameters:
///   - repetitions: how often each is measured, at least 1; the papers of this field take 15.
///   - leastSeconds: short work is called so often that one measurement lasts about so long; its time is divided by the
///     number of calls.
///   - work: what is measured.
/// - Returns: the seconds of one call, in the order of `work`.
/// - Throws: `ArchitectureError.invalid` for no repetitions; what the work throws.
public func medianSeconds(
    repetitions: Int = 15, leastSeconds: Double = 1e-3, of work: [() throws -> Void]
) throws -> [Double] {
    try requireArgument(repetitions > 0, "repetitions", repetitions, "at least 1")
    let clock = ContinuousClock()
    func seconds(_ calls: Int, _ body: () throws -> Void) rethrows -> Double {
        let duration = try clock.measure { for _ in 0..<calls { try body() } }
        return duration / .seconds(1) / Double(calls)
    }
    let calls = try work.map { body in
        try body()
        return Int(min(max(leastSeconds / max(try seconds(1, body), 1e-9), 1), 1e6))
    }
    var samples = [[Double]](repeating: [], count: work.count)
    for _ in 0..<repetitions {
        for (index, body) in work.enumerated() { samples[index].append(try seconds(calls[index], body)) }
    }
    return try samples.map { try median(of: $0) }
}
