import Foundation
import NotebookProtocol

/// A Jupyter kernel: binds the connection's sockets and serves a front end until it is told to shut down.
///
/// Three threads: one owns the sockets, reads, verifies and sorts messages; one serves the shell's requests in their
/// order; one serves control's, so that an interrupt or a shutdown is heard while a cell runs. The heartbeat has its own.
public final class KernelServer: @unchecked Sendable {
    /// Messages that were dropped, by reason.
    public struct Dropped: Sendable, Equatable {
        public var badSignature = 0
        public var replayed = 0
        public var malformed = 0

        public var total: Int { badSignature + replayed + malformed }
    }

    public let comms = CommRegistry()
    let backend: any KernelBackend
    let history: KernelHistory
    let format: WireFormat
    let transport: KernelTransport
    let publisher: OutputPublisher
    let input = InputBroker()
    let shell = RequestQueue()
    private let control = RequestQueue()
    private let log: @Sendable (String) -> Void
    private let lock = NSLock()
    private var dropped = Dropped()
    private var replays = ReplayGuard()
    private var isShuttingDown = false
    /// The number of the last cell that was counted. Belongs to the shell's thread.
    var executionCount = 0

    /// Binds the sockets; messages are served from ``run()`` on.
    ///
    /// - Parameters:
    ///   - connection: Where to listen. Ports that are 0 are chosen; ``connection`` has them.
    ///   - log: Takes remarks on messages that were dropped.
    /// - Throws: ``ConnectionFileError`` for an unknown signature scheme, ``ZeroMQError`` when an address cannot be bound.
    public init(
        backend: any KernelBackend, connection: ConnectionFile, history: KernelHistory = KernelHistory(),
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.backend = backend
        self.history = history
        self.log = log
        format = WireFormat(signer: try MessageSigner(key: connection.key, scheme: connection.signatureScheme))
        transport = try KernelTransport(connection: connection)
        publisher = OutputPublisher(format: format, transport: transport)
    }

    /// Where the kernel listens.
    public var connection: ConnectionFile { transport.connection }

    /// What was dropped so far.
    public var droppedMessages: Dropped { lock.withLock { dropped } }

    /// Serves until a shutdown request or ``stop()``; returns after the last message was sent.
    public func run() {
        publisher.publishStatus("starting", parent: nil)
        let finished = DispatchGroup()
        func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
            finished.enter()
            let thread = Thread {
                body()
                finished.leave()
            }
            thread.name = name
            thread.stackSize = 8 << 20
            thread.start()
        }
        start("shell") { self.serveShell() }
        start("control") { self.serveControl() }
        transport.run(self)
        input.cancel()
        shell.close()
        control.close()
        // A cell that does not end must not keep the process.
        _ = finished.wait(timeout: .now() + 5)
    }

    /// Ends the running cell; does nothing when none is running.
    public func interrupt() {
        // In this order: a cell whose question ends without an answer must not go on.
        backend.interrupt()
        input.cancel()
    }

    /// Ends ``run()`` as a shutdown request does.
    public func stop() {
        let isFirst = lock.withLock {
            defer { isShuttingDown = true }
            return !isShuttingDown
        }
        guard isFirst else { return }
        shell.close()
        input.cancel()
        backend.shutDown()
        transport.stop()
    }

    // MARK: - Threads

    private func serveShell() {
        while let entry = shell.next() {
            let message = entry.message
            publisher.publishStatus("busy", parent: message)
            if entry.isAborted {
                reply("execute_reply", ["status": "aborted"], to: message, on: .shell)
            } else {
                serve(message, on: .shell)
            }
            publisher.publishStatus("idle", parent: message)
        }
    }

    private func serveControl() {
        while let entry = control.next() {
            publisher.publishStatus("busy", parent: entry.message)
            let isLast = entry.message.type == "shutdown_request"
            serve(entry.message, on: .control)
            publisher.publishStatus("idle", parent: entry.message)
            if isLast { return stop() }
        }
    }

    /// Serves a request of either channel.
    private func serve(_ message: WireMessage, on channel: KernelTransport.Channel) {
        switch message.type {
        case "execute_request" where channel == .shell: execute(message)
        case "kernel_info_request": reply("kernel_info_reply", kernelInformation, to: message, on: channel)
        case "connect_request": reply("connect_reply", connectionContent, to: message, on: channel)
        case "is_complete_request" where channel == .shell: reply("is_complete_reply", completeness(message), to: message, on: channel)
        case "complete_request" where channel == .shell: reply("complete_reply", completions(message), to: message, on: channel)
        case "inspect_request" where channel == .shell: reply("inspect_reply", inspection(message), to: message, on: channel)
        case "history_request": reply("history_reply", history(message), to: message, on: channel)
        case "comm_info_request": reply("comm_info_reply", commInformation(message), to: message, on: channel)
        case "comm_open", "comm_msg", "comm_close": comm(message)
        case "interrupt_request":
            interrupt()
            reply("interrupt_reply", ["status": "ok"], to: message, on: channel)
        case "shutdown_request":
            let content: JSONObject = ["status": "ok", "restart": message.content["restart"] ?? false]
            reply("shutdown_reply", content, to: message, on: channel)
            publisher.publish("shutdown_reply", content, parent: message, waits: false)
            // Older front ends ask on the shell; ending is the same.
            if channel == .shell { DispatchQueue.global().async { self.stop() } }
        case "create_subshell_request", "delete_subshell_request", "list_subshell_request", "debug_request":
            let reason = "this kernel does not support \(message.type)"
            reply(
                message.type.dropLast("_request".count) + "_reply",
                ["status": "error", "ename": "NotSupported", "evalue": .string(reason), "traceback": []], to: message, on: channel)
        default: log("\(channel): no such request: \(message.type.prefix(64))")
        }
    }

    func reply(
        _ type: some StringProtocol, _ content: JSONObject, to request: WireMessage, on channel: KernelTransport.Channel,
        metadata: JSONObject = [:]
    ) {
        let message = format.message(
            String(type), content: content, parent: request, identities: request.identities, metadata: metadata)
        transport.send(format.frames(of: message), on: channel)
    }

    private func drop(_ count: WritableKeyPath<Dropped, Int>, _ channel: KernelTransport.Channel, _ reason: String) {
        let number = lock.withLock {
            dropped[keyPath: count] += 1
            return dropped.total
        }
        // A flood of bad messages must not become a flood of text.
        if number <= 10 || number.isMultiple(of: 1000) { log("\(channel): dropped message \(number): \(reason)") }
    }
}

extension KernelServer: KernelTransport.Receiver {
    func received(_ frames: [[UInt8]], on channel: KernelTransport.Channel) {
        let message: WireMessage
        do {
            message = try format.message(from: frames)
        } catch {
            return drop(error == .signature ? \.badSignature : \.malformed, channel, error.description)
        }
        if format.signer.isSigning, let place = frames.firstIndex(of: WireFormat.delimiter),
            !lock.withLock({ replays.admits(frames[place + 1]) })
        {
            return drop(\.replayed, channel, WireError.replayed.description)
        }
        switch channel {
        case .shell: shell.append(message)
        case .control: control.append(message)
        case .stdin:
            if message.type == "input_reply" { input.receive(message) } else { log("stdin: no such message: \(message.type.prefix(64))") }
        }
    }

    func receivedExcess(on channel: KernelTransport.Channel) {
        drop(\.malformed, channel, WireError.tooManyFrames(limit: ZeroMQSocket.frameLimit).description)
    }

    func subscribed(topic: [UInt8]) { publisher.welcome(topic: topic) }

    func tick() -> Bool { publisher.flushIfDue() }
}
