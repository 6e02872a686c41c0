import Foundation
import NotebookFormat
import NotebookProtocol

/// One execution of one notebook: its cells in order, what they give out, its figures and claims.
public struct NotebookRun: Sendable {
    public struct Options: Sendable {
        /// The folder that takes a folder for each notebook's figures.
        public var outputFolder: String
        public var scale: Scale?
        public var parameters: [String: String]
        /// Go on after a cell that fails.
        public var keepsGoing: Bool
        public var ignoresCache: Bool

        public init(
            outputFolder: String, scale: Scale? = nil, parameters: [String: String] = [:], keepsGoing: Bool = false,
            ignoresCache: Bool = false
        ) {
            self.outputFolder = outputFolder
            self.scale = scale
            self.parameters = parameters
            self.keepsGoing = keepsGoing
            self.ignoresCache = ignoresCache
        }
    }

    public let notebook: Notebook
    public let path: String
    public let scale: Scale
    private let options: Options
    /// Cell sources with the parameters' values in place.
    private let sources: [String]

    /// Where this notebook's figures and records go.
    public var folder: String { options.outputFolder + "/" + notebook.slug }

    /// Prepares a run.
    ///
    /// - Throws: `ParameterError` for parameters that the notebook does not have or that do not fit.
    public init(notebook: Notebook, path: String, options: Options) throws(ParameterError) {
        self.notebook = notebook
        self.path = path
        self.options = options
        var values = options.parameters
        var sources = notebook.cells.map(\.source)
        var declared: Scale?
        if let index = notebook.parametersIndex {
            let parameters = NotebookParameters(source: sources[index])
            if let scale = options.scale {
                if let other = values["scale"], other != scale.rawValue {
                    throw .contradictoryScales(scale.rawValue, other)
                }
                if parameters.names.contains("scale") { values["scale"] = scale.rawValue }
            }
            sources[index] = try parameters.source(setting: values)
            declared = NotebookParameters(source: sources[index]).declaredScale
        } else if let name = values.keys.sorted().first {
            throw .noParametersCell(name: name, notebook: path)
        }
        scale = options.scale ?? declared ?? .standard
        self.sources = sources
    }

    /// Runs the notebook.
    ///
    /// - Parameters:
    ///   - reporter: Is told what happens, as it happens.
    ///   - stopDescriptor: A descriptor that becomes readable when the run is to stop; -1 for none.
    /// - Returns: The record of the run, which has also been written to the notebook's folder.
    /// - Throws: When the run cannot begin (no worker, no folder) or its record cannot be written.
    public func execute(
        installation: Installation, toolchain: Toolchain, cache: CellCache, reporter: any RunReporter,
        stopDescriptor: Int32 = -1
    ) throws -> RunRecord {
        let start = Date()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let session = try Session(
            installation: installation, toolchain: toolchain, cache: cache,
            options: Session.Options(
                run: RunConfiguration(outputFolder: absolute(folder), scale: scale), ignoresCache: options.ignoresCache),
            stopDescriptor: stopDescriptor)

        defer { session.close() }

        var recorder = RunRecorder(cells: notebook.cells.indices.compactMap(blankRecord))
        let executable = notebook.cells.indices.filter { [.swift, .python].contains(notebook.cells[$0].kind) }
        reporter.runBegan(self, cellCount: executable.count)

        var pending: [Int: Session.Pending] = [:]
        func beginAll(from place: Int) {
            for index in executable[place...] where notebook.cells[index].kind == .swift {
                pending[index] = session.begin(input(index))
            }
        }
        beginAll(from: 0)
        try session.startWorker()

        var isStopped = false
        for (place, index) in executable.enumerated() where !isStopped {
            let cell = notebook.cells[index]
            guard let record = recorder.place(ofLine: cell.firstLine) else { continue }
            reporter.cellBegan(number: place + 1, line: cell.firstLine)
            var clock = Stopwatch()
            let receive: (WorkerOutput) -> Void = { output in
                recorder.add(output, toCell: record)
                reporter.cellGave(output)
            }
            var compiled: CompiledCell?
            let outcome: Session.Outcome
            if let begun = pending[index] {
                compiled = try? begun.wait()
                for warning in compiled?.warnings ?? [] {
                    receive(.text(.standardError, rendered([warning]) + "\n"))
                }
                outcome = session.run(begun, output: receive)
            } else {
                outcome = session.runPython(input(index), output: receive)
            }
            let seconds = clock.lap()
            let failure = message(outcome, cellNumber: place + 1, cell: cell)
            recorder.finish(cell: record, seconds: seconds, failure: failure)
            reporter.cellEnded(
                number: place + 1, line: cell.firstLine, seconds: seconds, compiled: compiled, failure: failure)
            if failure != nil {
                isStopped = !options.keepsGoing || outcome == .interrupted
                if !isStopped { beginAll(from: place + 1) }
            }
        }

        let record = RunRecord(
            slug: notebook.slug, title: notebook.title, summary: notebook.frontMatter.summary,
            paper: notebook.frontMatter.paper, field: field, path: path, scale: scale,
            parameters: options.parameters, status: recorder.status, startedAt: ISO8601DateFormatter().string(from: start),
            seconds: Date().timeIntervalSince(start), cells: recorder.cells, claims: recorder.claims, figures: recorder.figures)
        try RunFiles(folder: folder).write(record)
        reporter.runEnded(record, folder: folder)
        return record
    }

