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
    /// The run was told to stop.
    case interrupted
}

/// The process that runs cells, seen from the program. Belongs to one thread.
final class WorkerProcess {
    private(set) var process: pid_t
    private let channel: MessageChannel
    private let standardOutput: Int32
    private let standardError: Int32
    private let crash: Int32
    private let acknowledgement: Int32
    private var isStopped = false
    private var decoders: [CellOutput.Stream: UTF8Decoder] = [:]

    init(installation: Installation, environment: [String: String]) throws {
        func pair() throws -> (read: Int32, write: Int32) {
            var ends: [Int32] = [0, 0]
            guard ce_pipe(&ends) == 0 else { throw EngineError.system("pipe", errno) }
            return (ends[0], ends[1])
        }
        let output = try pair()
        let errors = try pair()
        let crashes = try pair()
        let acknowledgements = try pair()
        var sockets: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
            throw EngineError.system("socketpair", errno)
        }
        var environment = environment
        // The runtime's own backtracer would take seconds and speak of the machine code; the worker reports itself.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        // Sets and dictionaries keep one order from run to run: the same seed gives the same figure.
        environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
        environment["PYTHONHASHSEED"] = "0"
        process = try spawn(
            installation.worker, [installation.library], environment: environment,
            descriptors: [-1, output.write, errors.write, sockets[1], crashes.write, acknowledgements.read])
        for descriptor in [output.write, errors.write, sockets[1], crashes.write, acknowledgements.read] {
            close(descriptor)
        }
        channel = MessageChannel(descriptor: sockets[0])
        standardOutput = output.read
        standardError = errors.read
        crash = crashes.read
        acknowledgement = acknowledgements.write
        for descriptor in [standardOutput, standardError, crash] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    deinit { stop() }

    /// Serves one request to its end.
    ///
    /// - Parameters:
    ///   - stop: A descriptor that becomes readable when the run is to stop.
    ///   - output: Takes everything the worker gives, as it comes.
    func perform(_ request: WorkerRequest?, stop: Int32, output: (WorkerOutput) -> Void) throws -> WorkerOutcome {
        if let request {
            do { try channel.send(request) } catch { return finish(output) }
        }
        while true {
            var waiting = [channel.descriptor, standardOutput, standardError, stop].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let ready = poll(&waiting, nfds_t(waiting.count), -1)
            if ready < 0 {
                if errno == EINTR { continue }
                throw EngineError.system("poll", errno)
            }
            if waiting[3].revents != 0 {
                // The group: what the cell has started ends with it.
                kill(-process, SIGKILL)
                drain(output)
                reap()
                return .interrupted
            }
            // Text first: what was printed before an event was written before it.
            drain(output)
            guard waiting[0].revents != 0 else { continue }
            guard try channel.fill(waiting: false) else { return finish(output) }
            while let event = try channel.nextBuffered(WorkerEvent.self) {
                drain(output)
                switch event {
                case .finished(let end):
                    return .ended(end)
                case .ready where request == nil:
                    return .ended(.completed)
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

    private func finish(_ output: (WorkerOutput) -> Void) -> WorkerOutcome {
        let status = reap()
        drain(output)
        return .died(status: status, report: CrashReport(readAvailable(crash)))
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
        return status
    }

    /// Ends the process and closes what is left.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        if process > 0 {
            kill(-process, SIGKILL)
            reap()
        }
        for descriptor in [channel.descriptor, standardOutput, standardError, crash, acknowledgement] {
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
