import NotebookProtocol

/// What runs a kernel's cells. The server speaks the protocol and knows nothing of Swift; the backend knows
/// nothing of sockets.
///
/// `execute`, `evaluate`, `isComplete`, `complete` and `inspect` are called on one thread, one at a time.
/// `interrupt` and `shutDown` are called on another while they run.
public protocol KernelBackend: AnyObject, Sendable {
    var language: KernelLanguage { get }

    /// Runs a cell and returns when it has ended and all its output was given to `io`.
    func execute(_ cell: KernelCell, io: any KernelCellIO) -> KernelOutcome

    /// The value of an expression, for `user_expressions`. Gives nothing out.
    func evaluate(_ expression: String, io: any KernelCellIO) -> Result<MimeBundle, KernelFailure>

    /// Takes a message of a comm. A comm that a front end opens and nobody takes is closed through `io`.
    ///
    /// - Returns: Why what takes it failed.
    func receive(_ message: CommMessage, io: any KernelCellIO) -> KernelFailure?

    /// Stops the cell that is running; does nothing when none is.
    func interrupt()

    /// Ends the session; a cell that is running returns soon after.
    func shutDown()

    func isComplete(_ code: String) -> KernelCompleteness

    /// - Parameter cursor: The place of the cursor, in Unicode scalars.
    func complete(_ code: String, cursor: Int) -> KernelCompletions

    /// What is known of the name at the cursor; `nil` when there is nothing to say.
    ///
    /// - Parameters:
    ///   - cursor: The place of the cursor, in Unicode scalars.
    ///   - detail: 0 for the documentation, 1 for the source too.
    func inspect(_ code: String, cursor: Int, detail: Int) -> MimeBundle?
}

extension KernelBackend {
    public func receive(_ message: CommMessage, io: any KernelCellIO) -> KernelFailure? {
        if message.kind == .opened { io.give(.commClose(identifier: message.identifier, data: [:])) }
        return nil
    }
}

/// What `kernel_info` says of the language.
public struct KernelLanguage: Sendable, Equatable {
    public var name: String
    public var version: String
    public var mimeType: String
    public var fileExtension: String
    /// Shown when a console starts.
    public var banner: String
    /// The backend's name and version.
    public var implementation: String
    public var implementationVersion: String

    public init(
        name: String = "swift", version: String, mimeType: String = "text/x-swift", fileExtension: String = ".swift",
        banner: String, implementation: String = "repl-kit", implementationVersion: String
    ) {
        self.name = name
        self.version = version
        self.mimeType = mimeType
        self.fileExtension = fileExtension
        self.banner = banner
        self.implementation = implementation
        self.implementationVersion = implementationVersion
    }
}

/// A cell to run.
public struct KernelCell: Sendable, Equatable {
    public var code: String
    /// The number that the front end shows beside the cell.
    public var number: Int
    /// Nothing is to be shown.
    public var isSilent: Bool

    public init(code: String, number: Int, isSilent: Bool = false) {
        self.code = code
        self.number = number
        self.isSilent = isSilent
    }
}

/// What a running cell can reach: its output, and the person at the front end.
public protocol KernelCellIO: Sendable {
    /// Takes a piece of output, in order. May wait when the front end cannot keep up.
    func give(_ event: KernelEvent)

    /// Asks the person for a line.
    ///
    /// - Throws: ``InputRefusal`` when the front end takes no questions, or the cell was interrupted meanwhile.
    func readLine(prompt: String, isPassword: Bool) throws(InputRefusal) -> String
}

/// Why there is no line of input.
public enum InputRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The front end said that it cannot ask (`allow_stdin` was false).
    case notAllowed
    case interrupted

    public var description: String {
        switch self {
        case .notAllowed: "the front end takes no input"
        case .interrupted: "interrupted"
        }
    }
}

/// A piece of a cell's output.
public enum KernelEvent: Sendable, Equatable {
    public enum Stream: String, Sendable { case stdout, stderr }

    case text(Stream, String)
    case display(MimeBundle, metadata: JSONObject = [:], identifier: String? = nil)
    /// Replaces what was displayed under an identifier.
    case update(MimeBundle, metadata: JSONObject = [:], identifier: String)
    /// The value of the cell's last expression.
    case result(MimeBundle, metadata: JSONObject = [:])
    /// Clears the cell's output, at once or (`waits`) with the next output.
    case clear(waits: Bool)
    /// Text for the front end's pager.
    case page(MimeBundle)
    /// Text for the next input, or (`replaces`) for the cell itself.
    case nextInput(String, replaces: Bool)
    case commOpen(identifier: String, target: String, data: JSONValue, metadata: JSONObject = [:], buffers: [[UInt8]] = [])
    case commMessage(identifier: String, data: JSONValue, metadata: JSONObject = [:], buffers: [[UInt8]] = [])
    case commClose(identifier: String, data: JSONValue)
}

/// How a cell ended.
public enum KernelOutcome: Sendable, Equatable {
    case succeeded
    case failed(KernelFailure)
}

/// Why a cell failed: what `error` messages carry.
public struct KernelFailure: Error, Sendable, Equatable {
    public var name: String
    public var value: String
    public var traceback: [String]

    public init(name: String, value: String, traceback: [String]) {
        self.name = name
        self.value = value
        self.traceback = traceback
    }

    var content: JSONObject {
        ["ename": .string(name), "evalue": .string(value), "traceback": .strings(traceback)]
    }
}

/// Whether a console should run what was typed or ask for more.
public enum KernelCompleteness: Sendable, Equatable {
    case complete, invalid, unknown
    /// More is needed; the next line begins with this.
    case incomplete(indentation: String)
}

/// What can stand at the cursor.
public struct KernelCompletions: Sendable, Equatable {
    public struct Candidate: Sendable, Equatable {
        public var text: String
        /// "function", "instance", "class", "module", "keyword", …
        public var kind: String?
        public var signature: String?

        public init(text: String, kind: String? = nil, signature: String? = nil) {
            self.text = text
            self.kind = kind
            self.signature = signature
        }
    }

    public var candidates: [Candidate]
    /// What a candidate replaces, in Unicode scalars.
    public var range: Range<Int>

    public init(candidates: [Candidate], range: Range<Int>) {
        self.candidates = candidates
        self.range = range
    }
}
