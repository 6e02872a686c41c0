import NotebookProtocol

/// How the execution of a cell in an interactive session ended.
public struct CellOutcome: Sendable {
    public enum Status: Sendable, Equatable {
        case succeeded
        case failed
        /// Somebody called `interrupt()`.
        case interrupted
        /// A cell before it failed, and it was never begun.
        case aborted
    }

    public var status: Status
    /// The number of this execution; unchanged from the last one for a silent cell.
    public var executionCount: Int
    /// Why the cell did not succeed.
    public var failure: CellFailure?
    /// What became of the session's state.
    public var recovery: Recovery
    /// The compiler's warnings, at the cell's places.
    public var warnings: [Diagnostic]
    /// Wall-clock seconds.
    public var seconds: Double

    init(
        status: Status = .succeeded, executionCount: Int, failure: CellFailure? = nil, recovery: Recovery = .notNeeded,
        warnings: [Diagnostic] = [], seconds: Double = 0
    ) {
        self.status = status
        self.executionCount = executionCount
        self.failure = failure
        self.recovery = recovery
        self.warnings = warnings
        self.seconds = seconds
    }
}

/// What became of the session's state when a cell did not complete.
public enum Recovery: Sendable, Equatable {
    /// The cell completed, or never began to run.
    case notNeeded
    /// The checkpoint from before the cell is the session now: every variable is as it was.
    case checkpoint
    /// The session was rebuilt by running its cells again, because of this reason: their side effects
    /// happened again.
    case replay(reason: String)
    /// The session goes on in the process in which the cell failed, because of this reason: what the cell
    /// had changed before it failed stays changed.
    case keptAsIs(reason: String)
    /// The session could not be rebuilt, because of this reason: it is empty.
    case lost(reason: String)

    /// The recovery in a sentence; nil where there is nothing to say.
    public var note: String? {
        switch self {
        case .notNeeded: nil
        case .checkpoint: "Every variable is as it was before this cell."
        case .replay(let reason):
            "The session was rebuilt by running its earlier cells again (\(reason)); their side effects happened again."
        case .keptAsIs(let reason): "What the cell changed before it ended stays changed (\(reason))."
        case .lost(let reason): "The session is empty now: \(reason)."
        }
    }
}

/// Why a cell did not succeed.
public struct CellFailure: Sendable {
    public enum Kind: Sendable, Equatable {
        /// The parser or the compiler refused the cell: nothing of it ran.
        case notCompiled
        /// An error reached the top level.
        case threw
        /// The cell called `exit`.
        case exited
        /// The process died under the cell.
        case died
        case interrupted
        /// A directive that cannot be carried out.
        case directive
        /// The engine itself failed.
        case engine
    }

    public var kind: Kind
    /// A short name, such as an error's type: Jupyter's `ename`.
    public var name: String
    /// What went wrong in one line or a few: Jupyter's `evalue`.
    public var message: String
    /// The compiler's messages.
    public var diagnostics: [Diagnostic]
    /// The cells' frames, innermost first.
    public var frames: [NotebookFrame]
    /// The whole report as plain text lines: diagnostics with carets, frames with places, and the recovery.
    public var report: [String]
    /// The same with the terminal's colours, as Jupyter's traceback has it.
    public var colouredReport: [String]

    init(
        kind: Kind, name: String, message: String, diagnostics: [Diagnostic] = [], frames: [NotebookFrame] = [],
        report: [String] = [], colouredReport: [String] = []
    ) {
        self.kind = kind
        self.name = name
        self.message = message
        self.diagnostics = diagnostics
        self.frames = frames
        self.report = report
        self.colouredReport = colouredReport
    }
}
