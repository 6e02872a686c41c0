import Foundation
import NotebookJupyter
import NotebookProtocol

/// A backend whose cells are lines of commands.
final class FakeBackend: KernelBackend, @unchecked Sendable {
    let language = KernelLanguage(version: "0", banner: "fake", implementation: "fake", implementationVersion: "1")
    private let condition = NSCondition()
    private var isInterrupted = false
    private var executedCells: [KernelCell] = []
    private var isEnded = false

    var executed: [KernelCell] { condition.withLock { executedCells } }
    var isShutDown: Bool { condition.withLock { isEnded } }

    func execute(_ cell: KernelCell, io: any KernelCellIO) -> KernelOutcome {
        condition.withLock {
            executedCells.append(cell)
            isInterrupted = false
        }
        for line in cell.code.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let rest = words.count > 1 ? words[1] : ""
            let bundle = MimeBundle([MimeBundle.plainText: rest])
            switch words[0] {
            case "print": io.give(.text(.stdout, rest + "\n"))
            case "complain": io.give(.text(.stderr, rest + "\n"))
            case "result": io.give(.result(bundle))
            case "display": io.give(.display(bundle, metadata: ["m": 1], identifier: "d"))
            case "json": io.give(.display(MimeBundle(["application/json": rest, "application/x+json": "no json"])))
            case "update": io.give(.update(bundle, identifier: "d"))
            case "clear": io.give(.clear(waits: true))
            case "page": io.give(.page(bundle))
            case "next": io.give(.nextInput(rest, replaces: false))
            case "comm": io.give(.commOpen(identifier: "from-kernel", target: rest, data: ["v": 1], buffers: [[7, 0, 7]]))
            case "flood": for number in 0..<(Int(rest) ?? 0) { io.give(.text(.stdout, "\(number)\n")) }
            case "fail": return .failed(KernelFailure(name: "Failed", value: rest, traceback: ["line 1", "line 2"]))
            // Long enough for a front end to send what follows.
            case "nap": usleep(300_000)
            case "wait":
                let deadline = Date(timeIntervalSinceNow: 20)
                condition.lock()
                while !isInterrupted, !isEnded, condition.wait(until: deadline) {}
                condition.unlock()
                return .failed(KernelFailure(name: "Interrupted", value: "", traceback: []))
            case "ask":
                do {
                    io.give(.text(.stdout, try io.readLine(prompt: rest, isPassword: rest == "secret")))
                } catch {
                    return .failed(KernelFailure(name: "\(error)", value: "", traceback: []))
                }
            default: break
            }
        }
        return .succeeded
    }

    func evaluate(_ expression: String, io: any KernelCellIO) -> Result<MimeBundle, KernelFailure> {
        expression == "bad"
            ? .failure(KernelFailure(name: "Bad", value: "expression", traceback: [])) : .success(MimeBundle([MimeBundle.plainText: "<\(expression)>"]))
    }

    func interrupt() {
        condition.withLock {
            isInterrupted = true
            condition.broadcast()
        }
    }

    func shutDown() {
        condition.withLock {
            isEnded = true
            condition.broadcast()
        }
    }

    func isComplete(_ code: String) -> KernelCompleteness {
        switch code {
        case "more": .incomplete(indentation: "    ")
        case "wrong": .invalid
        case "what": .unknown
        default: .complete
        }
    }

    func complete(_ code: String, cursor: Int) -> KernelCompletions {
        let candidate = KernelCompletions.Candidate(text: "cursor\(cursor)", kind: "function", signature: "()")
        return KernelCompletions(candidates: [candidate, candidate], range: 0..<cursor)
    }

    func inspect(_ code: String, cursor: Int, detail: Int) -> MimeBundle? {
        code.isEmpty ? nil : MimeBundle([MimeBundle.plainText: "\(code) at \(cursor), detail \(detail)"])
    }
}
