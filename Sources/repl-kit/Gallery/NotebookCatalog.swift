import Foundation
import NotebookFormat
import NotebookProtocol

/// The notebooks of a folder, field by field, each with the record of its last run where there is one.
public struct NotebookCatalog: Sendable {
    /// One notebook.
    public struct Entry: Sendable {
        /// The notebook's folder under the catalogue's, such as "statistics"; empty for none.
        public let field: String
        public let slug: String
        public let title: String
        /// The front matter's `paper`, such as "arXiv:1704.04503".
        public let paper: String?
        public let summary: String?
        /// The file, relative to the catalogue's folder.
        public let file: String
        /// The last run, where its record was found.
        public let lastRun: RunRecord?
    }

    /// By field and slug.
    public let entries: [Entry]

    /// Reads every `.swiftscript` file below a folder.
    ///
    /// - Parameters:
    ///   - folder: the folder of notebooks.
    ///   - results: the folder of results, in which `<slug>/run.json` is a notebook's last run; nil to leave runs out.
    /// - Throws: `NotebookFormatError` when the folder cannot be read or a notebook is malformed.
    public init(folder: String, results: String? = nil) throws(NotebookFormatError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
            let files = FileManager.default.enumerator(atPath: folder)
        else {
            throw NotebookFormatError(path: folder, reason: "there is no such folder")
        }
        var paths: [String] = []
        while let file = files.nextObject() as? String { if file.hasSuffix(".swiftscript") { paths.append(file) } }
        var entries: [Entry] = []
        for file in paths {
            let notebook = try Notebook(contentsOfFile: "\(folder)/\(file)")
            let record = results.flatMap { GalleryEntry(folder: "\($0)/\(notebook.slug)", name: notebook.slug)?.run }
            entries.append(
                Entry(
                    field: (file as NSString).deletingLastPathComponent, slug: notebook.slug, title: notebook.title,
                    paper: notebook.frontMatter.paper, summary: notebook.frontMatter.summary, file: file, lastRun: record))
        }
        self.entries = entries.sorted { ($0.field, $0.slug) < ($1.field, $1.slug) }
    }

    /// The table that `repl-kit list` prints: field, slug, title, paper, claims, last result, time.
    public var table: String {
        let header = ["field", "slug", "title", "paper", "claims", "last result", "time"]
        let rows: [[String]] = entries.map { entry in
            let counts = entry.lastRun.map { ClaimCounts($0.claims) }
            return [
                entry.field, entry.slug, entry.title.count > 60 ? entry.title.prefix(59) + "…" : entry.title,
                entry.paper ?? "", counts.map(Self.words) ?? "",
                entry.lastRun.map { "\($0.status.rawValue), \($0.scale.rawValue), \($0.startedAt.prefix(10))" } ?? "never run",
                entry.lastRun.map { String(format: "%.1f s", $0.seconds) } ?? "",
            ]
        }
        return TerminalText.table([header] + rows).map { $0 + "\n" }.joined()
    }

    private static func words(_ counts: ClaimCounts) -> String {
        let parts: [(Int, String)] = [
            (counts[.held], "held"), (counts[.failed], "failed"), (counts[.notReproduced], "not reproduced"),
            (counts[.notChecked], "not checked"),
        ]
        let named = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return named.isEmpty ? "none" : named.joined(separator: ", ")
    }

    /// The index that stands beside the notebooks as `README.md`: a table for each field. Without results, so that it
    /// changes when notebooks do.
    public var index: String {
        var text = """
            # Notebooks

            One a paper: it regenerates the paper's figures and checks its claims. `Scripts/run SLUG…` runs them, \
            `repl-kit list` shows the last results, and [docs/writing-notebooks.md](../docs/writing-notebooks.md) says how they
            are written. This page is made by `repl-kit list --write-index`.

            """
        for field in Set(entries.map(\.field)).sorted() {
            text += "\n## \(field.isEmpty ? "others" : field)\n\n| notebook | paper | |\n| --- | --- | --- |\n"
            for entry in entries where entry.field == field {
                let paper = entry.paper.map { name in
                    PageParts.paperAddress(name).map { "[\(name)](\($0))" } ?? name
                }
                text +=
                    "| [\(entry.slug)](\(entry.file.replacingOccurrences(of: " ", with: "%20"))) | \(paper ?? "") | \(Self.escaped(entry.summary ?? entry.title)) |\n"
            }
        }
        return text
    }

    private static func escaped(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|") }
}
