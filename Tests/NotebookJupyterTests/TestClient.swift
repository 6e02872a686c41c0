import CZeroMQ
import Foundation
import NotebookJupyter
import Testing

/// A kernel with a fake backend on a thread of its own.
final class RunningKernel {
    static let key = "key of the tests"
    let server: KernelServer
    let backend = FakeBackend()
    private let finished = DispatchSemaphore(value: 0)
    private var isFinished = false

    init(connection: ConnectionFile = ConnectionFile(key: RunningKernel.key), history: KernelHistory = KernelHistory()) throws {
        server = try KernelServer(backend: backend, connection: connection, history: history)
        let (server, finished) = (server, finished)
        Thread.detachNewThread {
            server.run()
            finished.signal()
        }
    }

    func waitForEnd() -> Bool {
        if !isFinished { isFinished = finished.wait(timeout: .now() + 15) == .success }
        return isFinished
    }

    deinit {
        server.stop()
        _ = waitForEnd()
    }
}

/// A front end as small as the protocol allows, on libzmq itself.
final class TestClient {
    private let context: UnsafeMutableRawPointer
    private let sockets: [ConnectionFile.Channel: UnsafeMutableRawPointer]
    let format: WireFormat
    /// Lives as long as the client.
    var kernel: RunningKernel?

    init(_ connection: ConnectionFile, key: String = RunningKernel.key, timeout: Int32 = 10_000, serverKey: String? = nil) throws {
        format = WireFormat(signer: try MessageSigner(key: key, scheme: connection.signatureScheme), session: "client")
        context = try #require(zmq_ctx_new())
        var sockets: [ConnectionFile.Channel: UnsafeMutableRawPointer] = [:]
        let identity = UUID().uuidString
        for channel in ConnectionFile.Channel.allCases {
            let kind = channel == .iopub ? ZMQ_SUB : channel == .hb ? ZMQ_REQ : ZMQ_DEALER
            let socket = try #require(zmq_socket(context, kind))
            var (linger, wait) = (Int32(0), timeout)
            zmq_setsockopt(socket, ZMQ_LINGER, &linger, 4)
            zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait, 4)
            // A front end that is not let in has nobody to send to.
            zmq_setsockopt(socket, ZMQ_SNDTIMEO, &wait, 4)
            if channel == .iopub { zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) }
            // Answers to questions come to the identity that asked.
            if channel != .hb, channel != .iopub { zmq_setsockopt(socket, ZMQ_ROUTING_ID, identity, identity.utf8.count) }
            if let serverKey {
                var (publicKey, secretKey) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
                #expect(zmq_curve_keypair(&publicKey, &secretKey) == 0)
                zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, serverKey, 41)
                zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, publicKey, 41)
                zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secretKey, 41)
            }
            #expect(zmq_connect(socket, connection.endpoint(channel)) == 0)
            sockets[channel] = socket
        }
        self.sockets = sockets
    }

    deinit {
        for socket in sockets.values { zmq_close(socket) }
        zmq_ctx_term(context)
    }

    func sendFrames(_ frames: [[UInt8]], on channel: ConnectionFile.Channel) {
        for (index, frame) in frames.enumerated() {
            zmq_send(sockets[channel], frame, frame.count, index + 1 < frames.count ? ZMQ_SNDMORE : 0)
        }
    }

    func receiveFrames(on channel: ConnectionFile.Channel) -> [[UInt8]]? {
        var frames: [[UInt8]] = []
        while true {
            var part = zmq_msg_t()
            zmq_msg_init(&part)
            defer { zmq_msg_close(&part) }
            guard zmq_msg_recv(&part, sockets[channel], 0) >= 0 else { return nil }
            frames.append(Array(UnsafeRawBufferPointer(start: zmq_msg_data(&part), count: zmq_msg_size(&part))))
            if zmq_msg_more(&part) == 0 { return frames }
        }
    }

    @discardableResult
    func send(_ type: String, _ content: JSONObject = [:], on channel: ConnectionFile.Channel = .shell, parent: WireMessage? = nil) -> String {
        let message = format.message(type, content: content, parent: parent)
        sendFrames(format.frames(of: message), on: channel)
        return message.identifier
    }

    func receive(on channel: ConnectionFile.Channel) throws -> WireMessage {
        try format.message(from: try #require(receiveFrames(on: channel), "nothing came on \(channel)"))
    }

    /// Waits for the welcome: from then on nothing on IOPub is missed.
    func subscribe() throws {
        while try receive(on: .iopub).type != "iopub_welcome" {}
    }

    /// What came on IOPub for a request, up to "idle", without the statuses.
    func outputs(of identifier: String) throws -> [WireMessage] {
        var messages: [WireMessage] = []
        while true {
            let message = try receive(on: .iopub)
            guard message.parentHeader["msg_id"]?.string == identifier else { continue }
            if message.type != "status" { messages.append(message) }
            if message.type == "status", message.content["execution_state"] == "idle" { return messages }
        }
    }

    /// Executes and returns the reply and the outputs without `execute_input`.
    func execute(_ code: String, _ more: JSONObject = [:]) throws -> (reply: JSONObject, outputs: [WireMessage]) {
        var content: JSONObject = ["code": .string(code)]
        for (key, value) in more.members { content[key] = value }
        let identifier = send("execute_request", content)
        let reply = try receive(on: .shell)
        #expect(reply.type == "execute_reply")
        #expect(reply.parentHeader["msg_id"]?.string == identifier)
        return (reply.content, try outputs(of: identifier).filter { $0.type != "execute_input" })
    }

    func request(_ type: String, _ content: JSONObject = [:], on channel: ConnectionFile.Channel = .shell) throws -> WireMessage {
        let identifier = send(type, content, on: channel)
        let reply = try receive(on: channel)
        #expect(reply.parentHeader["msg_id"]?.string == identifier)
        return reply
    }
}
