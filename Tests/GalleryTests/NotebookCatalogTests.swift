import Foundation
import Gallery
import NotebookFormat
import NotebookProtocol
import Testing

@Suite struct NotebookCatalogTests {
    private static let notebooks = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("notebooks").path

    /// `repl-kit list --write-index` makes it true again.
    @Test func theIndexOfTheNotebooksIsTrue() throws {
        let written = try String(contentsOfFile: Self.notebooks + "/README.md", encoding: .utf8)
        #expect(written == (try NotebookCatalog(folder: Self.notebooks).index))
    }

    @Test func everyNotebookSaysWhatItIs() throws {
        let entries = try NotebookCatalog(folder: Self.notebooks).entries
        #expect(entries.count >= 3)
        #expect(Set(entries.map(\.slug)).count == entries.count)
        for entry in entries {
            #expect(entry.file == "\(entry.field)/\(entry.slug).swiftscript" && !entry.field.isEmpty)
            #expect(entry.summary != nil)
        }
    }

    @Test func listsNotebooksWithTheirLastRuns() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("catalogue \(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for path in ["notebooks/science", "notebooks/a b", "figures/one"] {
            try FileManager.default.createDirectory(at: folder.appendingPathComponent(path), withIntermediateDirectories: true)
        }
        func write(_ text: String, _ path: String) throws {
            try text.write(to: folder.appendingPathComponent(path), atomically: true, encoding: .utf8)
        }
        try write("// ---\n// title: \"First: a | b\"\n// paper: arXiv:1704.04503\n// slug: one\n// ---\n\n// %%\n1\n", "notebooks/science/one.swiftscript")
        try write("// ---\n// title: Second\n// paper: a book\n// summary: Short.\n// ---\n\n// %%\n1\n", "notebooks/a b/two.swiftscript")
        let record = RunRecord(
            slug: "one", title: "First", paper: nil, field: "science", path: "one.swiftscript", scale: .standard,
            parameters: [:], status: .claimFailed, startedAt: "2026-11-21T10:00:00Z", seconds: 12.34, cells: [],
            claims: [.held, .held, .failed].map { ClaimRecord(statement: "s", measured: "1", required: "= 1", verdict: $0) },
            figures: [])
        try JSONEncoder().encode(record).write(to: folder.appendingPathComponent("figures/one/run.json"))

        let catalog = try NotebookCatalog(
            folder: folder.appendingPathComponent("notebooks").path, results: folder.appendingPathComponent("figures").path)
        #expect(
            catalog.table == """
                field    slug  title         paper             claims            last result                         time
                a b      two   Second        a book                              never run
                science  one   First: a | b  arXiv:1704.04503  2 held, 1 failed  claim failed, standard, 2026-11-21  12.3 s

                """)
        #expect(catalog.index.contains("## a b\n\n| notebook | paper | |\n| --- | --- | --- |\n| [two](a%20b/two.swiftscript) | a book | Short. |\n"))
        #expect(catalog.index.contains(
            "| [one](science/one.swiftscript) | [arXiv:1704.04503](https://arxiv.org/abs/1704.04503) | First: a \\| b |\n"))
    }

    @Test func saysWhatIsWrong() throws {
        let error = #expect(throws: NotebookFormatError.self) { try NotebookCatalog(folder: "/no/such/folder") }
        #expect(error?.description.contains("/no/such/folder") == true)
    }
}
