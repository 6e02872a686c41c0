import ArgumentParser
import Foundation
import Gallery
import NotebookFormat

/// `repl-kit list`: which notebooks there are, and how their last runs ended.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List notebooks: field, slug, title, paper, claims, last result, time.")

    @Option(help: "The folder of notebooks.")
    var folder = "notebooks"

    @Option(help: "The folder of results, in which the last runs are looked up.")
    var out = "figures"

    @Flag(help: "Write FOLDER/README.md, the index of the notebooks.")
    var writeIndex = false

    func run() throws {
        do {
            let catalog = try NotebookCatalog(folder: folder, results: out)
            if writeIndex {
                try catalog.index.write(toFile: "\(folder)/README.md", atomically: true, encoding: .utf8)
                print("written to \(folder)/README.md")
            } else {
                print(catalog.table, terminator: "")
            }
        } catch {
            printError("repl-kit: \(error)")
            throw Status.cannotRun
        }
    }
}
