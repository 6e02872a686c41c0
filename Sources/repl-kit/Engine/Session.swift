import Foundation
import NotebookProtocol

/// One session of cells: compiles each against the ones before it and runs it in one worker process.
///
/// The compiler works on a queue of its own; everything else belongs to the thread that calls it.
public final class Session {
    public struct Options: Sendable {
        public var run: RunConfiguration
        /// Compile every cell anew.
        public var ignoresCache = false
        /// Added to the environment of the worker.
        public var environment: [String: String] = [:]
        /// Whether a checkpoint sleeps behind every cell.
        public var usesCheckpoints = false
        /// Bytes of private memory that the worker may have; nil for no limit.
        public var memoryLimit: Int?

        public init(
            run: RunConfiguration, ignoresCache: Bool = false, environment: [String: String] = [:],
            usesCheckpoints: Bool = false, memoryLimit: Int? = nil
        ) {
            self.run = run
            self.ignoresCache = ignoresCache
            self.environment = environment
            self.usesCheckpoints = usesCheckpoints
            self.memoryLimit = memoryLimit
        }
    }

    /// How a cell ended.
    public enum Outcome: Sendable, Equatable {
        case succeeded
        /// The compiler refused the cell.
        case notCompiled([Diagnostic])
        /// An error reached the top level.
        case threw(type: String, description: String)
        /// The cell called `exit`.
        case exited(Int32)
        /// The process died under the cell.
        case died(Death)
        /// The run was told to stop.
        case interrupted
        /// The compiled cell needs something that nothing exports, or the engine itself failed.
        case engineFailed(String)
    }

    /// How the worker process died.
    public struct Death: Sendable, Equatable {
        /// "trapped (SIGILL)", "was killed (SIGKILL)", "ended with status 3".
        public var cause: String
        /// The runtime's words, such as "Index out of range", where it had any.
        public var reason: String?
        /// The notebook's frames, innermost first.
        public var frames: [NotebookFrame]
    }

    /// A cell whose compilation is under way.
    public struct Pending: Sendable {
        fileprivate let result: BlockingResult<CompiledCell>

        /// Waits for the compiler.
        public func wait() throws -> CompiledCell { try result.wait() }
    }

    private let installation: Installation
    private let toolchain: Toolchain
    private var options: Options
    private let compiler: CellCompiler
    private let stopDescriptor: Int32

    /// What the worker has run.
    private var worker: WorkerProcess?
    private var completed: [CompletedCell] = []
    /// The cells' files by their libraries.
    private var libraries: [String: String] = [:]
    /// What a cell that failed has left to be put right, and whether its process still lives.
    private var damage: Damage?
    /// Where the last cell threw, exited or was interrupted, innermost first; empty where that is not known.
    public private(set) var failureFrames: [NotebookFrame] = []
    /// Takes what a cell asks and a function that answers it; without it every question meets the end of the input.
    public var inputHandler: ((_ prompt: String, _ isSecret: Bool, _ answer: @escaping InputAnswer) -> Void)?
    /// Takes a line, nil at the end of the input; and why nobody can be asked, where that is so.
    public typealias InputAnswer = @Sendable (_ line: String?, _ refusal: String?) -> Void

    private struct CompletedCell {
        var request: WorkerRequest
        var chain: CellChain?
        var seconds: Double
        /// What the cell was answered, for the case that it is repeated.
        var answers: [String?]
    }

    private enum Damage { case processLives, processDied }

    /// Beyond so many seconds of repeated cells, an error alone does not make the session start anew.
    private static let longReplay = 10.0

    /// - Parameter stopDescriptor: A descriptor that becomes readable when the session is to stop; -1 for none.
    public init(
        installation: Installation, toolchain: Toolchain, cache: CellCache, options: Options, stopDescriptor: Int32 = -1
    ) throws {
        self.installation = installation
        self.toolchain = toolchain
        self.options = options
        self.stopDescriptor = stopDescriptor
        compiler = try CellCompiler(
            installation: installation, toolchain: toolchain, cache: cache, ignoresCache: options.ignoresCache)
    }

    // MARK: - Compiling

    /// Begins to compile a cell, after those that were begun before it.
    public func begin(_ input: CellInput) -> Pending { Pending(result: compiler.begin(input)) }

    /// Starts the compiler and the worker, so that the first cell finds them warm.
    public func warmUp() throws {
        compiler.warmUp()
        try startWorker()
    }

    /// Starts the worker; compiling that is under way goes on beside it.
    public func startWorker() throws { _ = try readyWorker() }

