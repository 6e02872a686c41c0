import Foundation

/// What was executed, in this session and, where there is a file, in the ones before it.
public final class KernelHistory: @unchecked Sendable {
    public struct Entry: Sendable, Equatable {
        public var session: Int
        public var line: Int
        public var input: String
        public var output: String?
    }

    private let lock = NSLock()
    private let file: String?
    private var entries: [Entry] = []
    /// This session's number.
    public let session: Int

    /// How much of a file is read, in bytes; a file of twice that is cut.
    private static let fileLimit = 2 << 20

    /// - Parameter file: Keeps the history across sessions, one JSON object a line; `nil` keeps it in memory.
    public init(file: String? = nil) {
        self.file = file
        if let file { entries = Self.read(file) }
        session = (entries.map(\.session).max() ?? 0) + 1
    }

    /// The file in which a user's history lies: `$XDG_STATE_HOME/repl-kit/history.jsonl`.
    public static var userFile: String {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory() + "/.local/state"
        return state + "/repl-kit/history.jsonl"
    }

    private static func read(_ file: String) -> [Entry] {
        guard let data = FileManager.default.contents(atPath: file) else { return [] }
        let lines = data.suffix(fileLimit).split(separator: UInt8(ascii: "\n"))
        let entries = lines.compactMap { line -> Entry? in
            guard let value = try? JSONValue(parsing: line), let session = value["session"]?.int, let number = value["line"]?.int,
                let input = value["input"]?.string
            else { return nil }
            return Entry(session: session, line: number, input: input, output: value["output"]?.string)
        }
        if data.count > 2 * fileLimit {
            let kept = lines.dropFirst().joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]
            try? Data(kept).write(to: URL(fileURLWithPath: file), options: .atomic)
        }
        return entries
    }

    func add(line: Int, input: String, output: String?) {
        let entry = Entry(session: session, line: line, input: input, output: output)
        lock.withLock {
            entries.append(entry)
            append(entry)
        }
    }

    /// Losing the history's file costs nothing but the history.
    private func append(_ entry: Entry) {
        guard let file else { return }
        var object: JSONObject = [
            "session": .integer(entry.session), "line": .integer(entry.line), "input": .string(entry.input),
        ]
        if let output = entry.output, output.utf8.count < 1 << 16 { object["output"] = .string(output) }
        let bytes = JSONValue.object(object).bytes + [UInt8(ascii: "\n")]
        let folder = (file as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    /// The last entries, oldest first.
    func tail(_ count: Int) -> [Entry] { lock.withLock { Array(entries.suffix(max(count, 0))) } }

    /// Entries of one session: 0 is this one, and -1 the one before it.
    func range(session number: Int, start: Int, stop: Int?) -> [Entry] {
        let wanted = number > 0 ? number : session + number
        return lock.withLock { entries.filter { $0.session == wanted && $0.line >= start && $0.line < stop ?? .max } }
    }

    /// The last entries that match a pattern with `*`, `?` and `[…]`, oldest first.
    func search(pattern: String, count: Int?, isUnique: Bool) -> [Entry] {
        let all = lock.withLock { entries }
        var found: [Entry] = []
        var seen: Set<String> = []
        for entry in all.reversed() where fnmatch(pattern, entry.input, 0) == 0 {
            if isUnique, !seen.insert(entry.input).inserted { continue }
            found.append(entry)
            if found.count == count { break }
        }
        return found.reversed()
    }
}
