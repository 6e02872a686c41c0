import CEngine
import CZeroMQ
import Foundation

/// The kernel's five sockets. One thread owns them all but the heartbeat's, which answers on a thread of its own
/// whatever the kernel does; other threads hand messages over.
final class KernelTransport: @unchecked Sendable {
    enum Channel: Int, CaseIterable { case shell, control, stdin }

    /// What the thread of the sockets tells.
    protocol Receiver: AnyObject {
        func received(_ frames: [[UInt8]], on channel: Channel)
        func receivedExcess(on channel: Channel)
        func subscribed(topic: [UInt8])
        /// Called again and again; returns whether it wants to be called soon.
        func tick() -> Bool
    }

    /// The addresses that are really bound.
    let connection: ConnectionFile
    private let context: ZeroMQContext
    private let routers: [ZeroMQSocket]
    private let publisher: ZeroMQSocket
    private let heartbeat: ZeroMQSocket
    private let wake: (read: Int32, write: Int32)

    private let state = NSCondition()
    private var outgoing: [(channel: Channel, frames: [[UInt8]])] = []
    private var published: [[[UInt8]]] = []
    /// The messages at the beginning of `published` that were sent.
    private var publishedCount = 0
    private var publishedBytes = 0
    private var drainsRequested = 0
    private var drainsDone = 0
    private var isStopping = false
    private var isStopped = false

    /// Output that waits for subscribers; a cell that prints more waits with it.
    private static let publishedBytesLimit = 32 << 20
    /// A subscriber that takes nothing for this long loses messages, so that it cannot hold the kernel.
    private static let patience: Double = 10