    /// The compiler, for questions about code.
    var insight: CellCompiler { compiler }

    /// What stands behind the worker, in words.
    var checkpointState: String {
        guard options.usesCheckpoints else { return "off" }
        worker?.settle()
        if case .refused(let reason) = worker?.checkpoint { return "none (\(reason))" }
        guard let worker else { return "none yet" }
        return "on" + (worker.checkpointSeconds.map { String(format: " (the last one took %.1f ms)", $0 * 1000) } ?? "")
    }

    var workerProcess: Int32? { worker?.process }

    /// Ends the worker and gives up what is being compiled.
    public func close() {
        compiler.close()
        worker?.stop()
        worker = nil
    }

    /// Begins an empty session: no cell has run.
    public func reset() {
        worker?.stop()
        worker = nil
        damage = nil
        completed = []
        discardPending()
    }

    /// Whether a checkpoint sleeps behind every cell; may be changed between cells.
    public var usesCheckpoints: Bool {
        get { options.usesCheckpoints }
        set {
            guard newValue != options.usesCheckpoints else { return }
            options.usesCheckpoints = newValue
            if newValue { worker?.takeCheckpoint() } else { worker?.dropCheckpoint() }
        }
    }

    /// Forgets what was begun and not run: the next cell is compiled against the cells that succeeded.
    public func discardPending() {
        let chain = completed.last { $0.chain != nil }?.chain ?? CellChain()
        compiler.restart(after: chain)
    }

    // MARK: - Running

    /// Runs a cell once it is compiled. After any outcome but success the session is as it was before the
    /// cell, but for what the cell did before it ended.
    ///
    /// - Parameter isKept: Whether later cells see what the cell declares, and a replay repeats it.
    public func run(_ pending: Pending, isKept: Bool = true, output: (WorkerOutput) -> Void) -> Outcome {
        let cell: CompiledCell
        do {
            _ = waitForCompiler(pending)
            cell = try pending.wait()
        } catch is CancellationError {
            discardPending()
            failureFrames = []
            return .interrupted
        } catch let failure as CompileFailure {
            discardPending()
            return .notCompiled(failure.diagnostics)
        } catch {
            discardPending()
            return .engineFailed(String(describing: error))
        }
        libraries[cell.library] = cell.input.file
        let request = WorkerRequest.runCell(library: cell.library, entry: cell.entry, dependencies: cell.dependencies)
        return perform(request, chain: cell.chain, isKept: isKept, output: output)
    }

