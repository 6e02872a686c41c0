import NotebookRuntime
import Testing

/// Each requirement at its bound, beside it, and at NaN.
@Suite struct RequirementTests {
    static let cases: [(Requirement, meets: [Double], misses: [Double])] = [
        (.atLeast(2), [2, 3, .infinity], [1.999, -.infinity]),
        (.atMost(2), [2, 1, -.infinity], [2.001, .infinity]),
        (.greaterThan(2), [2.001], [2, 1]),
        (.lessThan(2), [1.999], [2, 3]),
        (.within(10, tolerance: 0.5), [9.5, 10, 10.5], [9.49, 10.51, .infinity]),
        (.within(-10, relative: 0.05), [-9.5, -10.5], [-9.4, -10.6, 10]),
        (.within(0, relative: 0.05), [0], [1e-300]),
        (.between(-1, 1), [-1, 0, 1], [-1.001, 1.001]),
        (.equal(0), [0, -0.0], [1e-300]),
    ]

    @Test(arguments: cases.indices) func isMetExactlyWithinItsBounds(_ index: Int) {
        let (requirement, meets, misses) = Self.cases[index]
        for value in meets { #expect(requirement.isMet(by: value), "\(value) \(requirement.words)") }
        for value in misses { #expect(!requirement.isMet(by: value), "\(value) \(requirement.words)") }
        #expect(!requirement.isMet(by: .nan))
        #expect(!requirement.isMet(by: .signalingNaN))
    }

    @Test func wordsSayTheBound() {
        #expect(Requirement.atLeast(0.004).words == "≥ 0.004")
        #expect(Requirement.within(15.6, relative: 0.05).words == "15.6 ± 5 %")
        #expect(Requirement.between(-0.5, 3).words == "in [-0.5, 3]")
    }

    @Test func aBoundThatCannotFailIsRefused() async {
        await #expect(processExitsWith: .failure) { _ = Requirement.atLeast(-.infinity) }
        await #expect(processExitsWith: .failure) { _ = Requirement.atMost(.nan) }
        await #expect(processExitsWith: .failure) { _ = Requirement.between(1, -1) }
        await #expect(processExitsWith: .failure) { _ = Requirement.within(1, tolerance: -1) }
    }
}

@Suite struct TableTests {
    @Test func alignsNumbersRightAndTextLeft() {
        let table = Table(columns: ["rule", "AP"], rows: [["hard", 0.5214321], ["Gaussian", 12]])
        #expect(
            table.displayed[MimeBundle.plainText] == """
                rule          AP
                ────────  ──────
                hard      0.5214
                Gaussian      12
                """)
    }

    @Test func escapesMarkup() {
        let table = Table(columns: ["a<b"], rows: [["x & \"y\" | z"]])
        #expect(table.displayed[MimeBundle.html]?.contains("<th>a&lt;b</th>") == true)
        #expect(table.displayed[MimeBundle.html]?.contains("<td>x &amp; &quot;y&quot; | z</td>") == true)
        #expect(table.displayed[MimeBundle.markdown]?.contains("| x & \"y\" \\| z |") == true)
    }

    @Test func showsMissingValuesAsADash() {
        let missing: Double? = nil
        let present: Double? = 2.5
        #expect(Table(columns: ["v"], rows: [[missing as Any], [present as Any]]).rows == [["—"], ["2.5"]])
    }
}
