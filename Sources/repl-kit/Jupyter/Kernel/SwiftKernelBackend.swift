import Foundation
import NotebookEngine
import NotebookProtocol

/// Runs a kernel's cells in an interactive session.
public final class SwiftKernelBackend: KernelBackend, @unchecked Sendable {
    public let language: KernelLanguage
    private let session: InteractiveSession
    /// Cells that ran, for parameters that a front end injects. Belongs to the kernel's thread.
    private var sources: [String] = []

    public init(session: InteractiveSession, language: KernelLanguage) {
        self.session = session
        self.language = language
    }

    public func execute(_ cell: KernelCell, io: any KernelCellIO) -> KernelOutcome {
        var code = PythonCellMarker.normalized(cell.code)
        do {
            if let parameters = try InjectedParameters(cell: code) { code = try parameters.cell(from: sources) }
        } catch {
            let failure = KernelFailure(name: "ParameterError", value: error.description, traceback: [error.description])
            return .failed(failure)
        }
        if let name = Self.question(in: code) {
            let nothing = MimeBundle([MimeBundle.plainText: "nothing is known of \(name)"])
            io.give(.page(inspect(name, cursor: name.unicodeScalars.count, detail: 1) ?? nothing))
            return .succeeded
        }
        let displays = ProgressDisplays(cell: cell.number)
        let comms = OpenedComms()
        // Stopping after a failure is the server's task: it knows what waits on the wire.
        let options = ExecutionOptions(
            isSilent: cell.isSilent, storesHistory: !cell.isSilent, stopsOnError: false, allowsInput: true)
        let outcome = waiting { [session, code] in
            await session.execute(code, name: "cell \(cell.number)", options: options) { event in
                Self.pass(event, to: io, displays, comms)
            }
        }
        // The session is as it was before the cell, and knows nothing of a comm that the cell opened.
        if outcome.failure != nil { comms.close(io) }
        if let failure = outcome.failure { return .failed(Self.failure(failure)) }
        guard outcome.status == .succeeded else {
            return .failed(KernelFailure(name: "Aborted", value: "\(outcome.status)", traceback: ["\(outcome.status)"]))
        }
        sources.append(code)
        return .succeeded
    }

    /// The name in a cell of the form `name?`, which asks for what is known of it, as in other kernels. It is no Swift.
    private static func question(in code: String) -> String? {
        let text = code.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.range(of: #"^[\p{L}_][\p{L}\p{N}_.]*\?\??$"#, options: .regularExpression) != nil else { return nil }
        return String(text.prefix { $0 != "?" })
    }

    public func evaluate(_ expression: String, io: any KernelCellIO) -> Result<MimeBundle, KernelFailure> {
        waiting { [session] in await session.evaluate(expression) }.mapError(Self.failure)
    }

    public func receive(_ message: CommMessage, io: any KernelCellIO) -> KernelFailure? {
        let displays = ProgressDisplays(cell: 0)
        let comms = OpenedComms()
        let result = waiting { [session] in
            await session.deliver(message) { Self.pass($0, to: io, displays, comms) }
        }
        switch result {
        case .success: return nil
        case .failure(let failure):
            comms.close(io)
            if message.kind == .opened { io.give(.commClose(identifier: message.identifier, data: [:])) }
            return Self.failure(failure)
        case nil:
            if message.kind == .opened { io.give(.commClose(identifier: message.identifier, data: [:])) }
            return nil
        }
    }

    public func interrupt() { session.interrupt() }

    public func shutDown() { waiting { [session] in await session.shutdown() } }

    public func isComplete(_ code: String) -> KernelCompleteness {
        switch session.isComplete(PythonCellMarker.normalized(code)) {
        case .complete: .complete
        case .invalid: .invalid
        case .incomplete(let indent): .incomplete(indentation: indent)
        }
    }

    public func complete(_ code: String, cursor: Int) -> KernelCompletions {
        let found = waiting { [session] in await session.complete(code, at: Self.bytes(before: cursor, in: code)) }
        let candidates = found.items.map {
            KernelCompletions.Candidate(text: $0.text, kind: $0.kind, signature: $0.type.isEmpty ? $0.label : "\($0.label) -> \($0.type)")
        }
        let start = Self.scalars(beforeByte: found.replacedRange.lowerBound, in: code)
        let end = Self.scalars(beforeByte: found.replacedRange.upperBound, in: code)
        return KernelCompletions(candidates: candidates, range: min(start, end)..<max(start, end))
    }

    public func inspect(_ code: String, cursor: Int, detail: Int) -> MimeBundle? {
        waiting { [session] in await session.inspect(code, at: Self.bytes(before: cursor, in: code), detail: detail) }?.bundle
    }

    // MARK: - Between the protocol and the session

    /// The bytes before a number of Unicode scalars: front ends count the ones, the session the others.
    static func bytes(before cursor: Int, in code: String) -> Int {
        code.unicodeScalars.prefix(cursor).reduce(0) { $0 + UTF8.width($1) }
    }

    static func scalars(beforeByte offset: Int, in code: String) -> Int {
        var bytes = 0
        var count = 0
        for scalar in code.unicodeScalars {
            guard bytes < offset else { break }
            bytes += UTF8.width(scalar)
            count += 1
        }
        return count
    }

    private static func failure(_ failure: CellFailure) -> KernelFailure {
        let report = failure.colouredReport.isEmpty ? failure.report : failure.colouredReport
        return KernelFailure(name: failure.name, value: failure.message, traceback: report.isEmpty ? [failure.message] : report)
    }

    private static func pass(
        _ event: SessionEvent, to io: any KernelCellIO, _ displays: ProgressDisplays, _ comms: OpenedComms
    ) {
        switch event {
        case .text(.standardOutput, let text): io.give(.text(.stdout, text))
        case .text(.standardError, let text): io.give(.text(.stderr, text))
        case .display(let bundle, let identifier): io.give(.display(bundle, identifier: identifier))
        case .updateDisplay(let bundle, let identifier): io.give(.update(bundle, identifier: identifier))
        case .clearOutput(let waits): io.give(.clear(waits: waits))
        case .result(let bundle): io.give(.result(bundle))
        case .claim(let claim): io.give(.display(claim.bundle))
        case .progress(let progress): io.give(displays.event(progress))
        case .inputRequest(let request):
            // The session must go on listening: the cell may be interrupted while the person thinks.
            let thread = Thread {
                do throws(InputRefusal) {
                    request.reply(try io.readLine(prompt: request.prompt, isPassword: request.isSecret))
                } catch {
                    if error == .notAllowed {
                        request.refuse("the front end takes no input (allow_stdin is false)")
                    } else {
                        request.reply(nil)
                    }
                }
            }
            thread.start()
        case .comm(let message):
            comms.note(message)
            io.give(message.event)
        }
    }
}

/// The comms that one cell has opened and not closed.
private final class OpenedComms: @unchecked Sendable {
    private let lock = NSLock()
    private var identifiers: [String] = []

