import Foundation
import NotebookEngine
import NotebookProtocol

/// Runs cells as a notebook does and gathers what they give out.
final class SessionHarness {
    private let session: Session
    private let cache: CellCache
    private var nextLine = 1
    private(set) var claims: [ClaimRecord] = []

    /// One cache for all tests of a process: a folder that the test run may throw away.
    static let cacheFolder = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/cache"

    init(cacheFolder: String = SessionHarness.cacheFolder, scale: Scale = .standard, stopDescriptor: Int32 = -1) throws {
        cache = try CellCache(folder: cacheFolder)
        let output = NSTemporaryDirectory() + "/repl-kit-tests-\(getpid())/figures"
        session = try Session(
            installation: try Installation.find(), toolchain: try Toolchain.find(), cache: cache,
            options: Session.Options(run: RunConfiguration(outputFolder: output, scale: scale)),
            stopDescriptor: stopDescriptor)
    }

    struct Result {
        /// Standard output and the plain text of displays, in order.
        var shown = ""
        var errors = ""
        var outcome = Session.Outcome.succeeded

        /// Why the cell failed, in one text; nil for a success.
        var failure: String? {
            switch outcome {
            case .succeeded: nil
            case .notCompiled(let diagnostics):
                diagnostics.map { "\($0.line):\($0.column): \($0.severity.rawValue): \($0.message)" }.joined(separator: "\n")
            case .threw(let type, let description): "threw \(type): \(description)"
            case .exited(let code): "exited \(code)"
            case .died(let death):
                "\(death.cause): \(death.reason ?? "")\n" + death.frames.map { "\($0.function) line \($0.line)" }.joined(separator: "\n")
            case .interrupted: "interrupted"
            case .engineFailed(let message): message
            }
        }
    }

    /// Runs a cell; its first line is the session's next line, so that places can be told apart.
    func run(_ source: String) -> Result {
        let input = CellInput(source: source, file: "table.swiftscript", firstLine: nextLine)
        nextLine += source.split(separator: "\n", omittingEmptySubsequences: false).count
        var result = Result()
        result.outcome = session.run(input) { gather($0, into: &result) }
        return result
    }

    func runPython(_ source: String) -> Result {
        let input = CellInput(source: source, file: "table.swiftscript", firstLine: nextLine)
        nextLine += source.split(separator: "\n", omittingEmptySubsequences: false).count
        var result = Result()
        result.outcome = session.runPython(input) { gather($0, into: &result) }
        return result
    }

    private func gather(_ output: WorkerOutput, into result: inout Result) {
        switch output {
        case .text(.standardOutput, let text): result.shown += text
        case .text(.standardError, let text): result.errors += text
        case .event(.display(let bundle, _)): result.shown += (bundle[MimeBundle.plainText] ?? "?") + "\n"
        case .event(.claim(let claim)): claims.append(claim)
        default: break
        }
    }
}
