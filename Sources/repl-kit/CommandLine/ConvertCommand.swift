import ArgumentParser
import Foundation
import Gallery
import NotebookFormat
import NotebookJupyter

/// `repl-kit convert`: between scripts and Jupyter notebooks, and to pages for readers.
struct ConvertCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case swiftscript, ipynb, html, markdown

        var fileExtension: String { self == .markdown ? "md" : rawValue }

        init?(path: String) {
            switch (path as NSString).pathExtension.lowercased() {
            case "swiftscript", "swift": self = .swiftscript
            case "ipynb": self = .ipynb
            case "html", "htm": self = .html
            case "md", "markdown": self = .markdown
            default: return nil
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Convert between .swiftscript and .ipynb, or to HTML or Markdown.",
        discussion: """
            Nothing is lost between .swiftscript and .ipynb but outputs, which a script does not hold. A notebook file \
            that is written again keeps the outputs of the cells whose text did not change.
            """)

    @Argument(help: "Notebooks (.swiftscript or .ipynb).", completion: .file(extensions: ["swiftscript", "ipynb"]))
    var files: [String]

    @Option(help: "The format: \(Format.allCases.map(\.rawValue).joined(separator: ", ")). By default that of --output, or the other of .swiftscript and .ipynb.")
    var to: Format?

    @Option(name: .shortAndLong, help: "The file to write; by default beside the notebook. '-' writes to standard output.")
    var output: String?

    @Flag(help: "Write a notebook file without the outputs that it has.")
    var dropOutputs = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("FILE: none given; expected at least one notebook") }
        if let output {
            guard files.count == 1 else { throw ValidationError("--output \(output): expected one notebook, and there are \(files.count)") }
            guard to != nil || Format(path: output) != nil else {
                throw ValidationError("--output \(output): expected an ending .swiftscript, .ipynb, .html or .md, or --to")
            }
        }
        for file in files {
            guard let format = Format(path: file), [.swiftscript, .ipynb].contains(format) else {
                throw ValidationError("FILE \(file): expected .swiftscript or .ipynb")
            }
        }
    }

    func run() throws {
        var isRefused = false
        for file in files {
            do {
                try convert(file)
            } catch {
                printError("repl-kit convert: \(error)")
                isRefused = true
            }
        }
        if isRefused { throw Status.cannotRun }
    }

    private func convert(_ file: String) throws {
        let isScript = Format(path: file) == .swiftscript
        let format = to ?? output.flatMap(Format.init(path:)) ?? (isScript ? .ipynb : .swiftscript)
        let target = output ?? (file as NSString).deletingPathExtension + "." + format.fileExtension
        guard target == "-" || URL(fileURLWithPath: target).standardizedFileURL != URL(fileURLWithPath: file).standardizedFileURL else {
            throw NotebookFormatError(path: file, reason: "this is the file to read and the file to write")
        }
        let text: String
        switch format {
        case .swiftscript:
            text = isScript
                ? try Notebook(contentsOfFile: file).text : try IPythonNotebook(contentsOfFile: file).script(path: target).text
        case .ipynb:
            text = try notebook(file, isScript: isScript, replacing: target).text
        case .html:
            let notebook = try notebook(file, isScript: isScript, replacing: nil)
            let paper = isScript ? try Notebook(contentsOfFile: file).frontMatter.paper : nil
            text = NotebookDocument(title: notebook.title(path: file), paper: paper, cells: notebook.cellRecords).html()
        case .markdown:
            let notebook = try notebook(file, isScript: isScript, replacing: nil)
            let path = target == "-" ? file : target
            let export = MarkdownExport(notebook, name: ((path as NSString).lastPathComponent as NSString).deletingPathExtension)
            if target != "-", !export.files.isEmpty {
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(export.folder)
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                for (name, data) in export.files { try data.write(to: folder.appendingPathComponent(name), options: .atomic) }
            }
            text = export.markdown
        }
        if target == "-" {
            FileHandle.standardOutput.write(Data(text.utf8))
            return
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: target), options: .atomic)
        } catch {
            throw NotebookFormatError(path: target, reason: "the file cannot be written: \(error.localizedDescription)")
        }
        print(target)
    }

    private func notebook(_ file: String, isScript: Bool, replacing target: String?) throws -> IPythonNotebook {
        guard isScript else {
            var notebook = try IPythonNotebook(contentsOfFile: file)
            if dropOutputs {
                for index in notebook.cells.indices {
                    notebook.cells[index].outputs = []
                    notebook.cells[index].executionCount = nil
                }
            }
            return notebook
        }
        var existing: IPythonNotebook?
        if let target, target != "-", !dropOutputs, FileManager.default.fileExists(atPath: target) {
            // A file that is there and cannot be read is not written over: its outputs would be lost.
            existing = try IPythonNotebook(contentsOfFile: target)
        }
        return try IPythonNotebook(script: Notebook(contentsOfFile: file), keeping: existing)
    }
}
