import Foundation
import NotebookJupyter
import Testing

@Suite struct JSONValueTests {
    /// Texts that RFC 8259 calls JSON, and texts that it does not; Foundation's reader is the second opinion.
    static let valid = [
        "null", " true ", "false", "0", "-0", "10", "1.5e+10", "-2E-3", "\"\"", "\"a\\u00e9\\n\\\"\\\\\\/\"", "\"\\ud83c\\udf89\"", "[]",
        "[ ]", "{}", "{ \"a\" : [1, {\"b\": null}], \"c\": \"\\u0000\" }", "\"日本語 🎉\"", "[[[[[[1]]]]]]", "\t[1\n,\r2]",
    ]
    static let invalid = [
        "", " ", "nul", "nulll", "tru", "01", "1.", ".5", "+1", "1e", "--1", "\"", "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "[", "[1", "[1,]",
        "[1 2]", "]", "{", "{1: 2}", "{\"a\"}", "{\"a\":}", "{\"a\": 1,}", "{\"a\": 1 \"b\"}", "1 2", "[1]]", "'a'", "{a: 1}", "\u{FEFF}1",
    ]

    @Test(arguments: valid) func readsWhatFoundationReads(text: String) throws {
        let value = try JSONValue(parsing: text)
        let reference = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? NSObject
        for written in [value.text, value.notebookText, value.spacedText] {
            let again = try JSONSerialization.jsonObject(with: Data(written.utf8), options: .fragmentsAllowed) as? NSObject
            #expect(again == reference)
            #expect(try JSONValue(parsing: written) == value)
        }
    }

    @Test(arguments: invalid) func refusesWhatIsNoJSON(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func refusesBytesThatAreNoUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]) }
        // An encoded surrogate, and an overlong slash.
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xC0, 0xAF, 0x22]) }
    }

    @Test func survivesDeepNesting() {
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: bomb) }
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: objects) }
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: Never.self) { try JSONValue(parsing: deep) }
    }

    @Test func keepsOrderDigitsAndPythonsNumbers() throws {
        let text = #"{"z":1.0,"a":18446744073709551617,"m":[1e-300,NaN,-Infinity]}"#
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test func halfASurrogatePairIsReplaced() throws {
        #expect(try JSONValue(parsing: #""\ud83d""#) == "\u{FFFD}")
        #expect(try JSONValue(parsing: #""\ud83dx""#) == "\u{FFFD}x")
        #expect(try JSONValue(parsing: #""\udf89\ud83d\u0041""#) == "\u{FFFD}\u{FFFD}A")
    }

    /// json.dumps({"b": [1, {}], "a": "é\n\x01", "B": []}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    @Test func writesNotebooksAsPythonDoes() throws {
        let value = try JSONValue(parsing: #"{"b": [1, {}], "a": "é\n\u0001", "B": []}"#)
        #expect(value.notebookText == "{\n \"B\": [],\n \"a\": \"é\\n\\u0001\",\n \"b\": [\n  1,\n  {}\n ]\n}\n")
    }

    @Test func manyKeysTakeLinearTime() throws {
        let text = "{" + (0..<200_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
        let object = try #require(try JSONValue(parsing: text).object)
        #expect(object.count == 200_000)
        #expect(object["k199999"] == 199_999)
    }
}
