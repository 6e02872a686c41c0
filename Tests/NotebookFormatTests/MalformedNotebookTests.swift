import Foundation
import NotebookFormat
import Testing

@Suite struct MalformedNotebookTests {
    /// Text → how the error begins, "path:line[:column]: …", and words that it must hold.
    @Test(arguments: [
        ("// ---\n// title: T\n", "n:1: ", "not closed"),
        ("// ---", "n:1: ", "not closed"),
        ("#!/bin/x\n\n// ---\n// title: T\n\n// ---\n", "n:5: ", "must begin with '//'"),
        ("// ---\n// title: T\n\n// %%\n1\n", "n:4: ", "opened on line 1"),
        ("// ---\n// title: T\n// %%\n1\n// ---\n", "n:3: ", "opened on line 1"),
        ("// ---\nlet x = 1\n// ---\n", "n:2: ", "must begin with '//'"),
        ("// ---\n// title: T\n// x: [1, 2\n// ---\n", "n:", "not YAML"),
        ("// ---\n// title: T\n// paper: \"open\n// ---\n", "n:", "not YAML"),
        ("// ---\n// a: 1\n// \tb: 2\n// ---\n", "n:3:4: ", "not YAML"),
        ("// ---\n// a: 1\n//  b: 2\n// ---\n", "n:3:", "not YAML"),
        ("// ---\n// a: b\n// just words\n// ---\n", "n:", "not YAML"),
        ("// ---\n// just words\n// ---\n", "n:2: ", "key: value"),
        ("// ---\n// - a\n// - b\n// ---\n", "n:2: ", "key: value"),
        ("// ---\n// slug: a\n// title: T\n// slug: b\n// ---\n", "n:4: ", "'slug' is in the front matter twice"),
        ("// ---\n// slug: Soft NMS\n// ---\n", "n:2: ", "slug 'Soft NMS'"),
        ("// ---\n// title: T\n// slug: a_b\n// ---\n", "n:3: ", "slug 'a_b'"),
        ("// ---\n// slug: ../up\n// ---\n", "n:2: ", "slug '../up'"),
        ("// ---\n// slug: ''\n// ---\n", "n:2: ", "slug ''"),
        ("// ---\n// slug: [a]\n// ---\n", "n:2: ", "'slug' in the front matter must be text"),
        ("// ---\n// # c\n// title:\n//   a: b\n// ---\n", "n:3: ", "'title' in the front matter must be text"),
        ("// %% [markdown]\n// fine\nnot commented\n", "n:3: ", "a line of a markdown cell must begin with '//'"),
        ("// %% [python]\n\n  // indented\n", "n:3: ", "a line of a python cell must begin with '//'"),
        ("// %% [raw]\nx\n", "n:2: ", "a line of a raw cell must begin with '//'"),
        ("\r\n// %% [md]\r\n// a\r\nb\r\n", "n:4: ", "'b'"),
        ("// %% [julia]\n", "n:1:7: ", "unknown cell type '[julia]'"),
        ("// %%\n1\n// %% title [markdwon] tags=[\"a\"]\n", "n:3:13: ", "unknown cell type '[markdwon]'"),
        ("// %% tags=[\"a\"\n", "n:1:12: ", "'tags' is not JSON"),
        ("// %% tags=[a]\n", "n:1:12: ", "'tags' is not JSON"),
        ("// %% tags=\"parameters\"\n", "n:1:7: ", "tags must be a list of texts"),
        ("// %% tags=[1]\n", "n:1:7: ", "tags must be a list of texts"),
        ("// %% name=plain\n", "n:1:12: ", "name=\"…\""),
        ("// %% name=\n", "n:1:12: ", "is not JSON"),
        ("// %% a=1 a=2\n", "n:1:11: ", "'a' is given twice"),
        ("// %% {\"a\": 1\n", "n:1:7: ", "not a JSON object"),
        ("// %% [python] words\n", "n:1:16: ", "'words'"),
        ("// %% a=1 [python] [md]\n", "n:1:20: ", "'[md]'"),
        ("// %% tags=[\"parameters\"]\nlet a = 1\n// %%\n// %% tags=[\"x\", \"parameters\"]\n", "n:4: ", "on line 1 already"),
        ("// %% [python] tags=[\"parameters\"]\n", "n:1: ", "a parameters cell is a Swift cell"),
    ])
    func isRefusedWithLineAndReason(text: String, beginning: String, words: String) {
        let error = #expect(throws: NotebookFormatError.self) { try Notebook(parsing: text, path: "n") }
        let description = error?.description ?? ""
        #expect(description.hasPrefix(beginning), "\(description)")
        #expect(description.contains(words), "\(description)")
        #expect(error?.path == "n")
        // A line of the file, or the end of the text.
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        #expect((1...lines).contains(error?.line ?? 0), "\(description)")
    }

    @Test func aFileThatCannotBeReadSaysWhy() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("Größe \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let missing = folder.appendingPathComponent("missing.swiftscript").path
        #expect(#expect(throws: NotebookFormatError.self) { try Notebook(contentsOfFile: missing) }?.description
            == "\(missing): there is no such file")
        #expect(#expect(throws: NotebookFormatError.self) { try Notebook(contentsOfFile: folder.path) }?.description
            == "\(folder.path): this is a folder, and a notebook is a file")

        let latin1 = folder.appendingPathComponent("latin 1.swiftscript")
        try Data("// %%\nlet x = \"".utf8 + [0xE9] + Data("\"\n".utf8)).write(to: latin1)
        #expect(#expect(throws: NotebookFormatError.self) { try Notebook(contentsOfFile: latin1.path) }?.description
            == "\(latin1.path):2: the file is not UTF-8 text")

        let good = folder.appendingPathComponent("Été.swiftscript")
        try Data("// %%\nlet x = \"é\"\n".utf8).write(to: good)
        var notebook = try Notebook(contentsOfFile: good.path)
        #expect(notebook.slug == "ete")
        notebook.cells[0].source = "let y = 2"
        try notebook.write(toFile: good.path)
        #expect(try String(contentsOf: good, encoding: .utf8) == "// %%\nlet y = 2\n")
    }
}
