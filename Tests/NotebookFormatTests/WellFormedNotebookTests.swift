import NotebookFormat
import Testing

private let whole = """
    // ---
    // title: Soft-NMS: one line that improves detection
    // paper: arXiv:1704.04503
    // # a comment
    // kernelspec:
    //   name: swift
    // slug: soft-nms
    // ---

    // %% [markdown]
    // # Soft-NMS
    //
    // What the paper says.

    // %% tags=["parameters"]
    let scale = Scale.standard      // smoke, standard or full
    let seed: UInt64 = 0

    // %% The imports
    import Core

    // %% Plot [a.u.] against AP@[.5:.95] [python] tags=["plot", "slow"] name="a b" hide=true size=[1, {"w": 2}]
    // import swiftcore
    //
    // if True:
    //     print("//")

    // %% [raw]
    // as it is

    """

@Suite struct WellFormedNotebookTests {
    @Test func readsTheFrontMatter() throws {
        let notebook = try Notebook(parsing: whole, path: "notebooks/science/other-name.swiftscript")
        #expect(notebook.frontMatter.title == "Soft-NMS: one line that improves detection")
        #expect(notebook.frontMatter.paper == "arXiv:1704.04503")
        #expect(notebook.frontMatter.slug == "soft-nms")
        #expect(notebook.frontMatter.summary == nil)
        #expect(notebook.frontMatter.keys == ["title", "paper", "kernelspec", "slug"])
        #expect(notebook.frontMatter["kernelspec"] == nil)
        #expect(notebook.slug == "soft-nms")
        #expect(notebook.title == "Soft-NMS: one line that improves detection")
    }

