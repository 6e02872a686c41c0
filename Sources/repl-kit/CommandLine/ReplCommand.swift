import ArgumentParser
import Foundation
import NotebookEngine
import NotebookProtocol

/// `repl-kit repl`: the session at the terminal.
struct ReplCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl",
        abstract: "Run Swift line by line; a crash or an interrupt costs one line.",
        discussion: """
            Tab completes, Ctrl-C ends the running cell or gives the line up, Ctrl-D leaves, %help lists the \
            directives. Lines that are piped in run without prompts; the status is then 1 if one of them failed.
            """)

    @Flag(inversion: .prefixedNo, help: "Keep a process asleep behind each cell that restores the variables when the cell dies.")
    var checkpoints = true

    @Option(help: ArgumentHelp("Private memory that the session may have, such as 2G. Three quarters of the machine's by default.", valueName: "size"))
    var memoryLimit: String?

    @Option(help: ArgumentHelp("The folder that takes figures.", valueName: "DIR"))
    var out = "figures/session"

    func run() throws {
        let console = Console()
        let session: InteractiveSession
        do {
            var configuration = InteractiveSession.Configuration(
                installation: try Installation.find(), toolchain: try Toolchain.find(), cache: try CellCache(),
                outputFolder: URL(fileURLWithPath: out).standardizedFileURL.path, usesCheckpoints: checkpoints)
            if let memoryLimit { configuration.memoryLimit = try memoryLimitInBytes(memoryLimit) }
            session = try InteractiveSession(configuration)
        } catch let error as ValidationError {
            throw error
        } catch {
            printError("repl-kit: \(error)")
            throw Status.cannotRun
        }
        Task.detached { try? await session.start() }
        let isHealthy = Prompt(session: session, console: console).run()
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            await session.shutdown()
            done.signal()
        }
        done.wait()
        if !isHealthy { throw Status.cellFailed }
    }
}

/// What `--memory-limit` says.
func memoryLimitInBytes(_ text: String) throws -> Int {
    guard let bytes = CellCache.bytes(from: text), bytes > 0 else {
        throw ValidationError("--memory-limit \(text): expected a size such as 500M or 2G")
    }
    return bytes
}

/// Reads cells, runs them and shows what they give.
private final class Prompt: @unchecked Sendable {
    private let session: InteractiveSession
    private let console: Console
    private let reader: LineReader
    private let usesColour: Bool
    private var lines: [String] = []
    private var interruption: (any DispatchSourceSignal)?

    init(session: InteractiveSession, console: Console) {
        self.session = session
        self.console = console
        reader = LineReader(width: console.width)
        usesColour = isatty(2) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        reader.completer = { [unowned self] line, cursor in
            let before = lines.map { $0 + "\n" }.joined()
            var list = session.completeAndWait(before + line, at: before.utf8.count + cursor)
            let shift = before.utf8.count
            list.replacedRange = max(0, list.replacedRange.lowerBound - shift)..<max(0, list.replacedRange.upperBound - shift)
            return list
        }
        // While a cell runs, Ctrl-C is a signal; the worker leads a process group of its own and does not get it.
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { session.interrupt() }
        source.resume()
        interruption = source
    }

    /// Runs to the end of the input.
    ///
    /// - Returns: false when lines were piped in and one failed.
    func run() -> Bool {
        if reader.isTerminal { console.write("repl-kit: Swift line by line. %help lists the directives, Ctrl-D leaves.\n") }
        var isHealthy = true
        while let cell = readCell() {
            guard cell.contains(where: { !$0.isWhitespace }) else { continue }
            if ["exit", "quit", "%exit", "%quit"].contains(cell.trimmingCharacters(in: .whitespacesAndNewlines)) { break }
            if !execute(cell) { isHealthy = false }
        }
        if reader.isTerminal { console.endLine() }
        return isHealthy || reader.isTerminal
    }

    /// Lines until the parser finds them whole; nil at the end of the input.
    private func readCell() -> String? {
        lines = []
        var indent = ""
        while true {
            let isFirst = lines.isEmpty
            let number = session.executionCount + 1
            switch reader.read(prompt: prompt(isFirst ? "\(number)> " : String(repeating: " ", count: "\(number)".count) + ". "), initial: indent) {
            case .interrupted:
                lines = []
                indent = ""
            case .end:
                return lines.isEmpty ? nil : lines.joined(separator: "\n")
            case .text(let line):
                reader.remember(line)
                lines.append(line)
                let text = lines.joined(separator: "\n")
                // Two empty lines end what cannot become whole.
                let isGivenUp = reader.isTerminal && lines.count > 2 && lines.suffix(2).allSatisfy { $0.allSatisfy(\.isWhitespace) }
                switch session.isComplete(text) {
                case .incomplete(let next) where !isGivenUp:
                    indent = next
                case .complete where goesOn(text):
                    indent = ""
                default:
                    return text
                }
            }
        }
    }

    /// Whether what is whole is continued: by a piped line that cannot begin a statement, or by the code that a
    /// directive wants.
    private func goesOn(_ text: String) -> Bool {
        let last = text.split(separator: "\n").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        if ["%time", "%python"].contains(last) { return reader.isTerminal || reader.peek() != nil }
        guard let next = reader.peek()?.trimmingCharacters(in: .whitespaces) else { return false }
        return ["else", "} else", "catch", ".", "?", "&&", "||"].contains { next.hasPrefix($0) }
    }

    private func prompt(_ text: String) -> String {
        usesColour ? "\u{1}\u{1B}[1;34m\u{1}\(text)\u{1}\u{1B}[0m\u{1}" : text
    }

    private func execute(_ cell: String) -> Bool {
        let outcome = session.executeAndWait(cell, options: ExecutionOptions(stopsOnError: false, allowsInput: true)) { [self] event in
            show(event)
        }
        console.showStatus("")
        console.endLine()
        guard let failure = outcome.failure else { return true }
        let report = usesColour ? failure.colouredReport : failure.report
        console.writeError(report.joined(separator: "\n") + "\n")
        return false
    }

    private func show(_ event: SessionEvent) {
        switch event {
        case .text(.standardOutput, let text): console.write(text)
        case .text(.standardError, let text): console.writeError(usesColour ? tinted(text) : text)
        case .display(let bundle, _), .updateDisplay(let bundle, _), .result(let bundle):
            console.endLine()
            console.write((bundle[MimeBundle.plainText] ?? "(\(bundle.representations.keys.sorted().joined(separator: ", ")))") + "\n")
        case .claim(let claim):
            console.endLine()
            console.write("claim \(claim.verdict.rawValue): \(claim.statement): \(claim.measured) \(claim.required)\n")
        case .progress(let state):
            let percent = state.total == 0 ? 100 : state.done * 100 / state.total
            console.showStatus("\(state.label): \(state.done) of \(state.total) (\(percent) %)")
        case .inputRequest(let request):
            console.showStatus("")
            switch reader.read(prompt: request.prompt) {
            case .text(let line): request.reply(line)
            case .end: request.reply(nil)
            case .interrupted:
                session.interrupt()
                request.reply(nil)
            }
        // The terminal has no components to talk to.
        case .clearOutput, .comm: break
        }
    }

    /// Warnings of the compiler with their usual colour.
    private func tinted(_ text: String) -> String {
        text.replacingOccurrences(of: " warning: ", with: " \u{1B}[1;35mwarning:\u{1B}[0m ")
            .replacingOccurrences(of: " note: ", with: " \u{1B}[1;36mnote:\u{1B}[0m ")
    }
}
