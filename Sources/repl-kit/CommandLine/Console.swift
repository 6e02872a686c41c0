import Foundation
import NotebookProtocol

/// The terminal: text as it comes, and one line of progress below it that text never mixes with.
final class Console: @unchecked Sendable {
    let isTerminal: Bool
    let width: Int
    let usesColour: Bool
    private let lock = NSLock()
    private var statusLine = ""
    private var endsWithNewline = true

    init(isQuiet: Bool = false) {
        let isTerminal = isatty(1) == 1 && isatty(2) == 1
        self.isTerminal = isTerminal && !isQuiet
        usesColour = isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        var size = winsize()
        let hasSize = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = hasSize ? Int(size.ws_col) : 100
    }

    func write(_ text: String) { put(text, to: .standardOutput) }

    func writeError(_ text: String) { put(text, to: .standardError) }

    private func put(_ text: String, to handle: FileHandle) {
        guard !text.isEmpty else { return }
        lock.withLock {
            clearStatus()
            writeAll(text, to: handle.fileDescriptor)
            endsWithNewline = text.hasSuffix("\n")
            drawStatus()
        }
    }

    /// Starts a new line if the text before did not end one.
    func endLine() {
        let needsNewline = lock.withLock { !endsWithNewline }
        if needsNewline { write("\n") }
    }

    /// Shows a line below all text; an empty one removes it. Does nothing where there is no terminal.
    func showStatus(_ line: String) {
        guard isTerminal else { return }
        lock.withLock {
            clearStatus()
            statusLine = String(line.prefix(width - 1))
            drawStatus()
        }
    }

    private func clearStatus() {
        if isTerminal, !statusLine.isEmpty, endsWithNewline { writeAll("\r\u{1B}[2K", to: 2) }
    }

    private func drawStatus() {
        // An unfinished line of the cell's own is left alone.
        if isTerminal, !statusLine.isEmpty, endsWithNewline { writeAll("\r\u{1B}[2m\(statusLine)\u{1B}[0m", to: 2) }
    }

    private func writeAll(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR {
                return
            }
        }
    }
}
