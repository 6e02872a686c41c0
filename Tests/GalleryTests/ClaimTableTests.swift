import NotebookProtocol
import Testing

private let claims = [
    ClaimRecord(statement: "Gaussian Soft-NMS beats NMS at AP@[.5:.95]", measured: "0.0123", required: "≥ 0.004", published: "0.011", verdict: .held),
    ClaimRecord(statement: "日本語の文", measured: "NaN", required: "= 0", verdict: .failed),
    ClaimRecord(statement: "AP on VOC", measured: "", required: "", published: "0.017", verdict: .notReproduced, note: "no public detections"),
    ClaimRecord(statement: "e\u{301}té", measured: "–", required: "≤ 1", verdict: .notChecked, note: "from standard"),
]

@Suite struct ClaimTableTests {
    @Test func alignsByTheColumnsOfATerminal() {
        #expect(
            // The columns' widths are 42, 8, 8, 9 and 16, with two spaces between them: 91 in all.
            renderedClaims(claims, width: 100, colour: false) == """
                Claim                                       Measured  Required  Published  Verdict
                ───────────────────────────────────────────────────────────────────────────────────────────
                Gaussian Soft-NMS beats NMS at AP@[.5:.95]  0.0123    ≥ 0.004   0.011      ✓ held
                日本語の文                                  NaN       = 0                  ✗ failed
                AP on VOC                                                       0.017      ◇ not reproduced
                  no public detections
                été                                         –         ≤ 1                  · not checked
                  from standard
                """)
    }

    @Test(arguments: [20, 40, 60, 72, 80, 120, 200])
    func fitsTheWidth(width: Int) {
        let long = ClaimRecord(
            statement: String(repeating: "a long statement of a claim ", count: 8) + String(repeating: "x", count: 300),
            measured: String(repeating: "9", count: 70), required: "in 0.1234567890123 … 0.9876543210987 of the whole",
            published: "about 0.5 in the paper’s table 3", verdict: .notReproduced, note: String(repeating: "字", count: 90))
        let table = renderedClaims(claims + [long], width: width, colour: false)
        let widest = table.split(separator: "\n").map { TerminalText.columns(of: $0) }.max() ?? 0
        #expect(widest <= width)
        #expect(table.filter { $0 == "字" }.count == 90)
        #expect(table.filter { $0 == "9" }.count >= 70)
    }

    @Test func colourChangesNoText() {
        let plain = renderedClaims(claims, width: 80, colour: false)
        let coloured = renderedClaims(claims, width: 80, colour: true)
        #expect(coloured.contains("\u{1B}[1;31m✗ failed\u{1B}[0m"))
        #expect(TerminalText.settled(coloured) == plain)
        #expect(renderedClaims([], width: 80, colour: true).isEmpty)
    }

    /// The widths are those of Unicode's East Asian Width and emoji data, as `wcwidth` has them.
    @Test(arguments: [("a", 1), ("é", 1), ("e\u{301}", 1), ("字", 2), ("한", 2), ("Ａ", 2), ("✓", 1), ("❤\u{FE0F}", 2), ("👩‍🔬", 2), ("🇩🇪", 2), ("≥", 1), ("\u{200B}", 0)])
    func knowsTheColumnsOfACharacter(text: String, columns: Int) {
        #expect(TerminalText.columns(of: text) == columns)
    }

    @Test(arguments: [
        ("1%\r50%\r100%\ndone", "100%\ndone"), ("100%\r5", "500%"), ("\u{1B}[31mred\u{1B}[0m", "red"), ("abc\r\u{1B}[Kx", "x"), ("\u{1B}]0;title\u{7}x", "x"),
        ("ab\u{8}c", "ac"), ("a\r\nb", "a\nb"), ("a\u{7}b", "ab"), ("\u{1B}[", ""), ("\u{1B}", ""),
    ])
    func settlesTerminalText(text: String, settled: String) {
        #expect(TerminalText.settled(text) == settled)
    }
}
