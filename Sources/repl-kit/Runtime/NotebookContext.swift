import CEngine
import Foundation
import NotebookProtocol

/// Why nobody can be asked for a line.
struct InputRefusal: Error {
    let reason: String
}

/// The run that this process serves: where its reports go. One a process, like the process's own streams.
final class NotebookContext: @unchecked Sendable {
    static let current = NotebookContext()

    private let lock = NSLock()
    private let reporting = NSLock()
    private let asking = NSLock()
    private var channel: MessageChannel?
    private var storedConfiguration = RunConfiguration(
        outputFolder: FileManager.default.currentDirectoryPath, scale: .standard)
    private var progressCount = 0

    /// Connects to the program that started this worker.
    func connect(_ channel: MessageChannel) { lock.withLock { self.channel = channel } }

    var configuration: RunConfiguration {
        get { lock.withLock { storedConfiguration } }
        set { lock.withLock { storedConfiguration = newValue } }
    }

    /// Asks for a line and waits for it; nil at the end of the input.
    ///
    /// - Throws: `InputRefusal` where nobody can be asked.
    func readLine(prompt: String, isSecret: Bool) throws -> String? {
        guard let channel = lock.withLock({ channel }) else { return Swift.readLine() }
        return try asking.withLock {
            report(.inputRequest(prompt: prompt, isSecret: isSecret))
            guard case .input(let line, let refusal) = try? channel.receive(WorkerRequest.self) else { return nil }
            if let refusal { throw InputRefusal(reason: refusal) }
            return line
        }
    }

    /// Forks with no lock held by another thread, so that both processes can go on reporting.
    func withLocksHeld<Value>(_ body: () -> Value) -> Value {
        reporting.withLock { lock.withLock(body) }
    }

    func nextProgressIdentifier() -> Int {
        lock.withLock {
            progressCount += 1
            return progressCount
        }
    }

    /// Reports an event after all text that was printed before it.
    ///
    /// Outside a worker (a test, a plain program that links this library) events go nowhere.
    func report(_ event: WorkerEvent) {
        guard let channel = lock.withLock({ channel }) else { return }
        // A repeated cell is silent, but what it asks is answered as it was the first time.
        if configuration.isReplay { guard case .inputRequest = event else { return } }
        reporting.withLock {
            ce_flush()
            // A program that is gone ends this process through the worker's own watch.
            guard (try? channel.send(event)) != nil, event.isAcknowledged else { return }
            var byte: UInt8 = 0
            while read(WorkerDescriptors.acknowledgement, &byte, 1) < 0, errno == EINTR {}
        }
    }
}