    // MARK: - Parts

    private func input(_ index: Int) -> CellInput {
        CellInput(source: sources[index], file: path, firstLine: notebook.cells[index].firstLine)
    }

    private func blankRecord(_ index: Int) -> CellRecord? {
        let cell = notebook.cells[index]
        let kind: CellRecord.Kind
        switch cell.kind {
        case .markdown: kind = .markdown
        case .swift: kind = .swift
        case .python: kind = .python
        case .raw: return nil
        }
        return CellRecord(
            kind: kind, source: sources[index], line: cell.firstLine, tags: cell.tags,
            status: kind == .markdown ? .succeeded : .notRun)
    }

    /// The folder under `notebooks` that the file lies in.
    private var field: String? {
        let components = URL(fileURLWithPath: absolute(path)).pathComponents
        guard components.count >= 3, components[components.count - 3] == "notebooks" else { return nil }
        return components[components.count - 2]
    }

    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    private func rendered(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { $0.rendered(lines: line(of:)) }.joined(separator: "\n")
    }

    private func line(of diagnostic: Diagnostic) -> String? {
        guard diagnostic.file == path else { return nil }
        for index in notebook.cells.indices {
            let cell = notebook.cells[index]
            let lines = sources[index].split(separator: "\n", omittingEmptySubsequences: false)
            let place = diagnostic.line - cell.firstLine
            if cell.kind == .swift, lines.indices.contains(place) { return String(lines[place]) }
        }
        return nil
    }

    /// Why a cell failed, in the notebook's own places; nil for a success.
    private func message(_ outcome: Session.Outcome, cellNumber: Int, cell: NotebookCell) -> String? {
        let place = "\(path):\(cell.firstLine): cell \(cellNumber)"
        switch outcome {
        case .succeeded: return nil
        case .notCompiled(let diagnostics):
            return rendered(diagnostics)
        case .threw(let type, let description):
            let verb = cell.kind == .python ? "raised" : "threw"
            // A Python exception's description is its traceback, which ends with the type.
            if description.contains("\n") { return "\(place) \(verb) \(type)\n\(description)" }
            return description.hasPrefix(type + ":") ? "\(place) \(verb) \(description)" : "\(place) \(verb) \(type): \(description)"
        case .exited(let code): return "\(place) called exit(\(code))"
        case .died(let death):
            let cause = death.cause + (death.reason.map { ": " + $0 } ?? "")
            guard let frame = death.frames.first else { return "\(place) \(cause)" }
            let trace = death.frames.prefix(20).map { "    at \($0.function), \(path):\($0.line)" }.joined(separator: "\n")
            return "\(path):\(frame.line): cell \(cellNumber) \(cause)\n\(trace)"
        case .interrupted: return "\(place) was interrupted"
        case .engineFailed(let message): return "\(place) could not run: \(message)"
        }
    }
}

/// Is told what happens in a run, as it happens, on the thread that runs it.
public protocol RunReporter {
    func runBegan(_ run: NotebookRun, cellCount: Int)
    func cellBegan(number: Int, line: Int)
    func cellGave(_ output: WorkerOutput)
    func cellEnded(number: Int, line: Int, seconds: Double, compiled: CompiledCell?, failure: String?)
    func runEnded(_ record: RunRecord, folder: String)
}
