/// What the program asks of its worker process. Each request is answered by events that end in
/// `WorkerEvent.finished`.
public enum WorkerRequest: Codable, Sendable {
    /// Sets where figures go and how the run is scaled. `isReplay` silences display, claims and progress.
    case configure(RunConfiguration)
    /// Opens the libraries that a cell's imports ask for and its own, and calls its entry point.
    case runCell(library: String, entry: String, dependencies: [String])
    /// Runs a Python cell; `firstLine` is the notebook line of its first line.
    case runPython(source: String, file: String, firstLine: Int)
    /// Opens a library for all cells that follow.
    case openLibrary(String)
    /// Asks for a `variable` event for each name that Python cells have left.
    case reportPythonVariables
    /// Asks for nothing: what was asked before has been done when this is answered.
    case reportState
    /// Limits the worker's private memory, in bytes.
    case limitMemory(UInt64)
    /// Forks a checkpoint in place of the one before; answered by `checkpoint` or `checkpointRefused` alone.
    case takeCheckpoint
    /// The answer to `inputRequest`; nil is the end of the input, or the words why nobody can be asked.
    case input(String?, refusal: String? = nil)
    /// Gives a comm's handler a message from the front end; `commRefused` says that there is none.
    case comm(CommMessage)
}

/// What a worker needs to know of its run.
public struct RunConfiguration: Codable, Sendable, Equatable {
    /// The folder that takes the run's figures.
    public var outputFolder: String
    public var scale: Scale
    public var isReplay: Bool

    public init(outputFolder: String, scale: Scale, isReplay: Bool = false) {
        self.outputFolder = outputFolder
        self.scale = scale
        self.isReplay = isReplay
    }
}

/// What a worker reports.
public enum WorkerEvent: Codable, Sendable {
    case ready(process: Int32)
    case display(MimeBundle, isResult: Bool)
    /// A display that can be updated, or (`isUpdate`) its new representation.
    case identifiedDisplay(MimeBundle, identifier: String, isUpdate: Bool)
    case clearOutput(waits: Bool)
    /// A variable that the program asked for: bytes with what it refers to, and its value in a line.
    case variable(name: String, type: String, size: Int?, summary: String)
    /// The cell waits for a line.
    case inputRequest(prompt: String, isSecret: Bool)
    case figure(FigureRecord)
    case claim(ClaimRecord)
    case progress(ProgressState)
    /// A cell opened or closed a comm, or sends something over it.
    case comm(CommMessage)
    /// Nobody takes the comm that the front end means.
    case commRefused(identifier: String)
    case finished(CellEnd)
    /// A checkpoint sleeps in this process; how long the worker stood still for it.
    case checkpoint(process: Int32, seconds: Double)
    /// The worker cannot be forked, and why.
    case checkpointRefused(String)

    /// Whether the worker waits until the event has been recorded.
    public var isAcknowledged: Bool {
        switch self {
        case .display, .identifiedDisplay, .clearOutput, .inputRequest, .figure, .claim, .comm: true
        case .ready, .progress, .variable, .commRefused, .finished, .checkpoint, .checkpointRefused: false
        }
    }
}

/// How a cell ended.
public enum CellEnd: Codable, Sendable, Equatable {
    case completed
    /// An error reached the top level: its type and its description.
    case threw(type: String, description: String)
    /// The cell called `exit`.
    case exited(code: Int32)
    /// The compiled cell could not be opened: the loader's message.
    case notLoaded(String)
}

/// Where a piece of long work stands.
public struct ProgressState: Codable, Sendable, Equatable {
    /// Tells one piece of work from another in the same run.
    public var identifier: Int
    public var label: String
    public var done: Int
    public var total: Int

    public init(identifier: Int, label: String, done: Int, total: Int) {
        self.identifier = identifier
        self.label = label
        self.done = done
        self.total = total
    }
}

/// The descriptors that a worker finds open beside its standard streams.
public enum WorkerDescriptors {
    /// A socket for requests and events.
    public static let control: Int32 = 3
    /// A pipe that takes the report of a fatal signal.
    public static let crash: Int32 = 4
    /// A pipe that gives one byte for each event that has been recorded, with the text printed before it:
    /// what is printed afterwards waits, so that text and displays keep their order.
    public static let acknowledgement: Int32 = 5
    /// A pipe whose first byte wakes the checkpoint.
    public static let wake: Int32 = 6
    /// What the environment variable GLIBC_TUNABLES says to a worker that takes checkpoints; it is the worker's
    /// own, not that of the programs which its cells start.
    public static let hugePages = "glibc.malloc.hugetlb=1"
}
