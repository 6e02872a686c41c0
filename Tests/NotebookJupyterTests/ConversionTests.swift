import Foundation
import Gallery
import NotebookFormat
import NotebookJupyter
import NotebookProtocol
import Testing

@Suite struct ConversionTests {
    /// Scripts of every form that the format allows.
    static let scripts = [
        "", "\n\n", "let a = 1", "let a = 1\n", "// %%", "// %%\n", "// %%\n\n\n", "#!/usr/bin/env repl-kit\n// %%\nlet a = 1\n",
        "// ---\n// title: A: b\n// ---\n", "// ---\n// title: A\n// # comment\n// list: [1, 2]\n// ---\n\nlet first = 1\n// %% second\nlet b = 2\n",
        "// ---\n// slug: x\n// paper: arXiv:1704.04503\n//\n// other:\n//   - a\n// ---\n\n\n// %% [markdown]\n// # T\n//\n// $x$ é 🎉\n\n// %% tags=[\"parameters\"]\nlet seed = 0\n\n// %% Title of it [python] tags=[\"a\",\"b\"] hide=true  z=[1, {\"k\": 1.0}] a=\"x y\"\n// import math\n//   print(1)\n//\n// # comment\n\n// %% [raw]\n// raw\n\n// %%%% nested\nlet c = 3",
        "// ---\n// title: crlf\n// ---\n\r\n// %%\r\nlet a = 1\r\n\r\n// %% [md]\r\n// text\r\n", "\u{FEFF}// %%\nlet a = 1\n",
        "  \n// %% [markdown]\n//no space\n//  two\n// %%\n\n\nlet indented = 1\n  \n\n", "//%% [MARKDOWN]\n//\n// %% {\"tags\": [\"x\"], \"k\": null}\nprint(1)\n",
        "// %%\n%python\n// %%\n%swift\n// %% [python]\n// %python\n// %% [python]\n",
        "// ---\n// jupyter: {\"kernelspec\": {\"name\": \"python3\", \"display_name\": \"Python 3\", \"language\": \"python\"}, \"n\": 1.0}\n// title: T\n// ---\n\n// %% [python]\n// x = 1\n\n// %%\nlet swift = true\n",
    ]

    @Test(arguments: scripts) func aScriptComesBackToTheByte(text: String) throws {
        let script = try Notebook(parsing: text, path: "a.swiftscript")
        let notebook = try IPythonNotebook(script: script)
        // Through the file, as Jupyter would read it.
        let read = try IPythonNotebook(parsing: Array(notebook.text.utf8), path: "a.ipynb")
        #expect(try read.script(path: "a.swiftscript").text == text)
        let texts = try read.script(path: "a.swiftscript").text.utf8
        #expect(texts.elementsEqual(text.utf8))
        #expect(read.text == notebook.text)
    }

    @Test func theProjectsOwnNotebooksComeBack() throws {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let files = try #require(FileManager.default.enumerator(atPath: folder.appendingPathComponent("notebooks").path))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".swiftscript") }
        #expect(!files.isEmpty)
        for file in files {
            let script = try Notebook(contentsOfFile: folder.path + "/notebooks/" + file)
            let notebook = try IPythonNotebook(script: script)
            #expect(try notebook.script(path: file).text == script.text)
            // Plain text needs no help: no cell carries its own original.
            #expect(!notebook.cells.contains { $0.metadata["repl_kit"]?["original"] != nil }, "\(file)")
        }
    }

    @Test func whatAFrontEndSees() throws {
        let script = try Notebook(parsing: Self.scripts[10], path: "a.swiftscript")
        let notebook = try IPythonNotebook(script: script)
        #expect(notebook.cells.map(\.kind) == [.markdown, .code, .code, .raw, .code])
        #expect(notebook.cells[0].source == "# T\n\n$x$ é 🎉")
        #expect(notebook.cells[1].metadata["tags"] == ["parameters"])
        #expect(notebook.cells[2].source == "%python\nimport math\n  print(1)\n\n# comment")
        #expect(notebook.cells[2].metadata["title"] == "Title of it")
        #expect(notebook.cells[2].metadata["tags"] == ["a", "b"])
        #expect(notebook.cells[2].metadata["hide"] == true)
        #expect(notebook.cells[2].metadata["z"] == [1, ["k": .number("1.0")]])
        #expect(notebook.metadata["kernelspec"]?["name"] == "repl-kit")
        #expect(notebook.metadata["kernelspec"]?["language"] == "swift")
    }

