import CEngine
import Foundation
import NotebookProtocol

/// A session that a person drives cell by cell: the terminal's and Jupyter's common ground.
///
/// Every cell is a transaction: it completes, or the session is as it was before it (see `Recovery`).
/// Executions run one after another in the order in which they were asked for; every other function may be
/// called at any time from any thread.
public final class InteractiveSession: @unchecked Sendable {
    public struct Configuration: Sendable {
        public var installation: Installation
        public var toolchain: Toolchain
        public var cache: CellCache
        /// The folder that takes figures' files.
        public var outputFolder: String
        public var scale: Scale
        /// Whether a process sleeps behind each cell that takes over when the cell dies.
        public var usesCheckpoints: Bool
        /// Bytes of private memory that a cell may have together with the session's variables; nil: no limit.
        public var memoryLimit: Int?
        /// Added to the environment of the worker.
        public var environment: [String: String]

        public init(
            installation: Installation, toolchain: Toolchain, cache: CellCache, outputFolder: String,
            scale: Scale = .standard, usesCheckpoints: Bool = true,
            memoryLimit: Int? = Configuration.defaultMemoryLimit, environment: [String: String] = [:]
        ) {
            self.installation = installation
            self.toolchain = toolchain
            self.cache = cache
            self.outputFolder = outputFolder
            self.scale = scale
            self.usesCheckpoints = usesCheckpoints
            self.memoryLimit = memoryLimit
            self.environment = environment
        }

        /// Three quarters of the machine's memory.
        public static var defaultMemoryLimit: Int { Int(ProcessInfo.processInfo.physicalMemory / 4 * 3) }
    }

    public let configuration: Configuration

    /// The session's own thread: whatever touches the worker happens on it.
    private let queue = DispatchQueue(label: "repl-kit.session")
    private let session: Session
    private let stop: StopSignal
    private let state = Locked(State())

    struct State {
        var executionCount = 0
        var history: [HistoryEntry] = []
        var submitted = 0
        var abortedThrough = 0
        var isExecuting = false
    }

    /// Prepares a session; nothing is started yet.
    ///
    /// - Throws: When there is no place for temporary files.
    public init(_ configuration: Configuration) throws {
        self.configuration = configuration
        stop = try StopSignal()
        session = try Session(
            installation: configuration.installation, toolchain: configuration.toolchain, cache: configuration.cache,
            options: Session.Options(
                run: RunConfiguration(outputFolder: configuration.outputFolder, scale: configuration.scale),
                environment: configuration.environment, usesCheckpoints: configuration.usesCheckpoints,
                memoryLimit: configuration.memoryLimit),
            stopDescriptor: stop.descriptor)
    }

    deinit { session.close() }

    /// Starts the compiler and the worker, so that the first cell finds them warm.
    public func start() async throws {
        try await onQueue { try self.session.warmUp() }
    }

    /// The number of the last execution that was counted.
    public var executionCount: Int { state.value.executionCount }

    /// The cells that were executed with `storesHistory`, oldest first.
    public var history: [HistoryEntry] { state.value.history }

    // MARK: - Executing

