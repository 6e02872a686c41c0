import Foundation

/// Makes a failure of a cell readable: what, where, and what became of the session.
struct FailureReport {
    /// The text of a line of one of the session's cells.
    let line: (_ file: String, _ line: Int) -> String?

    func failure(
        _ outcome: Session.Outcome, cell: String, isPython: Bool, frames: [NotebookFrame], recovery: Recovery
    ) -> CellFailure? {
        var failure: CellFailure
        switch outcome {
        case .succeeded: return nil
        case .notCompiled(let diagnostics):
            let errors = diagnostics.filter { $0.severity == .error }
            failure = CellFailure(
                kind: .notCompiled, name: "CompileError",
                message: errors.first.map { "\($0.file):\($0.line):\($0.column): \($0.message)" } ?? "the compiler refused the cell",
                diagnostics: diagnostics)
        case .threw(let type, let description):
            failure = CellFailure(kind: .threw, name: type, message: description, frames: frames)
            if isPython {
                // A Python exception's description is its traceback, which ends with the type.
                let words = description.split(separator: "\n").last.map(String.init) ?? description
                failure.message = words.hasPrefix(type + ": ") ? String(words.dropFirst(type.count + 2)) : words
                failure.report = description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                failure.colouredReport = failure.report
            }
        case .exited(let code):
            failure = CellFailure(kind: .exited, name: "Exit", message: "the cell called exit(\(code))", frames: frames)
        case .died(let death):
            failure = CellFailure(
                kind: .died, name: death.reason == nil ? "Crash" : "FatalError",
                message: death.cause + (death.reason.map { ": " + $0 } ?? ""), frames: death.frames)
        case .interrupted:
            failure = CellFailure(kind: .interrupted, name: "Interrupted", message: "the cell was interrupted", frames: frames)
        case .engineFailed(let message):
            failure = CellFailure(kind: .engine, name: "EngineError", message: message)
        }
        if failure.report.isEmpty {
            failure.report = report(failure, cell: cell, isColoured: false)
            failure.colouredReport = report(failure, cell: cell, isColoured: true)
        }
        if let note = recovery.note {
            failure.report.append(note)
            failure.colouredReport.append("\u{1B}[2m\(note)\u{1B}[0m")
        }
        return failure
    }

    private func report(_ failure: CellFailure, cell: String, isColoured: Bool) -> [String] {
        func colour(_ text: String, _ code: String) -> String { isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        if failure.kind == .notCompiled {
            return failure.diagnostics.flatMap {
                $0.rendered(isColoured: isColoured) { line($0.file, $0.line) }.split(separator: "\n").map(String.init)
            }
        }
        let verb = failure.kind == .threw ? "threw \(failure.name): " : ""
        let place = failure.frames.first.map { "\($0.file):\($0.line)" } ?? cell
        var lines = ["\(colour(place + ":", "1")) \(colour("error:", "1;31")) \(verb)\(failure.message)"]
        if let frame = failure.frames.first, let text = line(frame.file, frame.line) {
            lines.append(" \(frame.line) | \(text)")
        }
        lines += traced(failure.frames).map { "    " + $0 }
        return lines
    }

    /// The frames, of which a recursion's are counted instead of repeated.
    private func traced(_ frames: [NotebookFrame]) -> [String] {
        var lines: [String] = []
        var index = 0
        while index < frames.count, lines.count < 24 {
            let frame = frames[index]
            var count = 1
            while index + count < frames.count, frames[index + count].function == frame.function { count += 1 }
            lines.append("at \(frame.function), \(frame.file):\(frame.line)" + (count > 2 ? " and \(count - 1) more calls of it" : ""))
            index += count > 2 ? count : 1
        }
        if index < frames.count { lines.append("and \(frames.count - index) more") }
        return lines
    }
}
