import NotebookEngine
import Testing

@Suite struct NotebookParametersTests {
    static let source = """
        let scale = Scale.standard   // smoke, standard or full
        let seed: UInt64 = 0
        var name = "default"
        let rate = 0.5, count = 3
        let offset = -2
        let isQuiet = false
        let limit: Int? = nil
        let grid = [
            1, 2,
        ]
        let after = 9
        """

    @Test(arguments: [
        ("scale", "full", "let scale = Scale.full   // smoke"), ("scale", "Scale.smoke", "Scale.smoke   //"),
        ("seed", "18446744073709551615", "let seed: UInt64 = 18446744073709551615\n"), ("name", "a \"b\" \\", #"var name = "a \"b\" \\""#),
        ("rate", "1e-3", "let rate = 1e-3, count = 3"), ("rate", "2", "let rate = 2, count"), ("count", "1_000", "count = 1000\n"),
        ("offset", "7", "let offset = 7\n"), ("isQuiet", "true", "let isQuiet = true\n"), ("limit", "4", "let limit: Int? = 4\n"),
        ("limit", "nil", "let limit: Int? = nil\n"), ("grid", "[5]", "let grid = [5]\n\n\nlet after = 9"),
    ])
    func setsAValueInTheFormOfTheDeclaration(_ name: String, _ value: String, _ expected: String) throws {
        let text = try NotebookParameters(source: Self.source).source(setting: [name: value])
        #expect(text.contains(expected), "\(text)")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == Self.source.split(separator: "\n", omittingEmptySubsequences: false).count)
    }

    @Test(arguments: [
        ("seed", "-1", "an integer of at least 0"), ("count", "2.5", "an integer"), ("rate", "fast", "a finite number"),
        ("rate", "nan", "a finite number"), ("scale", "huge", "smoke, standard, full"), ("isQuiet", "1", "true or false"),
        ("grid", "[1, 2", "a Swift expression"), ("grid", "1; system()", "a Swift expression"), ("scale", "x y", "the name of a case"),
    ])
    func refusesAValueThatDoesNotFit(_ name: String, _ value: String, _ expected: String) {
        let error = #expect(throws: ParameterError.self) {
            try NotebookParameters(source: Self.source).source(setting: [name: value])
        }
        #expect(error?.description.contains("parameter \(name): \"\(value)\"") == true)
        #expect(error?.description.contains(expected) == true)
    }

    @Test func anUnknownParameterIsToldWithTheKnownOnes() {
        let error = #expect(throws: ParameterError.self) {
            try NotebookParameters(source: Self.source).source(setting: ["sed": "1"])
        }
        #expect(error == .unknown(name: "sed", known: ["scale", "seed", "name", "rate", "count", "offset", "isQuiet", "limit", "grid", "after"]))
    }

    @Test func knowsTheDeclaredScale() {
        #expect(NotebookParameters(source: "let scale = Scale.full").declaredScale == .full)
        #expect(NotebookParameters(source: "let seed = 1").declaredScale == nil)
    }
}