    /// A notebook as a front end may leave it, with everything that the percent format has no place for.
    static let awkward: JSONValue = [
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": [
            "kernelspec": ["display_name": "Swift (repl-kit)", "language": "swift", "name": "repl-kit"],
            "language_info": ["name": "swift", "version": "6.1"], "authors": [["name": "Ä: \"x\""]], "toc": ["n": .number("2.50")], "title": "T: 1",
        ],
        "cells": [
            ["cell_type": "markdown", "id": "a-1", "metadata": ["tags": ["parameters"]], "source": "# T\n%% not a cell\n \nend  "],
            ["cell_type": "code", "id": "b_2", "metadata": ["tags": ["parameters"], "collapsed": false], "source": ["let seed = 0\n", "let x = 1"], "execution_count": 3, "outputs": []],
            ["cell_type": "code", "id": "c", "metadata": ["tags": ["parameters"], "a key": ["b": .null]], "source": "\n\n  let padded = 1\n\n", "execution_count": .null, "outputs": []],
            ["cell_type": "code", "id": "d", "metadata": ["tags": [], "title": "x [markdown] a=1"], "source": "// %% marker\n/*\n// %%\n*/\n //%%", "execution_count": .null, "outputs": []],
            ["cell_type": "code", "id": "e", "metadata": ["title": "two\nlines", "tags": "no list", "ipynb": 1], "source": "let s = 1\r\nlet t = 2\r", "execution_count": .null, "outputs": []],
            ["cell_type": "raw", "id": "f", "metadata": ["raw_mimetype": "text/latex", "title": "  spaced "], "source": "\\section{a}\n\n"],
            ["cell_type": "markdown", "id": "g", "metadata": [:], "source": "![i](attachment:i.png)", "attachments": ["i.png": ["image/png": "aGVsbG8="]]],
            ["cell_type": "code", "id": "h", "metadata": ["repl_kit": ["mine": 1], "format": "x"], "source": "", "execution_count": .null, "outputs": []],
            ["cell_type": "code", "id": "i", "metadata": [:], "source": " \n\t\n", "execution_count": .null, "outputs": []],
            ["cell_type": "code", "id": "j", "metadata": ["jupyter": ["source_hidden": true], "slideshow": ["slide_type": "slide"]], "source": "%python\nx = '%%'\n%% y", "execution_count": .null, "outputs": []],
            ["cell_type": "markdown", "id": "k", "metadata": [:], "source": "\n"],
            ["cell_type": "code", "id": "l", "metadata": [:], "source": "// ---\n// title: no front matter\n// ---", "execution_count": .null, "outputs": []],
        ],
    ]

    @Test func aJupyterNotebookComesBackWhole() throws {
        let notebook = try IPythonNotebook(parsing: Self.awkward.bytes, path: "a.ipynb")
        let script = try notebook.script(path: "a.swiftscript")
        #expect(script.cells.count == notebook.cells.count)
        let read = try Notebook(parsing: script.text, path: "a.swiftscript")
        let again = try IPythonNotebook(script: read, keeping: notebook)
        for (cell, before) in zip(again.cells, notebook.cells) {
            #expect(cell.kind == before.kind)
            #expect(cell.source.utf8.elementsEqual(before.source.utf8), "\(cell.source.debugDescription)")
            #expect(cell.identifier == before.identifier)
            #expect(cell.attachments == before.attachments)
            var metadata = cell.metadata
            metadata["repl_kit"] = before.metadata["repl_kit"]
            #expect(metadata == before.metadata)
        }
        #expect(again.cells[1].executionCount == 3)
        for key in ["authors", "toc", "title", "kernelspec"] { #expect(again.metadata[key] == notebook.metadata[key]) }
        // The text itself is a script of Swift that names its own cells.
        #expect(script.cells[1].isParameters)
        #expect(script.parametersIndex == 1)
        #expect(script.cells[9].kind == .python)
    }

    @Test func aPythonNotebookKeepsItsLanguage() throws {
        let root: JSONValue = [
            "nbformat": 4, "nbformat_minor": 4,
            "metadata": ["kernelspec": ["display_name": "Python 3", "language": "python", "name": "python3"], "language_info": ["name": "python", "version": "3.11"]],
            "cells": [["cell_type": "code", "metadata": [:], "source": "x = 1", "execution_count": 1, "outputs": []]],
        ]
        let notebook = try IPythonNotebook(parsing: root.bytes, path: "p.ipynb")
        let script = try notebook.script(path: "p.swiftscript")
        #expect(script.cells[0].kind == .python)
        let again = try IPythonNotebook(script: script)
        #expect(again.cells[0].source == "x = 1")
        #expect(again.metadata == notebook.metadata)
    }

    @Test func anEditInJupyterChangesOnlyItsCell() throws {
        let text = "// ---\n// title:   T\n// ---\n\n//%% one\nlet a=1\n\n\n//%% two\nlet b = 2\n"
        var notebook = try IPythonNotebook(script: Notebook(parsing: text, path: "a.swiftscript"))
        notebook.cells[1].source = "let b = 3"
        let changed = try notebook.script(path: "a.swiftscript").text
        #expect(changed == "// ---\n// title:   T\n// ---\n\n//%% one\nlet a=1\n\n\n// %% two\nlet b = 3\n")
        // A cell put before a first one that has no marker gives it one.
        var first = try IPythonNotebook(script: Notebook(parsing: "let a = 1\n", path: "a.swiftscript"))
        first.cells.insert(IPythonNotebook.Cell(.markdown, "new"), at: 0)
        #expect(try first.script(path: "a.swiftscript").cells.map(\.source) == ["new", "let a = 1"])
    }

    @Test func outputsStayWithUnchangedCells() throws {
        let before = try Notebook(parsing: "// %%\nlet a = 1\n// %%\nlet b = 2\n// %%\nlet a = 1\n", path: "a.swiftscript")
        var notebook = try IPythonNotebook(script: before)
        for index in notebook.cells.indices {
            notebook.cells[index].outputs = [["output_type": "stream", "name": "stdout", "text": .integer(index)]]
            notebook.cells[index].executionCount = index + 10
            notebook.cells[index].identifier = "id-\(index)"
            notebook.cells[index].metadata["execution"] = ["iopub.status.busy": "2024"]
        }
        let after = try Notebook(parsing: "// %%\nlet a = 1\n// %%\nlet b = 3\n// %%\nlet new = 0\n// %%\nlet a = 1\n", path: "a.swiftscript")
        let merged = try IPythonNotebook(script: after, keeping: notebook)
        #expect(merged.cells.map(\.executionCount) == [10, nil, nil, 12])
        #expect(merged.cells.map { $0.outputs.count } == [1, 0, 0, 1])
        #expect(merged.cells.map(\.identifier) == ["id-0", nil, nil, "id-2"])
        #expect(merged.cells.map { $0.metadata["execution"] != nil } == [true, false, false, true])
        #expect(try notebook.script(path: "a.swiftscript").text.contains("execution") == false)
    }

    @Test func identifiersAreUniqueAndStay() throws {
        let script = try Notebook(parsing: "// %%\nlet a = 1\n// %%\nlet a = 1\n// %%\n", path: "a.swiftscript")
        let text = try IPythonNotebook(script: script).text
        #expect(try IPythonNotebook(script: script).text == text)
        let identifiers = try IPythonNotebook(parsing: Array(text.utf8), path: "").cells.compactMap(\.identifier)
        #expect(Set(identifiers).count == 3)
        let allowed = try Regex("[a-zA-Z0-9_-]{1,64}")
        #expect(try identifiers.allSatisfy { try allowed.wholeMatch(in: $0) != nil })
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"nbformat\": 3, \"worksheets\": []}", "{\"nbformat\": 4}", "{\"nbformat\": 4, \"cells\": [{}]}",
        "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"heading\", \"source\": \"\"}]}", "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": [1]}]}",
    ])
    func filesThatAreNoNotebooksAreRefused(text: String) {
        #expect(throws: NotebookFormatError.self) { try IPythonNotebook(parsing: Array(text.utf8), path: "x.ipynb") }
    }

    @Test func aRunBecomesANotebookWithOutputs() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data([1, 2, 3]).write(to: folder.appendingPathComponent("f.png"))
        let script = try Notebook(
            parsing: "// %% [md]\n// # T\n// %% [raw]\n// r\n// %% tags=[\"parameters\"]\nlet seed = 0\n// %%\nprint(seed)\n// %% [python]\n// 1\n// %%\nlet never = 1\n",
            path: "a.swiftscript")
        let outputs: [CellOutput] = [
            .text(.standardOutput, "a\nb"), .text(.standardError, "c"), .display(MimeBundle(["text/plain": "5"]), isResult: true),
            .figure(FigureRecord(name: "f", caption: "cap", files: ["f.png"])),
            .claim(ClaimRecord(statement: "s", measured: "1", required: "≥ 0", verdict: .held)),
        ]
        func cell(_ kind: CellRecord.Kind, _ source: String, _ status: CellRecord.Status, _ outputs: [CellOutput] = []) -> CellRecord {
            CellRecord(kind: kind, source: source, line: 1, status: status, outputs: outputs)
        }
        let record = RunRecord(
            slug: "a", title: "T", paper: nil, field: nil, path: "a.swiftscript", scale: .smoke, parameters: ["seed": "7"], status: .failed,
            startedAt: "2024-01-01T00:00:00Z", seconds: 1,
            cells: [
                cell(.markdown, "# T", .succeeded), cell(.swift, "let seed = 7", .succeeded), cell(.swift, "print(seed)", .succeeded, outputs),
                cell(.python, "1", .failed, [.failure("a.swiftscript:9: boom\nat x")]), cell(.swift, "let never = 1", .notRun),
            ], claims: [], figures: [])
        let notebook = try IPythonNotebook(script: script, record: record, folder: folder.path)
        #expect(notebook.cells.map(\.executionCount) == [nil, nil, 1, 2, 3, nil])
        #expect(notebook.cells[2].source == "let seed = 7")
        let given = notebook.cells[3].outputs
        #expect(given.map { $0["output_type"] } == ["stream", "stream", "execute_result", "display_data", "display_data"])
        #expect(given[0]["text"] == ["a\n", "b"])
        #expect(given[1]["name"] == "stderr")
        #expect(given[2]["execution_count"] == 2)
        #expect(given[3]["data"]?["image/png"] == ["AQID"])
        #expect(given[4]["data"]?["text/plain"] == ["✓ held: s; measured 1, required ≥ 0"])
        #expect(notebook.cells[4].outputs[0]["evalue"] == "a.swiftscript:9: boom")
        #expect(notebook.metadata["repl_kit"]?["run"]?["parameters"] == ["seed": "7"])
        // What a run adds is no part of the script.
        #expect(try notebook.script(path: "a.swiftscript").text == script.text.replacingOccurrences(of: "seed = 0\n", with: "seed = 7\n\n"))
    }

    @Test func pagesForReaders() throws {
        var notebook = try IPythonNotebook(parsing: Self.awkward.bytes, path: "a.ipynb")
        notebook.cells[1].outputs = [
            ["output_type": "stream", "name": "stdout", "text": ["a <b>\n", "``` c"]],
            ["output_type": "display_data", "metadata": [:], "data": ["image/png": "aGVsbG8=\n", "text/plain": "an [image]"]],
            ["output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u{1B}[31mred\u{1B}[0m"]],
        ]
        #expect(notebook.title(path: "a.ipynb") == "T: 1")
        let html = NotebookDocument(title: "T & U", paper: "arXiv:1", cells: notebook.cellRecords).html()
        #expect(html.contains("<h1>T &amp; U</h1>"))
        #expect(html.contains("a &lt;b&gt;"))
        #expect(html.contains("src=\"data:image/png;base64,aGVsbG8=\""))
        #expect(html.contains(">red<"))
        #expect(html.contains("https://arxiv.org/abs/1"))
        let export = MarkdownExport(notebook, name: "my notes")
        #expect(export.files == ["output-2-2.png": Data("hello".utf8)])
        #expect(export.markdown.contains("![an image](my%20notes_files/output-2-2.png)"))
        #expect(export.markdown.contains("```swift\nlet seed = 0\nlet x = 1\n```"))
        #expect(export.markdown.contains("````text\na <b>\n``` c\n````"))
        #expect(export.markdown.contains("```text\nred\n```"))
        #expect(export.markdown.contains("data:image/png;base64,aGVsbG8="))
    }
}
