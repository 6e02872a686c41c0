import Foundation

/// Requests of a channel in the order in which they came, taken by one thread.
final class RequestQueue: @unchecked Sendable {
    struct Entry {
        var message: WireMessage
        /// A cell before it failed: it is answered and not run.
        var isAborted = false
    }

    private let condition = NSCondition()
    private var entries: [Entry] = []
    private var isClosed = false

    func append(_ message: WireMessage) {
        condition.withLock {
            entries.append(Entry(message: message))
            condition.signal()
        }
    }

    /// The next request; waits for one, and returns `nil` once the queue was closed.
    func next() -> Entry? {
        condition.lock()
        defer { condition.unlock() }
        while entries.isEmpty, !isClosed { condition.wait() }
        return isClosed ? nil : entries.removeFirst()
    }

    /// Marks the executions that wait as not to be run.
    func abortExecutions() {
        condition.withLock {
            for index in entries.indices where entries[index].message.type == "execute_request" { entries[index].isAborted = true }
        }
    }

    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
