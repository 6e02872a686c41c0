import Foundation
import Mathematics
import Testing

@Suite struct NumericTableTests {
    private func table(_ text: String, _ delimiter: Character = ",") throws -> NumericTable {
        try NumericTable(text: text, file: "table", delimiter: delimiter)
    }

    @Test func tablesAreRead() throws {
        let plain = try table("a,b\n1,2.5\r\n-3e2, 4\n\n")
        #expect(plain.columns == ["a", "b"] && plain.values == [[1, 2.5], [-300, 4]])
        let quoted = try table("\u{FEFF}\"a;\"\"x\"\"\";b\n\"1\";2\n", ";")
        #expect(quoted.columns == ["a;\"x\"", "b"] && quoted.values == [[1, 2]])
        let bare = try table("1,2\n3,4")
        #expect(bare.columns == ["column 1", "column 2"] && bare.values.rows == 2)
        let (features, target) = try plain.separating(target: "a")
        #expect(features == [[2.5], [4]] && target == [1, -300])
        #expect(try plain.separating().target == [2.5, 4])
        #expect(try plain.column("b") == [2.5, 4])
    }

    @Test(arguments: [
        ("", "content", "empty"), ("a,b\n", "content", "a header alone"), ("a,b\n1\n", "line 2", "1 fields"),
        ("a,b\n1,?\n", "line 2, column b", "\"?\""), ("a,b\n1,\n", "line 2, column b", "empty"),
        ("a,b\n1,inf\n", "line 2, column b", "\"inf\""), ("a,a\n1,2\n", "line 1, column 2", "the name \"a\" again"),
        ("a,\"b\n1,2\n", "line 1", "a quote that does not end"),
    ])
    func errorsNamePlaceAndValue(_ text: String, _ place: String, _ value: String) {
        let error = #expect(throws: DataFileError.self) { _ = try table(text) }
        #expect(error?.place == place && error?.value == value && error?.file == "table")
    }

    @Test func missingFilesAndColumnsAreNamed() throws {
        #expect(throws: DataFileError.self) { _ = try NumericTable(path: "/nonexistent.csv") }
        let error = #expect(throws: DataFileError.self) { _ = try table("a,b\n1,2").column("c") }
        #expect(error?.expected == "one of a, b")
    }
}
