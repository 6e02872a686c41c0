import CEngine
import Foundation
import NotebookProtocol

/// What a worker gives while it serves a request, in the order in which it happened.
public enum WorkerOutput: Sendable {
    case text(CellOutput.Stream, String)
    case event(WorkerEvent)
}

/// How a request to the worker ended.
enum WorkerOutcome {
    case ended(CellEnd)
    /// The process is gone: its wait status, and the report of the fatal signal where one was written.
    case died(status: Int32, report: CrashReport?)
    /// The run was told to stop; where the process was, as far as it could say.
    case interrupted(CrashReport?)
}

/// What stands behind a worker.
enum CheckpointState {
    /// Nothing, or a checkpoint that is being taken.
    case none
    case sleeps(pid_t)
    /// The worker could not be forked, for this reason.
    case refused(String)
}

/// The process that runs cells, seen from the program. Belongs to one thread.
final class WorkerProcess {
    private(set) var process: pid_t
    private let channel: MessageChannel
    private let standardOutput: Int32
    private let standardError: Int32
    private let crash: Int32
    private let acknowledgement: Int32
    private let wake: Int32
    /// Becomes readable when the process ends: a checkpoint holds the other descriptors open.
    private var lifetime: Int32 = -1
    /// What stands behind the process.
    private(set) var checkpoint = CheckpointState.none
    /// How long the worker stood still for the last checkpoint.
    private(set) var checkpointSeconds: Double?
    /// Checkpoints that the worker has ended; where it died before it could bury them, this program does.
    private var formerCheckpoints: [pid_t] = []
    /// The process groups of ended workers, in which something may still be ending.
    private var formerGroups: [pid_t] = []
    private var isStopped = false
    private var decoders: [CellOutput.Stream: UTF8Decoder] = [:]

    init(installation: Installation, environment: [String: String]) throws {
        ce_ignore_broken_pipes()
        func pair() throws -> (read: Int32, write: Int32) {
            var ends: [Int32] = [0, 0]
            guard ce_pipe(&ends) == 0 else { throw EngineError.system("pipe", errno) }
            return (ends[0], ends[1])
        }
        let output = try pair()
        let errors = try pair()
        let crashes = try pair()
        let acknowledgements = try pair()
        let wakes = try pair()
        var sockets: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
            throw EngineError.system("socketpair", errno)
        }
        var environment = environment
        // The runtime's own backtracer would take seconds and speak of the machine code; the worker reports itself,
        // with handlers that replace the backtracer's. Switched off, the runtime would print its frames instead.
        environment["SWIFT_BACKTRACE"] = "enable=yes,color=no"
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        // Sets and dictionaries keep one order from run to run: the same seed gives the same figure.
        environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
        environment["PYTHONHASHSEED"] = "0"
        process = try spawn(
            installation.worker, [installation.library], environment: environment,
            descriptors: [-1, output.write, errors.write, sockets[1], crashes.write, acknowledgements.read, wakes.read])
        for descriptor in [output.write, errors.write, sockets[1], crashes.write, acknowledgements.read, wakes.read] {
            close(descriptor)
        }
        channel = MessageChannel(descriptor: sockets[0])
        standardOutput = output.read
        standardError = errors.read
        crash = crashes.read
        acknowledgement = acknowledgements.write
        wake = wakes.write
        lifetime = ce_open_process(process)
        for descriptor in [standardOutput, standardError, crash] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    deinit { stop() }

    /// Serves one request to its end.
    ///
    /// - Parameters:
    ///   - request: nil waits for the process to be ready.
    ///   - stop: A descriptor that becomes readable when the run is to stop.
    ///   - patience: Seconds after which a worker that is silent counts as dead; nil waits as long as it lives.
    ///   - output: Takes everything the worker gives, as it comes.
    func perform(
        _ request: WorkerRequest?, stop: Int32, patience: Double? = nil, output: (WorkerOutput) -> Void
    ) throws -> WorkerOutcome {
        if let request {
            do { try channel.send(request) } catch { return finish(output) }
        }
        while true {
            var waiting = [channel.descriptor, standardOutput, standardError, stop, lifetime].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let ready = poll(&waiting, nfds_t(waiting.count), patience.map { Int32($0 * 1000) } ?? -1)
            if ready == 0 {
                end()
                return .died(status: 0, report: nil)
            }
            if ready < 0 {
                if errno == EINTR { continue }
                throw EngineError.system("poll", errno)
            }
            if waiting[3].revents != 0 { return interrupted(output) }
            // Text first: what was printed before an event was written before it.
            drain(output)
            let isGone = waiting[4].revents != 0
            guard waiting[0].revents != 0 else {
                if isGone { return finish(output) }
                continue
            }
            guard try channel.fill(waiting: false) else { return finish(output) }
            while let event = try channel.nextBuffered(WorkerEvent.self) {
                drain(output)
                switch event {
                case .finished(let end):
                    return .ended(end)
                case .ready where request == nil:
                    return .ended(.completed)
                case .checkpoint(let process, let seconds):
                    checkpoint = .sleeps(process)
                    checkpointSeconds = seconds
                case .checkpointRefused(let reason):
                    checkpoint = .refused(reason)
                default:
                    output(.event(event))
                    if event.isAcknowledged {
                        var byte: UInt8 = 1
                        _ = write(acknowledgement, &byte, 1)
                    }
                }
            }
        }
    }

    /// Where the error or `exit` came from that has just ended a cell.
    func takeReport() -> CrashReport? { CrashReport(readAvailable(crash)) }

