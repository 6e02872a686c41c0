import CEngine
import Foundation
import NotebookProtocol

/// The run that this process serves: where its reports go. One a process, like the process's own streams.
final class NotebookContext: @unchecked Sendable {
    static let current = NotebookContext()

    private let lock = NSLock()
    private let reporting = NSLock()
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
        guard let channel = lock.withLock({ channel }), !configuration.isReplay else { return }
        reporting.withLock {
            ce_flush()
            // A program that is gone ends this process through the worker's own watch.
            guard (try? channel.send(event)) != nil, event.isAcknowledged else { return }
            var byte: UInt8 = 0
            while read(WorkerDescriptors.acknowledgement, &byte, 1) < 0, errno == EINTR {}
        }
    }
}
