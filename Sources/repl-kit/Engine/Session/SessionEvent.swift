import NotebookProtocol

/// What a cell of an interactive session gives while it runs, in the order in which it happened.
public enum SessionEvent: Sendable {
    /// Text that was printed.
    case text(CellOutput.Stream, String)
    /// A value that was displayed; with an identifier it can be updated later. Figures come as PNG and SVG.
    case display(MimeBundle, identifier: String?)
    /// A new representation of what was displayed under an identifier.
    case updateDisplay(MimeBundle, identifier: String)
    /// What the cell has shown so far is to vanish; `waits` means: when the next output comes.
    case clearOutput(waits: Bool)
    /// The value of the cell's last expression.
    case result(MimeBundle)
    case claim(ClaimRecord)
    case progress(ProgressState)
    /// The cell opens or closes a comm, or sends something over it.
    case comm(CommMessage)
    /// The cell reads a line from the person. It waits until the request has been answered.
    case inputRequest(InputRequest)
}

/// A line that a running cell asks for.
public struct InputRequest: Sendable {
    public let prompt: String
    /// What is typed is not to be shown.
    public let isSecret: Bool
    private let answer: Session.InputAnswer

    init(prompt: String, isSecret: Bool, answer: @escaping Session.InputAnswer) {
        self.prompt = prompt
        self.isSecret = isSecret
        self.answer = answer
    }

    /// Gives the cell its line, without the newline; nil is the end of the input. From any thread, once:
    /// later answers, and answers after the cell has ended, are dropped.
    public func reply(_ line: String?) { answer(line, nil) }

    /// Tells the cell why nobody can be asked. Once, as `reply`.
    public func refuse(_ reason: String) { answer(nil, reason) }
}

/// How a cell of an interactive session is executed.
public struct ExecutionOptions: Sendable {
    /// Nothing is shown but errors, nothing is counted or kept in the history.
    public var isSilent: Bool
    /// Whether the cell is counted and kept in the session's history.
    public var storesHistory: Bool
    /// Whether a failure ends the executions that were asked for meanwhile: they become `aborted`.
    public var stopsOnError: Bool
    /// Whether the cell may ask for input; where it may not, reading throws in Python and gives nil in Swift.
    public var allowsInput: Bool

    public init(
        isSilent: Bool = false, storesHistory: Bool = true, stopsOnError: Bool = true, allowsInput: Bool = false
    ) {
        self.isSilent = isSilent
        self.storesHistory = storesHistory
        self.stopsOnError = stopsOnError
        self.allowsInput = allowsInput
    }
}