    /// Binds the sockets.
    init(connection: ConnectionFile) throws {
        let context = try ZeroMQContext()
        var connection = connection
        func bound(_ kind: ZeroMQSocket.Kind, _ channel: ConnectionFile.Channel) throws -> ZeroMQSocket {
            let socket = try ZeroMQSocket(kind, in: context, connection: connection)
            let endpoint = try socket.bind(connection.endpoint(channel))
            if connection.transport == .tcp, connection.ports[channel, default: 0] == 0 {
                connection.ports[channel] = endpoint.split(separator: ":").last.flatMap { Int($0) }
            }
            return socket
        }
        routers = [try bound(.router, .shell), try bound(.router, .control), try bound(.router, .stdin)]
        publisher = try bound(.publisher, .iopub)
        heartbeat = try bound(.router, .hb)
        self.context = context
        self.connection = connection
        var ends: [Int32] = [-1, -1]
        guard ce_pipe(&ends) == 0 else { throw ZeroMQError(operation: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        wake = (ends[0], ends[1])
    }

    deinit {
        Foundation.close(wake.read)
        Foundation.close(wake.write)
    }

    // MARK: - From any thread

    func send(_ frames: [[UInt8]], on channel: Channel) {
        state.withLock { outgoing.append((channel, frames)) }
        signalWake()
    }

    /// Puts a message behind those that wait for subscribers.
    func publish(_ frames: [[UInt8]]) {
        state.withLock {
            published.append(frames)
            publishedBytes += frames.reduce(0) { $0 + $1.count }
        }
        signalWake()
    }

    /// Waits while subscribers have a great deal to take. Never called on the sockets' own thread.
    func waitForSubscribers() {
        state.lock()
        while publishedBytes > Self.publishedBytesLimit, !isStopping { state.wait() }
        state.unlock()
    }

    /// Waits until everything that had arrived has been given to the receiver.
    func drain() {
        state.lock()
        drainsRequested += 1
        let ticket = drainsRequested
        state.unlock()
        signalWake()
        state.lock()
        while drainsDone < ticket, !isStopped { state.wait() }
        state.unlock()
    }

    /// Ends ``run(_:)`` after what waits has been sent.
    func stop() {
        state.withLock {
            isStopping = true
            state.broadcast()
        }
        signalWake()
    }

    func signalWake() {
        var byte: UInt8 = 1
        _ = write(wake.write, &byte, 1)
    }

    // MARK: - The sockets' thread

    /// Serves the sockets until ``stop()``.
    func run(_ receiver: any Receiver) {
        let heart = Thread { [heartbeat] in Self.beat(heartbeat) }
        heart.name = "heartbeat"
        heart.start()
        var items = [zmq_pollitem_t(socket: nil, fd: wake.read, events: Int16(ZMQ_POLLIN), revents: 0)]
        for socket in routers + [publisher] {
            items.append(zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
        }
        var blockedSince: Double?
        var isSoon = false
        while true {
            _ = zmq_poll(&items, Int32(items.count), isSoon || blockedSince != nil ? 10 : 1000)
            var bytes = [UInt8](repeating: 0, count: 512)
            while read(wake.read, &bytes, bytes.count) > 0 {}
            let (drains, stopping) = state.withLock { (drainsRequested, isStopping) }
            for channel in Channel.allCases { takeAll(channel, receiver) }
            takeSubscriptions(receiver)
            isSoon = receiver.tick()
            sendReplies()
            sendPublished(&blockedSince)
            state.withLock {
                drainsDone = drains
                state.broadcast()
            }
            if stopping, state.withLock({ published.isEmpty && outgoing.isEmpty }) || (blockedSince.map { now() - $0 > 1 } ?? false) {
                break
            }
        }
        state.withLock {
            isStopped = true
            state.broadcast()
        }
        for socket in routers { socket.close() }
        publisher.close()
        context.shutDown()
    }

    private func takeAll(_ channel: Channel, _ receiver: any Receiver) {
        // A peer that sends without end must not keep the loop from sending.
        for _ in 0..<10_000 {
            switch try? routers[channel.rawValue].receive() {
            case .message(let frames): receiver.received(frames, on: channel)
            case .excess: receiver.receivedExcess(on: channel)
            case .nothing, nil: return
            }
        }
    }

    private func takeSubscriptions(_ receiver: any Receiver) {
        for _ in 0..<10_000 {
            guard case .message(let frames) = try? publisher.receive() else { return }
            guard let frame = frames.first, let sign = frame.first, sign <= 1 else { continue }
            let topic = Array(frame.dropFirst())
            try? publisher.accept(subscription: topic, isSubscribed: sign == 1)
            if sign == 1 { receiver.subscribed(topic: topic) }
        }
    }

    private func sendReplies() {
        let messages = state.withLock {
            defer { outgoing = [] }
            return outgoing
        }
        for message in messages { _ = try? routers[message.channel.rawValue].send(message.frames) }
    }

    private func sendPublished(_ blockedSince: inout Double?) {
        while let frames = state.withLock({ publishedCount < published.count ? published[publishedCount] : nil }) {
            // Beyond patience the socket drops what a full subscriber cannot take.
            let isImpatient = blockedSince.map { now() - $0 > Self.patience } ?? false
            if isImpatient { try? publisher.set(ZMQ_XPUB_NODROP, 0) }
            let isTaken = (try? publisher.send(frames)) ?? true
            if isImpatient { try? publisher.set(ZMQ_XPUB_NODROP, 1) }
            guard isTaken else {
                if blockedSince == nil { blockedSince = now() }
                return
            }
            if !isImpatient { blockedSince = nil }
            state.withLock {
                publishedCount += 1
                if publishedCount == published.count || publishedCount == 1024 {
                    published.removeFirst(publishedCount)
                    publishedCount = 0
                }
                publishedBytes -= frames.reduce(0) { $0 + $1.count }
                state.broadcast()
            }
        }
        blockedSince = nil
    }

    private func now() -> Double { ProcessInfo.processInfo.systemUptime }

    /// Gives back what comes, until the context ends.
    private static func beat(_ socket: ZeroMQSocket) {
        while true {
            do {
                if case .message(let frames) = try socket.receive(waiting: true) { _ = try socket.send(frames) }
            } catch {
                if error.code == ZeroMQError.contextEnded { break }
                usleep(1000)
            }
        }
        socket.close()
    }
}
