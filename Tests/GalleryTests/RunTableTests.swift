import NotebookProtocol
import Testing

@Suite struct RunTableTests {
    private func record(_ slug: String, _ status: RunRecord.Status, _ seconds: Double, _ verdicts: [ClaimRecord.Verdict]) -> RunRecord {
        RunRecord(
            slug: slug, title: slug, paper: nil, field: nil, path: slug, scale: .smoke, parameters: [:],
            status: status, startedAt: "2026-01-01T00:00:00Z", seconds: seconds, cells: [],
            claims: verdicts.map { ClaimRecord(statement: "", measured: "", required: "", verdict: $0) }, figures: [])
    }

    @Test func countsClaimsByVerdict() {
        let runs = [
            ("double-descent", record("double-descent", .succeeded, 7.72, [.held, .held, .notChecked])),
            ("top-h", record("top-h", .claimFailed, 101, [.held, .failed, .notReproduced])), ("z-loss", nil),
        ]
        #expect(
            renderedRuns(runs) == """
                Notebook        Result        Held  Failed  Not reproduced  Not checked     Time
                ────────────────────────────────────────────────────────────────────────────────
                double-descent  succeeded        2       0               0            1    7.7 s
                top-h           claim failed     1       1               1            0  101.0 s
                z-loss          did not run
                3 notebooks                      3       1               1            1
                """)
    }
}
