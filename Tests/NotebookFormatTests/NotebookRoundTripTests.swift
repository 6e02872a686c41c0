import NotebookFormat
import Testing

@Suite struct NotebookRoundTripTests {
    /// Whatever a well-formed file looks like, it is written back byte for byte.
    @Test(arguments: [
        "", "\n", "\n\n", "x", "x\n", "\nx\n\n", "// %%", "// %%\n", "// %%\n\n", "// %%\r\n// %%", "// %%\n// %%\n",
        "#!/usr/bin/env repl-kit run", "#!/usr/bin/env repl-kit run\n", "#!x\n\n\n// ---\n// ---", "#!x\n// ---\n// ---\n\n\n",
        "// ---\n//   \n// # only a comment\n// ---\n// %%\nx\n",
        "\u{FEFF}// ---\n// title: T\n// ---\n\n// %%\nx\n", "\u{FEFF}",
        "//---  \n//title:   T   # why\n//\n// list:\n// - a\n// ---\nx\n// %% b\n",
        "// %% [md]\n//no space\n//   three\n// \n\n//\n\n\n\n// %%   [python]   a=1 \n",
        "// %%\r\nlet x = 1\nlet y = 2\r\n\r\n// %% [md]\r\n// a\n",
        "// %%\n  indented\n\ttab\n   \n\u{0C}\n// %%\n",
        "// %% { \"b\" : 1 , \"a\" : [ ] }\nx",
        "// %%%% deep\nlet e = \"e\u{301}\"\n",
        "let s = \"\u{2028}\u{85}\"\rmac\n",
    ])
    func isWrittenBackByteForByte(text: String) throws {
        let written = try Notebook(parsing: text, path: "a").text
        #expect(Array(written.utf8) == Array(text.utf8), "\(written.debugDescription)")
    }

    @Test func aNewNotebookIsWrittenInCanonicalForm() throws {
        var frontMatter = FrontMatter()
        frontMatter.title = "Soft-NMS: one line"
        frontMatter.slug = "soft-nms"
        frontMatter["seeds"] = "3"
        frontMatter["word"] = "null"
        frontMatter["space"] = " a\nb"
        let notebook = Notebook(
            frontMatter: frontMatter,
            cells: [
                NotebookCell(.markdown, "# Title\n\nText"),
                NotebookCell(.swift, "let seed = 0", tags: ["parameters"]),
                NotebookCell(.python, "print(1)", title: "Plot", metadata: [.init(key: "hide", json: "true")]),
                NotebookCell(.swift, ""),
                NotebookCell(.raw, "end"),
            ])
        #expect(
            notebook.text == """
                // ---
                // title: "Soft-NMS: one line"
                // slug: soft-nms
                // seeds: 3
                // word: "null"
                // space: " a\\nb"
                // ---

                // %% [markdown]
                // # Title
                //
                // Text

                // %% tags=["parameters"]
                let seed = 0

                // %% Plot [python] hide=true
                // print(1)

                // %%

                // %% [raw]
                // end

                """)
        let again = try Notebook(parsing: notebook.text, path: "a")
        #expect(again.frontMatter == notebook.frontMatter)
        #expect(again.frontMatter["word"] == "null")
        #expect(again.frontMatter["space"] == " a\nb")
        #expect(again.cells.map(\.source) == notebook.cells.map(\.source))
        #expect(again.cells.map(\.kind) == notebook.cells.map(\.kind))
        #expect(again.cells.map(\.metadata) == notebook.cells.map(\.metadata))
        #expect(again.text == notebook.text)
    }

    @Test func changingOneCellLeavesTheOthersAsTheyWere() throws {
        let text = "#!x\n//---\n//title: T\n//---\nlet a = 1\n// %%   odd   marker\n\n\n1\n//%% [md]\n//tight\n"
        var notebook = try Notebook(parsing: text, path: "a")
        notebook.cells[1].source = "2"
        #expect(
            notebook.text == "#!x\n//---\n//title: T\n//---\nlet a = 1\n// %%   odd   marker\n2\n\n//%% [md]\n//tight\n")
        notebook.cells[1].title = "even"
        #expect(notebook.text.contains("\n// %% even\n2\n"))
        notebook.cells.append(NotebookCell(.swift, "3"))
        #expect(notebook.text.hasSuffix("//tight\n\n// %%\n3\n"))
        notebook.cells.swapAt(0, 2)
        #expect(notebook.text.hasSuffix("// %%\nlet a = 1\n// %%\n3\n"))
        #expect(try Notebook(parsing: notebook.text, path: "a").cells.map(\.source) == ["tight", "2", "let a = 1", "3"])
    }

    @Test func changingTheFrontMatterKeepsItsCommentsAndOrder() throws {
        let text = """
            // ---
            // # about
            // title: T   # short
            // authors:
            //   - A
            //
            // # where
            // paper: arXiv:1
            // ---

            // %%
            1

            """
        var notebook = try Notebook(parsing: text, path: "a")
        notebook.frontMatter.title = "A: b"
        notebook.frontMatter["authors"] = "Ada"
        notebook.frontMatter.slug = "s"
        #expect(
            notebook.text == """
                // ---
                // # about
                // title: "A: b"
                // authors: Ada
                //
                // # where
                // paper: arXiv:1
                // slug: s
                // ---

                // %%
                1

                """)
        notebook.frontMatter.paper = nil
        notebook.frontMatter["authors"] = nil
        #expect(notebook.frontMatter.keys == ["title", "slug"])
        #expect(notebook.frontMatter.lines == ["# about", "title: \"A: b\"", "", "# where", "slug: s"])
    }

    @Test func windowsLineEndsAreUsedForWhatChanges() throws {
        var notebook = try Notebook(parsing: "// %% [md]\r\n// a\r\n\r\n// %%\r\n1\r\n", path: "a")
        notebook.cells[0].source = "b\n\nc"
        notebook.frontMatter.title = "T"
        #expect(
            Array(notebook.text.utf8)
                == Array("// ---\r\n// title: T\r\n// ---\r\n// %% [md]\r\n// b\r\n//\r\n// c\r\n\r\n// %%\r\n1\r\n".utf8))
    }

    @Test func changingOnlyTheCompositionOfACharacterIsWritten() throws {
        var notebook = try Notebook(parsing: "// %%\n\"e\u{301}\"\n", path: "a")
        notebook.cells[0].source = "\"\u{E9}\""
        #expect(Array(notebook.text.utf8) == Array("// %%\n\"\u{E9}\"\n".utf8))
    }
}
