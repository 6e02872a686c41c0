import CLineEditor
import Foundation
import NotebookEngine

/// Where the prompt's lines come from: an edited terminal, or whatever is piped in.
final class LineReader {
    enum Line: Equatable {
        case text(String)
        case interrupted
        case end
    }

    /// What Tab asks: the line and the cursor's place in it, in bytes.
    var completer: ((_ line: String, _ cursor: Int) -> CompletionList)?
    private let editor: OpaquePointer?
    private let width: Int
    private var peeked: String??

    var isTerminal: Bool { editor != nil }

    init(width: Int) {
        self.width = width
        guard isatty(0) == 1, isatty(1) == 1 else {
            editor = nil
            return
        }
        editor = line_editor_open("repl-kit", LineReader.historyFile())
        line_editor_set_completer(
            editor,
            { context, line, cursor in
                guard let context, let line else { return false }
                return Unmanaged<LineReader>.fromOpaque(context).takeUnretainedValue().complete(String(cString: line), cursor)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { if let editor { line_editor_close(editor) } }

    private static func historyFile() -> String? {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory() + "/.local/state"
        let folder = state + "/repl-kit"
        guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil else { return nil }
        return folder + "/history"
    }

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - prompt: Shown on a terminal only.
    ///   - initial: What is typed already, on a terminal.
    func read(prompt: String, initial: String = "") -> Line {
        guard let editor else {
            if let line = peeked {
                peeked = nil
                return line.map { .text($0) } ?? .end
            }
            return Swift.readLine().map { .text($0) } ?? .end
        }
        var line: UnsafePointer<CChar>?
        switch line_editor_read(editor, prompt, initial, &line) {
        case LineEditorLine: return line.map { .text(String(cString: $0)) } ?? .end
        case LineEditorInterrupted: return .interrupted
        default: return .end
        }
    }

    /// The line that comes next where lines are piped in; nil at the end and on a terminal.
    func peek() -> String? {
        guard editor == nil else { return nil }
        if let known = peeked { return known }
        let line = Swift.readLine()
        peeked = .some(line)
        return line
    }

    func remember(_ line: String) {
        if let editor, !line.allSatisfy(\.isWhitespace) { line_editor_remember(editor, line) }
    }

    private func complete(_ line: String, _ cursor: Int) -> Bool {
        guard let completer, let editor else { return false }
        let list = completer(line, cursor)
        let typed = String(decoding: Array(line.utf8)[min(list.replacedRange.lowerBound, cursor)..<cursor], as: UTF8.self)
        let matches = list.items.filter { $0.text.hasPrefix(typed) }
        guard let first = matches.first else { return false }
        let common = matches.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
        if common.utf8.count > typed.utf8.count {
            line_editor_insert(editor, String(common.dropFirst(typed.count)))
            return false
        }
        guard matches.count > 1 else { return false }
        print("\n" + columns(matches.map(\.label)))
        fflush(nil)
        return true
    }

    private func columns(_ labels: [String]) -> String {
        let shown = labels.prefix(60).map { $0.count > width - 2 ? String($0.prefix(width - 3)) + "…" : $0 }
        let column = (shown.map(\.count).max() ?? 0) + 2
        let count = max(1, width / column)
        let rows = (shown.count + count - 1) / count
        var lines = (0..<rows).map { row in
            stride(from: row, to: shown.count, by: rows).map { shown[$0].padding(toLength: column, withPad: " ", startingAt: 0) }
                .joined()
        }
        if labels.count > shown.count { lines.append("… and \(labels.count - shown.count) more") }
        return lines.joined(separator: "\n")
    }
}
