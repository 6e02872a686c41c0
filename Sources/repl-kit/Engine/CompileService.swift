import CEngine
import Foundation
import NotebookProtocol

/// A request to the compile service and its answer.
struct CompileRequest: Codable {
    /// The request in sourcekitd's own form.
    var text: String
}

struct CompileAnswer: Codable {
    /// sourcekitd's answer as JSON.
    var answer: String?
    /// Why there is none.
    var message: String?
}

/// The process that holds the compiler: repl-kit starts itself in this role, so that a crash of the compiler
/// costs a retry and not the session.
public enum CompileService {
    public static let argument = "__compile-service"

    /// Answers requests on standard input's socket until the other side closes. Returns the exit status.
    public static func serve(sourceKitLibrary: String) -> Int32 {
        if let message = ce_sourcekit_open(sourceKitLibrary) {
            FileHandle.standardError.write(Data("repl-kit: cannot open the compiler: \(String(cString: message))\n".utf8))
            free(message)
            return 70
        }
        let channel = MessageChannel(descriptor: 0)
        while let request = try? channel.receive(CompileRequest.self) {
            var message: UnsafeMutablePointer<CChar>?
            let answer = ce_sourcekit_send(request.text, &message)
            defer {
                free(answer)
                free(message)
            }
            let reply = CompileAnswer(
                answer: answer.map { String(cString: $0) }, message: message.map { String(cString: $0) })
            guard (try? channel.send(reply)) != nil else { return 0 }
        }
        return 0
    }
}

/// The side that asks. Not thread-safe: one client belongs to one queue.
final class CompileClient {
    private let installation: Installation
    private let toolchain: Toolchain
    /// The service; -1 when none runs. `cancel` reads it from other threads.
    private let process = Locked<pid_t>(-1)
    private let cancelled = Locked(0)
    private var channel: MessageChannel?
    private var served = 0
    /// A service keeps what it has read: about 300 kB for each module of an earlier cell, for each cell that it compiles.
    private static let restartInterval = 250
    /// Bytes of memory beyond which a fresh service takes over.
    private static let memoryLimit = 1 << 30

    init(installation: Installation, toolchain: Toolchain) {
        self.installation = installation
        self.toolchain = toolchain
    }

    deinit { stop() }

    /// Starts the service if none runs, so that its start overlaps with other work.
    func start() throws {
        guard channel == nil else { return }
        var sockets: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
            throw EngineError.system("socketpair", errno)
        }
        let started = try spawn(
            installation.program, [CompileService.argument, toolchain.sourceKitLibrary],
            descriptors: [sockets[1], -1, 2])
        process.update { $0 = started }
        close(sockets[1])
        channel = MessageChannel(descriptor: sockets[0])
        served = 0
    }

    /// Starts a fresh service in place of one that has grown; to be called when nobody waits for an answer.
    func renewIfGrown() {
        guard channel != nil, served >= CompileClient.restartInterval || residentBytes > CompileClient.memoryLimit else { return }
        stop()
        // One that does not start is reported by the next cell.
        try? start()
    }

    private var residentBytes: Int {
        // Pages: the second number.
        guard let text = try? String(contentsOfFile: "/proc/\(process.value)/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Sends a request; a service that dies under it is started anew once.
    ///
    /// - Parameter isCounted: Whether the request makes the service grow for good, as compiling does.
    func send(_ request: CompileRequest, isCounted: Bool = true) throws -> String {
        let begun = cancelled.value
        for attempt in 0..<2 {
            try start()
            guard let channel else { continue }
            if isCounted { served += 1 }
            if (try? channel.send(request)) != nil, let answer = try? channel.receive(CompileAnswer.self) {
                if let text = answer.answer { return text }
                throw EngineError.compilerRefused(answer.message ?? "no message")
            }
            stop()
            if cancelled.value != begun { throw CancellationError() }
            if attempt == 1 { break }
        }
        throw EngineError.compilerCrashed
    }

    func stop() {
        if let channel { close(channel.descriptor) }
        channel = nil
        process.update {
            if $0 > 0 {
                kill($0, SIGKILL)
                var status: Int32 = 0
                waitpid($0, &status, 0)
            }
            $0 = -1
        }
    }

    /// Ends the service under the request that it works on, which then throws `CancellationError`. From any thread.
    func cancel() {
        cancelled.update { $0 += 1 }
        process.update { if $0 > 0 { kill($0, SIGKILL) } }
    }
}
