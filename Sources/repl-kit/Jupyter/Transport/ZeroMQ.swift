import CZeroMQ
import Foundation

/// What ZeroMQ refused to do, in its own words.
public struct ZeroMQError: Error, Sendable, CustomStringConvertible {
    public var operation: String
    public var code: Int32

    public var description: String { "\(operation): \(String(cString: zmq_strerror(code)))" }

    static func last(_ operation: String) -> ZeroMQError { ZeroMQError(operation: operation, code: zmq_errno()) }

    /// libzmq's own error code for a context that has been ended.
    static let contextEnded: Int32 = 156_384_712 + 53
}

/// A ZeroMQ context; ended when the last socket and this are gone.
final class ZeroMQContext: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    init() throws(ZeroMQError) {
        guard let pointer = zmq_ctx_new() else { throw .last("zmq_ctx_new") }
        self.pointer = pointer
    }

    /// Makes blocking calls of all its sockets return; each thread then closes its own.
    func shutDown() { zmq_ctx_shutdown(pointer) }

    deinit { zmq_ctx_term(pointer) }
}

/// A ZeroMQ socket. Belongs to one thread at a time, as libzmq demands.
final class ZeroMQSocket: @unchecked Sendable {
    enum Kind { case router, publisher }

    let pointer: UnsafeMutableRawPointer
    private let context: ZeroMQContext
    private var isClosed = false

    /// More frames than any message of the protocol has.
    static let frameLimit = 4096
    /// The largest frame that is accepted; libzmq closes the connection of a peer that sends a larger one.
    static let frameBytesLimit: Int64 = 256 << 20

    init(_ kind: Kind, in context: ZeroMQContext, connection: ConnectionFile) throws(ZeroMQError) {
        // XPUB publishes like PUB, and is told of subscriptions, which are answered with a welcome.
        guard let pointer = zmq_socket(context.pointer, kind == .router ? ZMQ_ROUTER : ZMQ_XPUB) else { throw .last("zmq_socket") }
        self.pointer = pointer
        self.context = context
        try set(ZMQ_LINGER, 1000)
        if connection.address.contains(":") { try set(ZMQ_IPV6, 1) }
        switch kind {
        case .router: try set(ZMQ_ROUTER_HANDOVER, 1)
        case .publisher:
            // A subscriber is served from the moment on at which it is accepted, so that nothing reaches it before its
            // welcome: libzmq would otherwise serve it inside a send, before its subscription was read.
            try set(ZMQ_XPUB_MANUAL, 1)
            try set(ZMQ_XPUB_VERBOSE, 1)
            try set(ZMQ_XPUB_NODROP, 1)
        }
        var limit = Self.frameBytesLimit
        guard zmq_setsockopt(pointer, ZMQ_MAXMSGSIZE, &limit, MemoryLayout<Int64>.size) == 0 else { throw .last("ZMQ_MAXMSGSIZE") }
        if let curve = connection.curve {
            // Whoever knows the public key may connect: the connection file is what grants access.
            try set(ZMQ_CURVE_SERVER, 1)
            try set(ZMQ_CURVE_PUBLICKEY, curve.publicKey)
            try set(ZMQ_CURVE_SECRETKEY, curve.secretKey)
        }
    }

    deinit { close() }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        zmq_close(pointer)
    }

    func set(_ option: Int32, _ value: Int32) throws(ZeroMQError) {
        var value = value
        guard zmq_setsockopt(pointer, option, &value, MemoryLayout<Int32>.size) == 0 else { throw .last("socket option \(option)") }
    }

    /// Serves, or no longer serves, the subscriber whose message was received last.
    func accept(subscription topic: [UInt8], isSubscribed: Bool) throws(ZeroMQError) {
        let option = isSubscribed ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE
        let status = topic.withUnsafeBytes { zmq_setsockopt(pointer, option, $0.baseAddress, $0.count) }
        guard status == 0 else { throw .last("accepting a subscription") }
    }

    private func set(_ option: Int32, _ text: String) throws(ZeroMQError) {
        guard zmq_setsockopt(pointer, option, text, text.utf8.count + 1) == 0 else { throw .last("socket option \(option)") }
    }

    /// Binds the endpoint; returns the one that was really bound, with the port that the system chose.
    func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        guard zmq_bind(pointer, endpoint) == 0 else { throw .last("binding \(endpoint)") }
        var bound = [CChar](repeating: 0, count: 512)
        var size = bound.count
        guard zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &bound, &size) == 0 else { throw .last("ZMQ_LAST_ENDPOINT") }
        return String(decoding: bound.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    enum Received {
        case message([[UInt8]])
        /// A message of more than ``frameLimit`` frames was passed over.
        case excess
        case nothing
    }

    /// Takes a whole message.
    func receive(waiting: Bool = false) throws(ZeroMQError) -> Received {
        var frames: [[UInt8]] = []
        var isExcess = false
        while true {
            var part = zmq_msg_t()
            zmq_msg_init(&part)
            defer { zmq_msg_close(&part) }
            if zmq_msg_recv(&part, pointer, waiting ? 0 : ZMQ_DONTWAIT) < 0 {
                switch zmq_errno() {
                case EAGAIN: return .nothing
                case EINTR: continue
                default: throw .last("zmq_msg_recv")
                }
            }
            if frames.count < Self.frameLimit {
                frames.append(Array(UnsafeRawBufferPointer(start: zmq_msg_data(&part), count: zmq_msg_size(&part))))
            } else {
                isExcess = true
            }
            if zmq_msg_more(&part) == 0 { return isExcess ? .excess : .message(frames) }
        }
    }

    /// Hands a whole message to libzmq.
    ///
    /// - Returns: Whether it was taken; not when a subscriber's queue is full.
    func send(_ frames: [[UInt8]]) throws(ZeroMQError) -> Bool {
        for (index, frame) in frames.enumerated() {
            let flags = ZMQ_DONTWAIT | (index + 1 < frames.count ? ZMQ_SNDMORE : 0)
            while zmq_send(pointer, frame, frame.count, flags) < 0 {
                switch zmq_errno() {
                case EINTR: continue
                // Only the first part can be refused so: libzmq takes the rest of a message whole.
                case EAGAIN where index == 0: return false
                // The peer that asked is gone.
                case EHOSTUNREACH: return true
                default: throw .last("zmq_send")
                }
            }
        }
        return true
    }
}