    /// Answers the cell that asks for a line, or says why it gets none. From any thread.
    func answer(_ line: String?, refusal: String? = nil) {
        try? channel.send(WorkerRequest.input(line, refusal: refusal))
    }

    private func finish(_ output: (WorkerOutput) -> Void) -> WorkerOutcome {
        let status = end()
        drain(output)
        return .died(status: status, report: CrashReport(readAvailable(crash)))
    }

    /// Ends the process in the middle of its work. It is given a moment to say where it was.
    private func interrupted(_ output: (WorkerOutput) -> Void) -> WorkerOutcome {
        if lifetime >= 0, process > 0 {
            kill(process, SIGQUIT)
            var ended = pollfd(fd: lifetime, events: Int16(POLLIN), revents: 0)
            let deadline = ContinuousClock.now + .milliseconds(400)
            while ended.revents == 0, ContinuousClock.now < deadline {
                drain(output)
                poll(&ended, 1, 10)
            }
        }
        end()
        drain(output)
        return .interrupted(CrashReport(readAvailable(crash)))
    }

    // MARK: - Checkpoints

    /// Waits until it is known what stands behind the process.
    func settle() { _ = try? perform(.reportState, stop: -1, output: { _ in }) }

    /// Asks for a checkpoint of the state at this moment. The worker takes it while this program goes on; the
    /// next request waits behind it.
    func takeCheckpoint() {
        if case .sleeps(let sleeper) = checkpoint { formerCheckpoints.append(sleeper) }
        checkpoint = .none
        // When the worker dies, its checkpoint becomes this program's child.
        ce_adopt_orphans()
        try? channel.send(WorkerRequest.takeCheckpoint)
    }

    /// Ends the checkpoint, so that nobody goes back to it. The worker is its parent and buries it.
    func dropCheckpoint() {
        if case .sleeps(let sleeper) = checkpoint { kill(sleeper, SIGKILL) }
        checkpoint = .none
    }

    /// Gives up the process, and goes on in the checkpoint behind it.
    ///
    /// - Returns: Whether there was a checkpoint, and it is ready.
    func wakeCheckpoint() -> Bool {
        guard case .sleeps(let sleeper) = checkpoint else { return false }
        end()
        drain { _ in }
        _ = readAvailable(crash)
        channel.discardBuffered()
        decoders = [:]
        checkpoint = .none
        process = sleeper
        lifetime = ce_open_process(sleeper)
        guard lifetime >= 0 else { return false }
        var byte: UInt8 = 1
        guard write(wake, &byte, 1) == 1 else { return false }
        guard case .ended = try? perform(nil, stop: -1, patience: 10, output: { _ in }) else { return false }
        return true
    }

    /// Ends the process with everything that its cells have started in its group.
    @discardableResult
    private func end() -> Int32 {
        if process > 0 {
            kill(-process, SIGKILL)
            formerGroups.append(process)
        }
        let status = reap()
        buryOrphans()
        return status
    }

    /// Takes note of the end of processes whose parent, a worker, has ended before them: they are this program's
    /// children then, and would stay in the system's table.
    ///
    /// - Returns: whether none is left.
    @discardableResult
    private func buryOrphans() -> Bool {
        formerCheckpoints.removeAll { waitpid($0, nil, WNOHANG) != 0 }
        formerGroups.removeAll { group in
            while true {
                let ended = waitpid(-group, nil, WNOHANG)
                if ended <= 0 { return ended < 0 }
            }
        }
        return formerCheckpoints.isEmpty && formerGroups.isEmpty
    }

    private func drain(_ output: (WorkerOutput) -> Void) {
        for (stream, descriptor) in [
            (CellOutput.Stream.standardOutput, standardOutput), (.standardError, standardError),
        ] {
            let bytes = readAvailable(descriptor)
            guard !bytes.isEmpty else { continue }
            let text = decoders[stream, default: UTF8Decoder()].decode(bytes)
            if !text.isEmpty { output(.text(stream, text)) }
        }
    }

    /// At most a quarter of a megabyte, so that a cell that prints forever cannot hold the loop.
    private func readAvailable(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < 1 << 18 {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes += chunk[0..<count]
            } else if count < 0, errno == EINTR {
                continue
            } else {
                break
            }
        }
        return bytes
    }

    @discardableResult
    private func reap() -> Int32 {
        guard process > 0 else { return 0 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        process = -1
        if lifetime >= 0 { close(lifetime) }
        lifetime = -1
        return status
    }

    /// Ends the process and closes what is left.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        end()
        if case .sleeps(let sleeper) = checkpoint {
            // Its parent is gone: it is this program's child now.
            kill(sleeper, SIGKILL)
            var status: Int32 = 0
            waitpid(sleeper, &status, 0)
        }
        for _ in 0..<100 where !buryOrphans() { usleep(10_000) }
        for descriptor in [channel.descriptor, standardOutput, standardError, crash, acknowledgement, wake] {
            close(descriptor)
        }
    }
}

/// Decodes UTF-8 that arrives in pieces: a character that a piece cuts waits for the next one.
struct UTF8Decoder {
    private var pending: [UInt8] = []

    mutating func decode(_ bytes: [UInt8]) -> String {
        var all = pending + bytes
        pending = []
        // A sequence has at most four bytes: look for one that has begun among the last three.
        for back in 1...3 where all.count >= back {
            let byte = all[all.count - back]
            if byte & 0b1100_0000 == 0b1000_0000 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            if length > back {
                pending = Array(all.suffix(back))
                all.removeLast(back)
            }
            break
        }
        return String(decoding: all, as: UTF8.self)
    }
}
