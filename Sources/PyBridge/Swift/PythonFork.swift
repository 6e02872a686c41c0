internal import CPythonBridge

/// Keeps the interpreter usable on both sides of a `fork()`.
///
/// Without this, a child that was forked while another thread held the interpreter lock waits for ever. Call
/// `prepare` before the fork, and after it `resumeInParent` or `resumeInChild`, from the thread that forks.
/// Each does nothing if Python had not started.
public enum PythonFork {
    /// Whether the interpreter has been started.
    public static var isPythonRunning: Bool { cpb_support() != nil }

    /// Waits for the interpreter lock and keeps it until one of the `resume` functions.
    public static func prepare() { if cpb_support() != nil { cpb_fork_prepare() } }

    /// After `fork()`, in the process that called it.
    public static func resumeInParent() { if cpb_support() != nil { cpb_fork_parent() } }

    /// After `fork()`, in the new process. Python's other threads do not exist there.
    public static func resumeInChild() { if cpb_support() != nil { cpb_fork_child() } }
}