    /// Executes a cell: directives, then Swift (or Python after `%python`).
    ///
    /// - Parameters:
    ///   - source: The cell's text.
    ///   - name: What diagnostics and frames call the cell; by default "cell 3" for the third execution.
    ///   - options: How it is executed.
    ///   - handler: Takes what the cell gives, in order, on one thread. It must not wait for another
    ///     execution of this session.
    /// - Returns: How the cell ended, after all of its output was passed to `handler`.
    @discardableResult
    public func execute(
        _ source: String, name: String? = nil, options: ExecutionOptions = ExecutionOptions(),
        handler: @escaping @Sendable (SessionEvent) -> Void
    ) async -> CellOutcome {
        let ticket = nextTicket()
        return await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: self.perform(source, name, options, ticket, handler))
            }
        }
    }

    private func nextTicket() -> Int {
        var ticket = 0
        state.update {
            $0.submitted += 1
            ticket = $0.submitted
        }
        return ticket
    }

    private func perform(
        _ source: String, _ name: String?, _ options: ExecutionOptions, _ ticket: Int,
        _ handler: @escaping @Sendable (SessionEvent) -> Void
    ) -> CellOutcome {
        if ticket <= state.value.abortedThrough {
            return CellOutcome(status: .aborted, executionCount: executionCount)
        }
        let isCounted = options.storesHistory && !options.isSilent
        if isCounted { state.update { $0.executionCount += 1 } }
        let number = executionCount
        let input = CellInput(source: source, file: name ?? "cell \(number)", firstLine: 1)
        var clock = Stopwatch()
        state.update { $0.isExecuting = true }
        stop.clear()
        let outcome = session.run(input) { output in
            switch output {
            case .text(let stream, let text): handler(.text(stream, text))
            case .event(.display(let bundle, let isResult)):
                handler(isResult ? .result(bundle) : .display(bundle, identifier: nil))
            case .event(.claim(let claim)): handler(.claim(claim))
            case .event(.progress(let progress)): handler(.progress(progress))
            default: break
            }
        }
        var result = CellOutcome(executionCount: number, seconds: clock.lap())
        if outcome != .succeeded {
            result.status = outcome == .interrupted ? .interrupted : .failed
            result.failure = CellFailure(kind: .engine, name: "Failure", message: "\(outcome)")
        }
        state.update {
            $0.isExecuting = false
            if isCounted {
                $0.history.append(HistoryEntry(executionCount: number, source: source, succeeded: outcome == .succeeded))
            }
            if outcome != .succeeded, options.stopsOnError { $0.abortedThrough = $0.submitted }
        }
        return result
    }

    /// Evaluates an expression without counting it or leaving a trace, as Jupyter's `user_expressions` ask.
    public func evaluate(_ expression: String) async -> Result<MimeBundle, CellFailure> {
        let found = Locked<MimeBundle?>(nil)
        let outcome = await execute(
            expression, name: "expression", options: ExecutionOptions(isSilent: true, storesHistory: false, stopsOnError: false)
        ) { event in
            if case .result(let bundle) = event { found.update { $0 = bundle } }
        }
        if let failure = outcome.failure { return .failure(failure) }
        return .success(found.value ?? MimeBundle([MimeBundle.plainText: ""]))
    }

    // MARK: - Control

    /// Ends the running cell, which then comes back as `interrupted`. Does nothing when no cell runs.
    public func interrupt() {
        if state.value.isExecuting { stop.raise() }
    }

    /// Ends the running cell, aborts those that wait, and begins an empty session; numbers begin at 1 again.
    public func restart() async throws {
        interrupt()
        state.update { $0.abortedThrough = $0.submitted }
        try await onQueue {
            self.session.reset()
            self.state.update {
                $0.executionCount = 0
                $0.history = []
            }
            try self.session.warmUp()
        }
    }

    /// Ends the running cell and the session's processes. Nothing can be executed after it.
    public func shutdown() async {
        interrupt()
        state.update { $0.abortedThrough = .max }
        try? await onQueue { self.session.close() }
    }

    // MARK: - Insight

    /// Whether a text is a whole cell, decided by Swift's parser.
    public func isComplete(_ source: String) -> Completeness { .complete }

    /// What may stand at a place.
    ///
    /// - Parameter offset: In bytes of UTF-8.
    public func complete(_ source: String, at offset: Int) async -> CompletionList {
        CompletionList(items: [], replacedRange: offset..<offset)
    }

    /// What is known of the name at a place; nil where there is nothing.
    ///
    /// - Parameters:
    ///   - offset: In bytes of UTF-8.
    ///   - detail: 0 for the short form, 1 for everything.
    public func inspect(_ source: String, at offset: Int, detail: Int = 0) async -> Inspection? { nil }

    /// The session's variables, Swift's in the order of declaration and then Python's.
    public func variables() async -> [SessionVariable] { [] }

    // MARK: - Parts

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}

extension CellFailure: Error {}

/// A descriptor that can be made readable, and unreadable again.
final class StopSignal: @unchecked Sendable {
    let descriptor: Int32
    private let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard ce_pipe(&ends) == 0 else { throw EngineError.system("pipe", errno) }
        (descriptor, writeEnd) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    func raise() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