    @Test func readsTheCells() throws {
        let cells = try Notebook(parsing: whole, path: "a.swiftscript").cells
        #expect(cells.map(\.kind) == [.markdown, .swift, .swift, .python, .raw])
        #expect(cells.map(\.firstLine) == [11, 16, 20, 23, 29])
        #expect(
            cells.map(\.source) == [
                "# Soft-NMS\n\nWhat the paper says.",
                "let scale = Scale.standard      // smoke, standard or full\nlet seed: UInt64 = 0",
                "import Core",
                "import swiftcore\n\nif True:\n    print(\"//\")",
                "as it is",
            ])
        #expect(cells.map(\.isParameters) == [false, true, false, false, false])
        #expect(cells[2].title == "The imports")
        #expect(cells[3].title == "Plot [a.u.] against AP@[.5:.95]")
        #expect(cells[3].tags == ["plot", "slow"])
        #expect(cells[3].metadata.map(\.key) == ["name", "hide", "size"])
        #expect(cells[3].metadata.map(\.json) == ["\"a b\"", "true", "[1, {\"w\": 2}]"])
        #expect(cells[3][metadata: "hide"] == "true")
        #expect(cells[0].rawMarker == "// %% [markdown]")
    }

    /// Marker line → kind, title, tags, other metadata. The first column is what Jupytext writes or accepts.
    @Test(arguments: [
        ("// %%", NotebookCell.Kind.swift, nil, [], []),
        ("// %% ", .swift, nil, [], []),
        ("//%%", .swift, nil, [], []),
        ("//  %%  two  words ", .swift, "two words", [], []),
        ("// %%% deeper [md]", .markdown, "deeper", [], []),
        ("// %% [Markdown]", .markdown, nil, [], []),
        ("// %% [swift]", .swift, nil, [], []),
        ("// %% [code] x=1", .swift, nil, [], ["x=1"]),
        ("// %% [1] is a title", .swift, "[1] is a title", [], []),
        ("// %% a == b, and a = b", .swift, "a == b, and a = b", [], []),
        ("// %% {\"tags\": [\"parameters\"], \"b\": {\"c\": \"d, e: f\"}, \"a\": null}", .swift, nil, ["parameters"],
            ["b={\"c\": \"d, e: f\"}", "a=null"]),
        ("// %% t [python] {\"z\":1}", .python, "t", [], ["z=1"]),
        ("// %% s=\"a \\\" [b\" t=-1.5e3", .swift, nil, [], ["s=\"a \\\" [b\"", "t=-1.5e3"]),
    ] as [(String, NotebookCell.Kind, String?, [String], [String])])
    func readsAMarker(
        line: String, kind: NotebookCell.Kind, title: String?, tags: [String], metadata: [String]
    ) throws {
        let notebook = try Notebook(parsing: line + "\n", path: "a")
        let cell = try #require(notebook.cells.first)
        #expect(notebook.cells.count == 1)
        #expect(cell.kind == kind)
        #expect(cell.title == title)
        #expect(cell.tags == tags)
        #expect(cell.metadata.map { "\($0.key)=\($0.json)" } == metadata)
        #expect(cell.rawMarker == line)
        #expect(cell.source == "")
    }

    @Test(arguments: [
        "let a = 1 // %%", "    // %%", "// %%timeit", "// %", "// %%[markdown]", "/// %%", "/* // %% */", "// 100 %% of it",
    ])
    func aLineThatIsNoMarkerIsCode(line: String) throws {
        let cells = try Notebook(parsing: line + "\n", path: "a").cells
        #expect(cells.count == 1)
        #expect(cells.first?.source == line)
        #expect(cells.first?.rawMarker == nil)
    }

    @Test func aMarkerInAStringOrBlockCommentIsAMarker() throws {
        let text = "let s = \"\"\"\n// %% [markdown]\n// \"\"\"\n// %%\n/*\n// %%\n*/\n"
        #expect(try Notebook(parsing: text, path: "a").cells.map(\.source) == ["let s = \"\"\"", "\"\"\"", "/*", "*/"])
    }

    @Test func textBeforeTheFirstMarkerIsASwiftCell() throws {
        let notebook = try Notebook(
            parsing: "#!/usr/bin/env repl-kit\n\n// ---\n// slug: s\n// ---\n\nlet x = 1\n\n// %%\nx\n", path: "a")
        #expect(notebook.cells.map(\.source) == ["let x = 1", "x"])
        #expect(notebook.cells.map(\.firstLine) == [7, 10])
        #expect(notebook.slug == "s")
    }

    @Test func anInterpreterLineBelongsToNoCell() throws {
        let notebook = try Notebook(parsing: "#!/usr/bin/env repl-kit\nprint(1)\n", path: "a")
        #expect(notebook.cells.map(\.source) == ["print(1)"])
        #expect(notebook.cells.map(\.firstLine) == [2])
    }

    @Test func windowsLineEndsAreNotPartOfTheSource() throws {
        let notebook = try Notebook(
            parsing: "// ---\r\n// title: T\r\n// ---\r\n\r\n// %% [md]\r\n// a\r\n//\r\n// b\r\n\r\n// %% t\r\nlet x = 1\r\nx\r\n",
            path: "a")
        #expect(notebook.cells.map(\.source) == ["a\n\nb", "let x = 1\nx"])
        #expect(notebook.cells.map(\.firstLine) == [6, 11])
        #expect(notebook.cells.last?.title == "t")
        #expect(notebook.title == "T")
        #expect(notebook.lineEnding == "\r\n")
    }

    @Test(arguments: [
        ("// %% [markdown]\n// Intro\n//\n// ## The *first* heading ##\n", "The *first* heading"),
        ("// %% [markdown]\n// ```\n// # a comment\n// ```\n// #hashtag\n// # Heading\n", "Heading"),
        ("// %%\n// # not Markdown\n", "the-file"),
        ("", "the-file"),
        ("// ---\n// title:\n// ---\n// %% [md]\n// # H\n", "H"),
        ("// ---\n// title: 'It''s: #1'\n// ---\n", "It's: #1"),
        ("// ---\n// title: 42\n// ---\n", "42"),
        ("// ---\n// title: >\n//   folded\n//   text\n// ---\n", "folded text\n"),
        ("// ---\n// title: A: b: \"c\"  \n// ---\n", "A: b: \"c\""),
    ])
    func findsATitle(text: String, title: String) throws {
        #expect(try Notebook(parsing: text, path: "x/the-file.swiftscript").title == title)
    }

    @Test(arguments: [
        ("notebooks/statistics/double-descent.swiftscript", "double-descent"),
        ("/a b/Größe und Été (2).swiftscript", "grosse-und-ete-2"),
        ("日本.swiftscript", "u65e5u672c"),
        ("--.swiftscript", "notebook"),
        ("v1.2.swiftscript", "v1-2"),
    ])
    func makesASlugOfTheFileName(path: String, slug: String) throws {
        #expect(try Notebook(parsing: "", path: path).slug == slug)
        #expect(Slug.isValid(slug))
    }
}