    func note(_ message: CommMessage) {
        lock.withLock {
            switch message.kind {
            case .opened: identifiers.append(message.identifier)
            case .closed: identifiers.removeAll { $0 == message.identifier }
            case .message: break
            }
        }
    }

    func close(_ io: any KernelCellIO) {
        for identifier in lock.withLock({ identifiers }) { io.give(.commClose(identifier: identifier, data: [:])) }
    }
}

extension CommMessage {
    /// The message as the kernel gives it out.
    fileprivate var event: KernelEvent {
        let data = (try? JSONValue(parsing: data)) ?? [:]
        let buffers = buffers.map { [UInt8]($0) }
        return switch kind {
        case .opened: .commOpen(identifier: identifier, target: target, data: data, buffers: buffers)
        case .message: .commMessage(identifier: identifier, data: data, buffers: buffers)
        case .closed: .commClose(identifier: identifier, data: data)
        }
    }
}

/// The first line of a Python cell in a notebook of Swift.
enum PythonCellMarker {
    static let line = "%python"

    /// Jupyter's own way of writing it is understood too, and a first line that says that the cell is Swift.
    static func normalized(_ code: String) -> String {
        if IPythonNotebook.Cell.isLanguageLine(code.prefix { !$0.isNewline }), !code.hasPrefix(line) {
            // The empty line that is left keeps the numbers of the others.
            return String(code.drop { !$0.isNewline })
        }
        guard code.hasPrefix("%%python") else { return code }
        let rest = code.dropFirst("%%python".count)
        guard let next = rest.first else { return line }
        return next.isNewline ? line + rest : code
    }
}

/// One display for each piece of long work, which moves on in place.
private final class ProgressDisplays: @unchecked Sendable {
    private let lock = NSLock()
    private let cell: Int
    private var shown: Set<Int> = []

    init(cell: Int) { self.cell = cell }

    func event(_ progress: ProgressState) -> KernelEvent {
        let identifier = "progress-\(cell)-\(progress.identifier)"
        let isFirst = lock.withLock { shown.insert(progress.identifier).inserted }
        return isFirst ? .display(progress.bundle, identifier: identifier) : .update(progress.bundle, identifier: identifier)
    }
}

extension ProgressState {
    /// A bar of 30 signs.
    var bundle: MimeBundle {
        let share = total > 0 ? Double(done) / Double(total) : 1
        let filled = Int((share * 30).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return MimeBundle([MimeBundle.plainText: "\(label) \(bar) \(done)/\(total)"])
    }
}

extension ClaimRecord {
    /// The claim in one line of text.
    var bundle: MimeBundle {
        let mark =
            switch verdict {
            case .held: "✓"
            case .failed: "✗"
            case .notChecked: "–"
            case .notReproduced: "○"
            }
        var text = "\(mark) \(verdict.rawValue): \(statement)"
        if !measured.isEmpty { text += "; measured \(measured)" }
        if !required.isEmpty { text += ", required \(required)" }
        if let published { text += ", published \(published)" }
        if let note { text += " (\(note))" }
        return MimeBundle([MimeBundle.plainText: text])
    }
}

/// Waits on this thread for work that is done elsewhere.
func waiting<Value: Sendable>(for work: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Box<Value>()
    Task.detached {
        result.value = await work()
        done.signal()
    }
    done.wait()
    guard let value = result.value else { preconditionFailure("the work was signalled before it was done") }
    return value
}

/// Written by one thread before the semaphore, read by the other after it.
private final class Box<Value>: @unchecked Sendable {
    var value: Value?
}
