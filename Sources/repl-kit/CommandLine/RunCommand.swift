import ArgumentParser
import Foundation
import Gallery
import NotebookEngine
import NotebookFormat
import NotebookJupyter
import NotebookProtocol

extension Scale: ExpressibleByArgument {}

/// `repl-kit run`: notebooks to figures with checked claims.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Execute notebooks: regenerate their figures and check their claims.",
        discussion: """
            Figures, the claims and a gallery page go to DIR/<slug>/; DIR/index.html shows all of them.

            The status is 0 when every cell ran and every checked claim holds, 1 when a cell failed, 2 when a \
            notebook could not be read or a parameter does not fit, 3 when a claim does not hold, and 130 after \
            Ctrl-C.
            """)

    @Argument(help: "Notebooks to run (.swiftscript).", completion: .file(extensions: ["swiftscript"]))
    var files: [String]

    @Option(name: [.customShort("p"), .customLong("parameter")], help: ArgumentHelp("Set a parameter.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(help: "How large the experiments are: smoke, standard or full. The notebook's own by default.")
    var scale: Scale?

    @Option(help: "The folder for figures, records and the gallery.")
    var out = "figures"

    @Option(help: "How many notebooks run at the same time.")
    var jobs = 1

    @Flag(help: "Go on after a cell that fails.")
    var keepGoing = false

    @Flag(help: "Compile every cell anew, whatever the cache has.")
    var fresh = false

    @Flag(help: "Show what compiling, linking and running took for each cell.")
    var timings = false

    @Flag(help: "Write each notebook with its outputs to DIR/<slug>/<slug>.ipynb too.")
    var ipynb = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("FILE: none given; expected at least one notebook") }
        guard jobs >= 1 else { throw ValidationError("--jobs \(jobs): expected a number of at least 1") }
        _ = try parsedParameters()
    }

    private func parsedParameters() throws -> [String: String] {
        var values: [String: String] = [:]
        for text in parameters {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("-p \(text): expected name=value")
            }
            let name = String(text[..<equals])
            guard values[name] == nil else { throw ValidationError("-p \(text): \(name) is set twice") }
            values[name] = String(text[text.index(after: equals)...])
        }
        return values
    }

    func run() throws {
        let runs = try prepare()
        let installation: Installation
        let toolchain: Toolchain
        let cache: CellCache
        do {
            installation = try Installation.find()
            toolchain = try Toolchain.find()
            cache = try CellCache()
        } catch {
            printError("repl-kit: \(error)")
            throw Status.cannotRun
        }
        let interruption = Interruption()
        let console = Console(isQuiet: jobs > 1)
        let results = Results(count: runs.count)
        let work = OperationQueue()
        work.maxConcurrentOperationCount = min(jobs, runs.count)
        for (index, run) in runs.enumerated() {
            work.addOperation {
                guard !interruption.isRequested else { return }
                let reporter = TerminalReporter(console: console, showsTimings: timings, buffers: work.maxConcurrentOperationCount > 1)
                do {
                    let record = try run.execute(
                        installation: installation, toolchain: toolchain, cache: cache, reporter: reporter,
                        stopDescriptor: interruption.descriptor)
                    results.set(index, record)
                    if ipynb {
                        try IPythonNotebook(script: run.notebook, record: record, folder: run.folder)
                            .write(toFile: "\(run.folder)/\(run.notebook.slug).ipynb")
                    }
                } catch {
                    printError("repl-kit: \(run.path): \(error)")
                }
            }
        }
        work.waitUntilAllOperationsAreFinished()
        cache.trim()
        do {
            try Gallery(folder: out).write()
        } catch {
            printError("repl-kit: the gallery could not be written: \(error)")
        }

        let records = results.all
        if runs.count > 1 { console.write(renderedRuns(zip(runs, records).map { ($0.notebook.slug, $1) }) + "\n") }
        console.write("gallery: \(out)/index.html\n")
        if interruption.isRequested { throw Status.interrupted }
        if records.contains(where: { $0 == nil || $0?.status == .failed }) { throw Status.cellFailed }
        if records.contains(where: { $0?.status == .claimFailed }) { throw Status.claimFailed }
    }

    /// Reads all notebooks before the first one runs: a malformed one is told at once.
    private func prepare() throws -> [NotebookRun] {
        let values = try parsedParameters()
        var runs: [NotebookRun] = []
        var isRefused = false
        for file in files {
            do {
                let notebook = try Notebook(contentsOfFile: file)
                let options = NotebookRun.Options(
                    outputFolder: out, scale: scale, parameters: values, keepsGoing: keepGoing, ignoresCache: fresh)
                let run = try NotebookRun(notebook: notebook, path: file, options: options)
                if let other = runs.first(where: { $0.notebook.slug == notebook.slug }) {
                    printError("repl-kit: \(file): its slug \"\(notebook.slug)\" is also that of \(other.path); their figures would share a folder")
                    isRefused = true
                }
                runs.append(run)
            } catch let error as NotebookFormatError {
                printError("repl-kit: \(error)")
                isRefused = true
            } catch {
                printError("repl-kit: \(file): \(error)")
                isRefused = true
            }
        }
        if isRefused { throw Status.cannotRun }
        return runs
    }
}

/// The records of runs that may end on several threads.
private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var records: [RunRecord?]

    init(count: Int) { records = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ record: RunRecord) { lock.withLock { records[index] = record } }

    var all: [RunRecord?] { lock.withLock { records } }
}

/// Ctrl-C and termination: told to all sessions by a pipe that becomes readable.
final class Interruption: @unchecked Sendable {
    let descriptor: Int32
    private let writeEnd: Int32
    private let lock = NSLock()
    private var requested = false
    private var sources: [any DispatchSourceSignal] = []

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        (descriptor, writeEnd) = (ends[0], ends[1])
        for signalNumber in [SIGINT, SIGTERM, SIGHUP] {
            signal(signalNumber, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: signalNumber, queue: .global())
            source.setEventHandler { [weak self] in self?.request() }
            source.resume()
            sources.append(source)
        }
    }

    private func request() {
        let isFirst = lock.withLock {
            defer { requested = true }
            return !requested
        }
        guard isFirst else { return }
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    var isRequested: Bool { lock.withLock { requested } }
}
