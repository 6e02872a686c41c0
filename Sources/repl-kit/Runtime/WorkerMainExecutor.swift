import CEngine

/// The main actor's executor in a worker: a queue of our own instead of Dispatch's main queue, which a
/// checkpoint cannot keep. An asynchronous cell works it off (see `runCell`).
final class WorkerMainExecutor: SerialExecutor {
    private static let shared = WorkerMainExecutor()

    /// Takes the place of Dispatch for all tasks of this process.
    static func install() {
        let executor = unsafeBitCast(shared.asUnownedSerialExecutor(), to: (Int, Int).self)
        ce_install_task_executor(
            UnsafeMutableRawPointer(bitPattern: executor.0), UnsafeMutableRawPointer(bitPattern: executor.1))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        ce_enqueue_main(unsafeBitCast(UnownedJob(job), to: UnsafeMutableRawPointer.self))
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() { precondition(ce_is_main_thread(), "code of the main actor runs on another thread") }

    func isIsolatingCurrentContext() -> Bool? { ce_is_main_thread() }
}
