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
    let session: Session
    let stop: StopSignal
    let state = Locked(State())
    let optimization = Locked(Optimization.automatic)
    let packages = Locked<[BuiltPackage]>([])

    /// A piece of code that succeeded.
    struct ExecutedCode {
        var language: DirectiveLines.Language
        var source: String
        var name: String
        var seconds: Double
    }

    struct State {
        var executionCount = 0
        var history: [HistoryEntry] = []
        var submitted = 0
        var abortedThrough = 0
        var isExecuting = false
        var executed: [ExecutedCode] = []
        /// The texts of the cells by name, for the lines that reports show.
        var sources: [String: String] = [:]
        var packages: [String] = []
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

    /// The same for a caller that waits on a thread of its own.
    @discardableResult
    public func executeAndWait(
        _ source: String, name: String? = nil, options: ExecutionOptions = ExecutionOptions(),
        handler: @escaping @Sendable (SessionEvent) -> Void
    ) -> CellOutcome {
        let ticket = nextTicket()
        return queue.sync { perform(source, name, options, ticket, handler) }
    }

    private func nextTicket() -> Int {
        var ticket = 0
        state.update {
            $0.submitted += 1
            ticket = $0.submitted
        }
        return ticket
    }

    /// Begins an execution, unless a failure before it has ended it already.
    private func begin(_ ticket: Int, isCounted: Bool) -> Bool {
        var isAborted = false
        state.update {
            isAborted = ticket <= $0.abortedThrough
            guard !isAborted else { return }
            if isCounted { $0.executionCount += 1 }
            // An interrupt from here on is meant for this cell.
            stop.clear()
            $0.isExecuting = true
        }
        return !isAborted
    }

    private func perform(
        _ source: String, _ name: String?, _ options: ExecutionOptions, _ ticket: Int,
        _ handler: @escaping @Sendable (SessionEvent) -> Void
    ) -> CellOutcome {
        let isCounted = options.storesHistory && !options.isSilent
        guard begin(ticket, isCounted: isCounted) else {
            return CellOutcome(status: .aborted, executionCount: executionCount)
        }
        let number = executionCount
        var clock = Stopwatch()
        var execution = Execution(session: self, name: name ?? "cell \(number)", options: options, handler: handler)
        let failure = execution.perform(source)
        let status: CellOutcome.Status = failure == nil ? .succeeded : failure?.kind == .interrupted ? .interrupted : .failed
        state.update {
            $0.isExecuting = false
            if isCounted {
                $0.history.append(HistoryEntry(executionCount: number, source: source, succeeded: failure == nil))
            }
            if failure != nil, options.stopsOnError { $0.abortedThrough = max($0.abortedThrough, $0.submitted) }
        }
        return CellOutcome(
            status: status, executionCount: number, failure: failure, recovery: execution.recovery,
            warnings: execution.warnings, seconds: clock.lap())
    }

    /// Evaluates an expression without counting it or keeping what it declares, as Jupyter's `user_expressions`
    /// ask. What the expression itself changes stays changed.
    public func evaluate(_ expression: String) async -> Result<MimeBundle, CellFailure> {
        let ticket = nextTicket()
        return await withCheckedContinuation { continuation in
            queue.async {
                guard self.begin(ticket, isCounted: false) else {
                    continuation.resume(
                        returning: .failure(CellFailure(kind: .interrupted, name: "Aborted", message: "a cell before it failed")))
                    return
                }
                let found = Locked<MimeBundle?>(nil)
                let options = ExecutionOptions(isSilent: true, storesHistory: false, stopsOnError: false)
                var execution = Execution(session: self, name: "expression", options: options) { event in
                    if case .result(let bundle) = event { found.update { $0 = bundle } }
                }
                let failure = execution.evaluate(expression)
                self.state.update { $0.isExecuting = false }
                continuation.resume(
                    returning: failure.map { .failure($0) } ?? .success(found.value ?? MimeBundle([MimeBundle.plainText: ""])))
            }
        }
    }

    /// Gives a comm's handler a message from the front end: between the cells, and as a transaction like one.
    ///
    /// - Parameter handler: Takes what the comm's handler gives, in order, on one thread.
    /// - Returns: nil when no cell takes the comm; else how it went.
    public func deliver(
        _ message: CommMessage, handler: @escaping @Sendable (SessionEvent) -> Void
    ) async -> Result<Void, CellFailure>? {
        await withCheckedContinuation { continuation in
            queue.async {
                // Most front ends ask for comms that no cell knows; that must not start anything.
                guard self.session.workerProcess != nil else { return continuation.resume(returning: nil) }
                self.state.update {
                    self.stop.clear()
                    $0.isExecuting = true
                }
                let options = ExecutionOptions(storesHistory: false, stopsOnError: false)
                var execution = Execution(session: self, name: "comm", options: options, handler: handler)
                let (isTaken, failure) = execution.deliver(message)
                self.state.update { $0.isExecuting = false }
                continuation.resume(returning: isTaken ? failure.map { .failure($0) } ?? .success(()) : nil)
            }
        }
    }

    // MARK: - Control

    /// Ends the running cell, which then comes back as `interrupted`. Does nothing when no cell runs.
    public func interrupt() {
        state.update { if $0.isExecuting { stop.raise() } }
    }

    /// Ends the running cell, aborts those that wait, and begins an empty session; numbers begin at 1 again.
    public func restart() async throws {
        state.update { $0.abortedThrough = max($0.abortedThrough, $0.submitted) }
        interrupt()
        try await onQueue {
            self.stop.clear()
            self.session.reset()
            self.state.update {
                let packages = $0.packages
                $0 = State(submitted: $0.submitted, abortedThrough: $0.abortedThrough)
                $0.packages = packages
            }
            for package in self.packages.value { _ = self.session.add(package) }
            try self.session.warmUp()
        }
    }

    /// Ends the running cell and the session's processes. Nothing can be executed after it.
    public func shutdown() async {
        state.update { $0.abortedThrough = .max }
        interrupt()
        try? await onQueue { self.session.close() }
    }

    // MARK: - Insight

    /// Whether a text is a whole cell, decided by Swift's parser.
    public func isComplete(_ source: String) -> Completeness { Completeness(of: source) }

    /// What may stand at a place: names of the cells before, of what they import, members, directives.
    ///
    /// - Parameter offset: In bytes of UTF-8.
    public func complete(_ source: String, at offset: Int) async -> CompletionList {
        await withCheckedContinuation { continuation in
            complete(source, at: offset) { continuation.resume(returning: $0) }
        }
    }

    /// The same for a caller that waits on a thread of its own.
    public func completeAndWait(_ source: String, at offset: Int) -> CompletionList {
        let result = BlockingResult<CompletionList>()
        complete(source, at: offset) { result.fulfil(.success($0)) }
        return (try? result.wait()) ?? CompletionList(items: [], replacedRange: offset..<offset)
    }

    /// What is known of the name at a place; nil where there is nothing.
    ///
    /// - Parameters:
    ///   - offset: In bytes of UTF-8.
    ///   - detail: 0 for the declaration and its documentation; 1 adds where it is declared.
    public func inspect(_ source: String, at offset: Int, detail: Int = 0) async -> Inspection? {
        await withCheckedContinuation { continuation in
            inspect(source, at: offset, detail: detail) { continuation.resume(returning: $0) }
        }
    }

    /// The session's variables, Swift's in the order of declaration and then Python's. Waits for the running cell.
    public func variables() async -> [SessionVariable] {
        (try? await onQueue { self.collectVariables() }) ?? []
    }

    // MARK: - Parts

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}

extension CellFailure: Error {}
