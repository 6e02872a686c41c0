import Foundation

/// The runs of several notebooks as a table: how each ended, its claims by verdict and its time; the sums below.
///
/// ```
/// Notebook        Result     Held  Failed  Not reproduced  Not checked  Time
/// ───────────────────────────────────────────────────────────────────────────
/// double-descent  succeeded    17       0               0            8  7.7 s
/// soft-nms        succeeded    11       0               0            0  9.2 s
/// 2 notebooks                  28       0               0            8
/// ```
///
/// - Parameter runs: a slug for each, and its record; nil for one that did not run.
/// - Returns: lines without a last line end.
public func renderedRuns(_ runs: [(slug: String, record: RunRecord?)]) -> String {
    let verdicts: [ClaimRecord.Verdict] = [.held, .failed, .notReproduced, .notChecked]
    let header = ["Notebook", "Result"] + verdicts.map { $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() } + ["Time"]
    let rows: [[String]] = runs.map { slug, record in
        guard let record else { return [slug, "did not run"] + verdicts.map { _ in "" } + [""] }
        let counts = ClaimCounts(record.claims)
        return [slug, record.status.rawValue] + verdicts.map { String(counts[$0]) }
            + [String(format: "%.1f s", record.seconds)]
    }
    let all = ClaimCounts(runs.flatMap { $0.record?.claims ?? [] })
    let sums = ["\(runs.count) notebook\(runs.count == 1 ? "" : "s")", ""] + verdicts.map { String(all[$0]) } + [""]
    var lines = TerminalText.table([header] + rows + [sums], numbers: Set(2...6))
    lines.insert(String(repeating: "─", count: lines.map { TerminalText.columns(of: $0) }.max() ?? 0), at: 1)
    return lines.joined(separator: "\n")
}
