import Foundation
import NotebookProtocol

/// One execution of one cell: its directives and its code. Belongs to the session's thread.
struct Execution {
    let session: InteractiveSession
    let name: String
    let options: ExecutionOptions
    let handler: @Sendable (SessionEvent) -> Void
    private(set) var recovery = Recovery.notNeeded
    private(set) var warnings: [Diagnostic] = []
    private var isTimed = false

    init(
        session: InteractiveSession, name: String, options: ExecutionOptions,
        handler: @escaping @Sendable (SessionEvent) -> Void
    ) {
        self.session = session
        self.name = name
        self.options = options
        self.handler = handler
    }

    var state: Locked<InteractiveSession.State> { session.state }

    /// Carries out the directives and runs the code.
    mutating func perform(_ source: String) -> CellFailure? {
        state.update { $0.sources[name] = source }
        let lines = DirectiveLines(source)
        for directive in lines.directives {
            if directive.name == "time", directive.argument.isEmpty {
                isTimed = true
            } else if let failure = perform(directive) {
                return failure
            }
            if session.stop.isRaised { return interrupted() }
        }
        guard lines.code.contains(where: { !$0.isWhitespace }) else { return nil }
        return run(lines.code, language: lines.language, name: name, firstLine: lines.firstLine)
    }

    /// Runs an expression of which nothing is kept.
    mutating func evaluate(_ expression: String) -> CellFailure? {
        run(expression, language: .swift, name: name, firstLine: 1, isKept: false)
    }

    /// Gives a comm's handler a message.
    ///
    /// - Returns: Whether somebody takes the comm, and why its handler failed.
    mutating func deliver(_ message: CommMessage) -> (isTaken: Bool, failure: CellFailure?) {
        guard let outcome = session.session.deliver(message, output: give) else { return (false, nil) }
        return (true, outcome == .succeeded ? nil : repaired(outcome, isPython: false))
    }

    /// Puts the session right after a failure, and reports it.
    private mutating func repaired(_ outcome: Session.Outcome, isPython: Bool) -> CellFailure? {
        // What stops the cell must not stop the repair.
        session.stop.clear()
        recovery = session.session.recover()
        if case .lost = recovery { state.update { $0.executed = [] } }
        return FailureReport(line: text).failure(
            outcome, cell: name, isPython: isPython, frames: session.session.failureFrames, recovery: recovery)
    }

    /// Compiles and runs a piece of code, and puts the session right after a failure.
    mutating func run(
        _ code: String, language: DirectiveLines.Language, name: String, firstLine: Int, isKept: Bool = true
    ) -> CellFailure? {
        let input = CellInput(source: code, file: name, firstLine: firstLine)
        let engine = session.session
        var clock = Stopwatch()
        var compiled: CompiledCell?
        let outcome: Session.Outcome
        engine.inputHandler = inputHandler
        defer { engine.inputHandler = nil }
        switch language {
        case .swift:
            let pending = engine.begin(input)
            compiled = engine.waitForCompiler(pending)
            for warning in compiled?.warnings ?? [] {
                warnings.append(warning)
                handler(.text(.standardError, warning.rendered(lines: line) + "\n"))
            }
            clock = Stopwatch()
            outcome = engine.run(pending, isKept: isKept, output: give)
        case .python:
            outcome = engine.runPython(input, isKept: isKept, output: give)
        }
        let seconds = clock.lap()
        if outcome == .succeeded {
            if isKept {
                state.update {
                    $0.executed.append(.init(language: language, source: code, name: name, seconds: seconds))
                }
            }
            if isTimed || timesNext { tell(timing(compiled, seconds)) }
            timesNext = false
            return nil
        }
        return repaired(outcome, isPython: language == .python)
    }

    var timesNext = false

    private func timing(_ compiled: CompiledCell?, _ seconds: Double) -> String {
        func show(_ seconds: Double) -> String {
            seconds < 0.0995 ? String(format: "%.1f ms", seconds * 1000)
                : seconds < 10 ? String(format: "%.0f ms", seconds * 1000) : String(format: "%.2f s", seconds)
        }
        guard let compiled else { return "ran \(show(seconds))" }
        let before = compiled.wasCached ? "compiled before" : "compiled \(show(compiled.compileSeconds)), linked \(show(compiled.linkSeconds))"
        return "\(before), ran \(show(seconds))"
    }

    // MARK: - What the cell gives

    private func give(_ output: WorkerOutput) {
        switch output {
        case .text(.standardError, let text) where text.contains("Fatal error"):
            // The runtime's last words name the engine's module.
            let words = text.replacingOccurrences(of: #"\bCell[0-9]+/"#, with: "", options: .regularExpression)
            handler(.text(.standardError, words))
        case .text(let stream, let text): handler(.text(stream, text))
        case .event(.display(let bundle, let isResult)):
            handler(isResult ? .result(bundle) : .display(bundle, identifier: nil))
        case .event(.identifiedDisplay(let bundle, let identifier, let isUpdate)):
            handler(isUpdate ? .updateDisplay(bundle, identifier: identifier) : .display(bundle, identifier: identifier))
        case .event(.clearOutput(let waits)): handler(.clearOutput(waits: waits))
        case .event(.figure(let figure)): handler(.display(bundle(of: figure), identifier: nil))
        case .event(.claim(let claim)): handler(.claim(claim))
        case .event(.progress(let progress)): handler(.progress(progress))
        case .event(.comm(let message)): handler(.comm(message))
        case .event(.ready), .event(.finished), .event(.inputRequest), .event(.checkpoint), .event(.checkpointRefused),
            .event(.variable), .event(.commRefused):
            break
        }
    }

    private var inputHandler: ((String, Bool, @escaping Session.InputAnswer) -> Void)? {
        guard options.allowsInput else { return nil }
        let handler = handler
        return { prompt, isSecret, answer in
            handler(.inputRequest(InputRequest(prompt: prompt, isSecret: isSecret, answer: answer)))
        }
    }

    private func bundle(of figure: FigureRecord) -> MimeBundle {
        let folder = session.configuration.outputFolder
        var bundle = MimeBundle([
            MimeBundle.plainText: "figure: " + figure.files.map { folder + "/" + $0 }.joined(separator: ", ")
        ])
        for file in figure.files where file.hasSuffix(".png") {
            bundle[MimeBundle.png] = FileManager.default.contents(atPath: folder + "/" + file)?.base64EncodedString()
        }
        return bundle
    }

    /// Text of the session's own.
    func tell(_ text: String) { handler(.text(.standardOutput, text + "\n")) }

    func interrupted() -> CellFailure {
        session.stop.clear()
        return CellFailure(
            kind: .interrupted, name: "Interrupted", message: "the cell was interrupted",
            report: ["\(name): error: the cell was interrupted"], colouredReport: ["\(name): error: the cell was interrupted"])
    }

    func refused(_ directive: DirectiveLines.Directive, _ message: String) -> CellFailure {
        let place = "\(name):\(directive.line): "
        return CellFailure(
            kind: .directive, name: "DirectiveError", message: "%\(directive.name): \(message)",
            report: ["\(place)error: %\(directive.name): \(message)"],
            colouredReport: ["\u{1B}[1m\(place)\u{1B}[1;31merror:\u{1B}[0m %\(directive.name): \(message)"])
    }

    private func line(_ diagnostic: Diagnostic) -> String? { text(diagnostic.file, diagnostic.line) }

    private func text(_ file: String, _ line: Int) -> String? {
        guard let source = state.value.sources[file] else { return nil }
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(line - 1) ? String(lines[line - 1]) : nil
    }
}
