import Foundation
import NotebookEngine
import NotebookProtocol

/// Runs cells in an interactive session and gathers what they give out.
struct InteractiveHarness {
    let session: InteractiveSession

    init(usesCheckpoints: Bool = true, memoryLimit: Int? = InteractiveSession.Configuration.defaultMemoryLimit) throws {
        let output = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/figures"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        session = try InteractiveSession(
            InteractiveSession.Configuration(
                installation: try Installation.find(), toolchain: try Toolchain.find(),
                cache: try CellCache(folder: SessionHarness.cacheFolder), outputFolder: output,
                usesCheckpoints: usesCheckpoints, memoryLimit: memoryLimit))
    }

    struct Result: Sendable {
        /// Standard output, displays and the result, in order.
        var shown = ""
        var errors = ""
        var events: [SessionEvent] = []
        var outcome: CellOutcome?

        var status: CellOutcome.Status? { outcome?.status }
        var recovery: Recovery? { outcome?.recovery }
        var message: String { outcome?.failure?.message ?? "" }
        var report: String { outcome?.failure?.report.joined(separator: "\n") ?? "" }
    }

    /// Executes a cell; `answers` are what it gets when it asks for lines.
    @discardableResult
    func run(
        _ source: String, options: ExecutionOptions = ExecutionOptions(), answers: [String] = [],
        during: (@Sendable (InteractiveSession, SessionEvent) -> Void)? = nil
    ) async -> Result {
        let gathered = Gathered(answers: answers)
        var options = options
        if !answers.isEmpty { options.allowsInput = true }
        let outcome = await session.execute(source, options: options) { event in
            gathered.add(event)
            during?(session, event)
        }
        var result = gathered.result
        result.outcome = outcome
        if result.shown.hasSuffix("\n") { result.shown.removeLast() }
        return result
    }
}

private final class Gathered: @unchecked Sendable {
    private let lock = NSLock()
    private var gathered = InteractiveHarness.Result()
    private var answers: [String]

    init(answers: [String]) { self.answers = answers }

    var result: InteractiveHarness.Result { lock.withLock { gathered } }

    func add(_ event: SessionEvent) {
        lock.withLock {
            gathered.events.append(event)
            switch event {
            case .text(.standardOutput, let text): gathered.shown += text
            case .text(.standardError, let text): gathered.errors += text
            case .display(let bundle, _), .updateDisplay(let bundle, _), .result(let bundle):
                gathered.shown += (bundle[MimeBundle.plainText] ?? "?") + "\n"
            case .inputRequest(let request): request.reply(answers.isEmpty ? nil : answers.removeFirst())
            case .clearOutput, .claim, .progress, .comm: break
            }
        }
    }
}