    /// Waits for a cell's compilation, which ends early when the session is to stop.
    ///
    /// - Returns: nil when there is no compiled cell; `run` says why.
    public func waitForCompiler(_ pending: Pending) -> CompiledCell? {
        while stopDescriptor >= 0, !pending.result.isFulfilled(within: 0.02) {
            var stop = pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&stop, 1, 0) > 0 else { continue }
            compiler.cancel()
            break
        }
        return try? pending.wait()
    }

    /// Compiles and runs a cell.
    public func run(_ input: CellInput, output: (WorkerOutput) -> Void) -> Outcome {
        run(begin(input), output: output)
    }

    /// Runs a Python cell.
    public func runPython(_ input: CellInput, isKept: Bool = true, output: (WorkerOutput) -> Void) -> Outcome {
        perform(
            .runPython(source: input.source, file: input.file, firstLine: input.firstLine), chain: nil, isKept: isKept,
            output: output)
    }

    /// Gives a comm's handler a message from the front end. It is a transaction as a cell is.
    ///
    /// - Returns: nil when nobody takes the comm.
    func deliver(_ message: CommMessage, output: (WorkerOutput) -> Void) -> Outcome? {
        var isRefused = false
        let outcome = perform(.comm(message), chain: nil, isKept: true) {
            if case .event(.commRefused) = $0 { isRefused = true } else { output($0) }
        }
        guard isRefused else { return outcome }
        if outcome == .succeeded { completed.removeLast() }
        return nil
    }

    /// Tells of the variables that Python cells have left.
    func reportPythonVariables(output: (WorkerOutput) -> Void) {
        _ = perform(.reportPythonVariables, chain: nil, isKept: false, output: output)
    }

    /// Adds what a package brings to all cells after this: its modules for the compiler, its library for the worker.
    func add(_ package: BuiltPackage) -> Outcome {
        compiler.add(package)
        return perform(.openLibrary(package.library), chain: nil, isKept: true) { _ in }
    }

    private func perform(
        _ request: WorkerRequest, chain: CellChain?, isKept: Bool, output: (WorkerOutput) -> Void
    ) -> Outcome {
        failureFrames = []
        do {
            let worker = try readyWorker()
            var lastErrors = ""
            var clock = Stopwatch()
            let questions = Questions(worker)
            defer { questions.close() }
            let outcome = try worker.perform(request, stop: stopDescriptor) {
                switch $0 {
                case .text(.standardError, let text): lastErrors = String((lastErrors + text).suffix(4096))
                case .event(.inputRequest(let prompt, let isSecret)):
                    let answer = questions.next()
                    if let inputHandler { inputHandler(prompt, isSecret, answer) } else { answer(nil, nil) }
                default: break
                }
                output($0)
            }
            if case .ended(.completed) = outcome {
                if isKept {
                    completed.append(
                        CompletedCell(request: request, chain: chain, seconds: clock.lap(), answers: questions.answers))
                } else {
                    discardPending()
                }
                if options.usesCheckpoints { worker.takeCheckpoint() }
                return .succeeded
            }
            discardPending()
            switch outcome {
            case .ended(.completed): return .succeeded
            case .ended(.threw(let type, let description)):
                damage = .processLives
                failureFrames = frames(worker.takeReport())
                return .threw(type: withoutCellModules(type), description: withoutCellModules(description))
            case .ended(.exited(let code)):
                damage = .processLives
                failureFrames = frames(worker.takeReport())
                return .exited(code)
            case .ended(.notLoaded(let message)): return .engineFailed(Session.explained(message))
            case .died(let status, let report):
                damage = .processDied
                return .died(death(status: status, report: report, errors: lastErrors))
            case .interrupted(let report):
                damage = .processDied
                failureFrames = frames(report)
                return .interrupted
            }
        } catch {
            discardPending()
            return .engineFailed(String(describing: error))
        }
    }

    /// Puts the session back to what it was before the cell that failed last.
    ///
    /// - Returns: How that was done. Without checkpoints, an error or `exit` leaves the process as it is.
    @discardableResult
    public func recover() -> Recovery {
        guard let damage else { return .notNeeded }
        self.damage = nil
        let reason: String
        var lives = damage == .processLives
        switch worker?.checkpoint {
        case .sleeps where options.usesCheckpoints:
            if let worker, worker.wakeCheckpoint() {
                worker.takeCheckpoint()
                return .checkpoint
            }
            lives = false
            reason = "its checkpoint did not wake"
        case .refused(let words) where options.usesCheckpoints: reason = words
        default: reason = options.usesCheckpoints ? "there was no checkpoint" : "checkpoints are switched off"
        }
        if lives {
            let cost = completed.reduce(0) { $0 + $1.seconds }
            guard options.usesCheckpoints, cost < Session.longReplay else { return .keptAsIs(reason: reason) }
        }
        worker?.stop()
        worker = nil
        do {
            _ = try readyWorker()
            return .replay(reason: reason)
        } catch {
            reset()
            return .lost(reason: String(describing: error))
        }
    }

    /// The worker; a new one repeats silently what had succeeded in the one before it.
    private func readyWorker() throws -> WorkerProcess {
        if damage == .processDied { recover() }
        if let worker { return worker }
        damage = nil
        var environment = ProcessInfo.processInfo.environment
        environment.merge(options.environment) { $1 }
        // Huge pages make the fork of a large session fifty times as fast.
        if options.usesCheckpoints, environment["GLIBC_TUNABLES"] == nil {
            environment["GLIBC_TUNABLES"] = WorkerDescriptors.hugePages
        }
        let worker = try WorkerProcess(installation: installation, environment: environment)
        var startup = ""
        let outcome = try worker.perform(nil, stop: stopDescriptor) { if case .text(_, let text) = $0 { startup += text } }
        guard case .ended = outcome else {
            throw EngineError.workerDidNotStart(startup.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        func prepare(_ request: WorkerRequest, answers: [String?] = []) throws {
            var answers = answers[...]
            let outcome = try worker.perform(request, stop: stopDescriptor) {
                if case .event(.inputRequest) = $0 { worker.answer(answers.popFirst() ?? nil) }
            }
            guard case .ended(.completed) = outcome else {
                if case .interrupted = outcome { throw EngineError.workerDidNotStart("it was interrupted") }
                throw EngineError.workerDidNotStart("a cell that had succeeded failed when it was repeated")
            }
        }
        var configuration = options.run
        configuration.isReplay = !completed.isEmpty
        if let limit = options.memoryLimit { try prepare(.limitMemory(UInt64(max(0, limit)))) }
        try prepare(.configure(configuration))
        for cell in completed { try prepare(cell.request, answers: cell.answers) }
        if !completed.isEmpty { try prepare(.configure(options.run)) }
        if options.usesCheckpoints { worker.takeCheckpoint() }
        self.worker = worker
        return worker
    }

    private func frames(_ report: CrashReport?) -> [NotebookFrame] {
        report?.trace(cells: libraries, symbolizer: toolchain.symbolizer).frames ?? []
    }

    private func death(status: Int32, report: CrashReport?, errors: String) -> Death {
        let signal = report?.signal ?? (status & 0x7f)
        let cause: String
        if signal == 0 {
            cause = "ended the process with status \((status >> 8) & 0xff)"
        } else {
            let name = Session.signalName(signal)
            cause = [SIGILL, SIGTRAP].contains(signal) ? "trapped (\(name))" : "ended by \(name)"
        }
        let trace = report?.trace(cells: libraries, symbolizer: toolchain.symbolizer)
        var reason = Session.fatalError(in: errors) ?? trace?.reason
        if report?.isStackExhausted == true {
            reason = "the stack is exhausted: endless recursion?"
        } else if let limit = options.memoryLimit, let words = reason, words.hasPrefix("failed to allocate") {
            reason = Session.outOfMemory(limit: limit) + " (\(words))"
        } else if let limit = options.memoryLimit, let memory = report?.memory, reason == nil, memory > limit / 10 * 9 {
            reason = Session.outOfMemory(limit: limit)
        } else if signal == SIGKILL {
            reason = "killed from outside, perhaps because the machine ran out of memory"
        }
        return Death(cause: cause, reason: reason, frames: trace?.frames ?? [])
    }

    /// The runtime's last words: "Fatal error: Index out of range".
    private static func fatalError(in errors: String) -> String? {
        guard let range = errors.range(of: "Fatal error", options: .backwards) else { return nil }
        let words = errors[range.upperBound...].prefix { $0 != "\n" }
        return words.hasPrefix(": ") ? String(words.dropFirst(2)) : "fatal error"
    }

    private static func outOfMemory(limit: Int) -> String {
        "out of memory: the session's limit is \(limit >> 20) MB"
    }

    private static func signalName(_ signal: Int32) -> String {
        let names: [Int32: String] = [
            SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGSEGV: "SIGSEGV: memory that is not there", SIGBUS: "SIGBUS",
            SIGFPE: "SIGFPE", SIGABRT: "SIGABRT", SIGKILL: "SIGKILL", SIGTERM: "SIGTERM", SIGINT: "SIGINT",
        ]
        return names[signal] ?? "signal \(signal)"
    }

    /// The loader's message, with the missing symbol's Swift name.
    private static func explained(_ message: String) -> String {
        guard let range = message.range(of: "undefined symbol: ") else { return "the cell cannot be loaded: \(message)" }
        let symbol = String(message[range.upperBound...].prefix { !$0.isWhitespace && $0 != "," })
        return "the cell uses \(demangled(symbol)), which no loaded library exports: it is internal to its module"
    }
}

/// The questions of one cell: each is answered once, and none after the cell's end.
private final class Questions: @unchecked Sendable {
    private let worker: WorkerProcess
    private let lock = NSLock()
    private var isClosed = false
    private var given: [String?] = []

    init(_ worker: WorkerProcess) { self.worker = worker }

    var answers: [String?] { lock.withLock { given } }

    func close() { lock.withLock { isClosed = true } }

    func next() -> Session.InputAnswer {
        let isAnswered = Locked(false)
        return { [self] line, refusal in
            lock.withLock {
                guard !isClosed, !isAnswered.value else { return }
                isAnswered.update { $0 = true }
                given.append(line)
                worker.answer(line, refusal: refusal)
            }
        }
    }
}

/// A value that several threads read and change.
final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    var value: Value { lock.withLock { stored } }

    func update(_ change: (inout Value) -> Void) { lock.withLock { change(&stored) } }
}

/// A value that one thread waits for and another brings.
final class BlockingResult<Value>: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result<Value, any Error>?

    func fulfil(_ result: Result<Value, any Error>) {
        condition.lock()
        self.result = result
        condition.broadcast()
        condition.unlock()
    }

    /// Waits at most so many seconds.
    func isFulfilled(within seconds: Double) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while result == nil { if !condition.wait(until: deadline) { break } }
        return result != nil
    }

    func wait() throws -> Value {
        condition.lock()
        defer { condition.unlock() }
        while result == nil { condition.wait() }
        guard let result else { throw EngineError.compilerCrashed }
        return try result.get()
    }
}
