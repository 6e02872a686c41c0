import CEngine
import Foundation
import NotebookProtocol
import PyBridge

/// The process that sleeps behind this one, with the session as it was when it was taken.
enum Checkpoint {
    /// Touched by the worker's main thread alone.
    nonisolated(unsafe) private static var sleeping: Int32 = 0

    /// Takes a new checkpoint in place of the one before.
    ///
    /// - Returns: What happened, for the program; in the checkpoint, once it was woken, that it is ready.
    static func take() -> WorkerEvent {
        // One sleeper at a time: whichever reads the waking byte is the session.
        let start = ContinuousClock.now
        if sleeping > 0 { ce_end_checkpoint(sleeping) }
        sleeping = 0
        ce_flush()
        PythonFork.prepare()
        var obstacle: UnsafePointer<CChar>?
        let process = NotebookContext.current.withLocksHeld {
            ce_take_checkpoint(
                WorkerDescriptors.control, WorkerDescriptors.acknowledgement, WorkerDescriptors.wake, &obstacle)
        }
        if process == 0 {
            PythonFork.resumeInChild()
            return .ready(process: getpid())
        }
        PythonFork.resumeInParent()
        guard process > 0 else { return .checkpointRefused(obstacle.map { String(cString: $0) } ?? "unknown reason") }
        sleeping = process
        let duration = (ContinuousClock.now - start).components
        return .checkpoint(process: process, seconds: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
    }
}
