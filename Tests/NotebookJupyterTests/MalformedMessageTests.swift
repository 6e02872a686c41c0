import CZeroMQ
import Foundation
import NotebookJupyter
import Testing

@Suite struct MalformedMessageTests {
    private func isAlive(_ client: TestClient) throws -> Bool { try client.execute("print alive").reply["status"] == "ok" }

    @Test func badMessagesAreDroppedAndCounted() throws {
        let kernel = try RunningKernel()
        let client = try TestClient(kernel.server.connection)
        try client.subscribe()
        let forger = try TestClient(kernel.server.connection, key: "not the key", timeout: 200)
        let request = client.format.message("execute_request", content: ["code": "print forged"], parent: nil)
        let good = client.format.frames(of: request)

        forger.send("execute_request", ["code": "print forged"])
        forger.send("shutdown_request", ["restart": false], on: .control)
        #expect(forger.receiveFrames(on: .shell) == nil)
        #expect(forger.receiveFrames(on: .control) == nil)

        var malformed = 0
        for channel in [ConnectionFile.Channel.shell, .control, .stdin] {
            for count in 0..<good.count where count > 0 {
                client.sendFrames(Array(good.prefix(count)), on: channel)
                malformed += 1
            }
            client.sendFrames([[]], on: channel)
            client.sendFrames(Array(repeating: [], count: 20), on: channel)
            client.sendFrames([WireFormat.delimiter], on: channel)
            client.sendFrames(Array(repeating: [1], count: 10_000), on: channel)
            malformed += 4
            // Signed, and no JSON, or JSON of another form.
            for part in ["", "{", "[]", "\u{0}", "null", "{\"msg_type\": []}", String(repeating: "[", count: 100_000)] {
                let parts = [part, "{}", "{}", "{}"].map { Array($0.utf8) }
                client.sendFrames([WireFormat.delimiter, client.format.signer.signature(of: parts)] + parts, on: channel)
                malformed += 1
            }
        }
        #expect(try isAlive(client))
        // Every socket is read within one turn of the loop, yet in turn: wait until all have been.
        let deadline = Date(timeIntervalSinceNow: 5)
        while kernel.server.droppedMessages.total < malformed + 2, Date() < deadline { usleep(10_000) }
        #expect(kernel.server.droppedMessages.badSignature == 2)
        #expect(kernel.server.droppedMessages.malformed == malformed)
        #expect(kernel.backend.executed.count == 1)
    }

    @Test func aRecordedMessageCannotBeSentAgain() throws {
        let kernel = try RunningKernel()
        let client = try TestClient(kernel.server.connection, timeout: 1000)
        let frames = client.format.frames(of: client.format.message("execute_request", content: ["code": "print once"], parent: nil))
        client.sendFrames(frames, on: .shell)
        #expect(try client.receive(on: .shell).content["status"] == "ok")
        client.sendFrames(frames, on: .shell)
        #expect(client.receiveFrames(on: .shell) == nil)
        #expect(kernel.backend.executed.count == 1)
        #expect(kernel.server.droppedMessages.replayed == 1)
    }

    @Test func contentsOfTheWrongFormAreAnswered() throws {
        let kernel = try RunningKernel()
        let client = try TestClient(kernel.server.connection)
        try client.subscribe()
        for type in ["execute", "complete", "inspect", "is_complete"] {
            for content: JSONObject in [[:], ["code": 5], ["code": ["x"]], ["code": .null]] {
                let reply = try client.request(type + "_request", content)
                #expect(reply.type == type + "_reply")
                #expect(reply.content["status"] == "error")
            }
        }
        let odd: JSONObject = [
            "code": "print odd", "silent": "yes", "store_history": 3, "user_expressions": [1], "allow_stdin": [:], "stop_on_error": .null,
        ]
        #expect(try client.execute("", odd).reply["status"] == "ok")
        for content: JSONObject in [[:], ["hist_access_type": 7], ["n": -5], ["hist_access_type": "range", "session": "x", "start": .number("1e99")]] {
            #expect(try client.request("history_request", content).content["status"] == "ok")
        }
        client.send("comm_open", ["comm_id": 7])
        client.send("comm_msg", [:])
        client.send("no_such_request", ["x": 1])
        client.send(String(repeating: "x", count: 100_000), [:])
        client.send("no_such_request", on: .control)
        #expect(try client.request("debug_request", ["command": "initialize"], on: .control).content["status"] == "error")
        #expect(try client.request("create_subshell_request", on: .control).content["status"] == "error")
        #expect(try isAlive(client))
    }

    /// Random changes to real messages, signed anew for half of them.
    @Test func randomlyChangedMessages() throws {
        let kernel = try RunningKernel()
        let client = try TestClient(kernel.server.connection)
        try client.subscribe()
        var generator = SystemSeed(state: 20260)
        let types = ["execute_request", "complete_request", "inspect_request", "history_request", "comm_open", "is_complete_request", "input_reply"]
        for round in 0..<1500 {
            let message = client.format.message(
                types[Int.random(in: 0..<types.count, using: &generator)],
                content: ["code": "print a", "cursor_pos": 3, "comm_id": "i", "data": [:], "n": 4], parent: nil)
            var frames = client.format.frames(of: message)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let part = Int.random(in: 0..<frames.count, using: &generator)
                guard !frames[part].isEmpty else { continue }
                let place = Int.random(in: 0..<frames[part].count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: frames[part][place] = UInt8.random(in: 0...255, using: &generator)
                case 1: frames[part].remove(at: place)
                case 2: frames[part].insert(UInt8.random(in: 0...255, using: &generator), at: place)
                default: frames[part].removeLast(frames[part].count - place)
                }
            }
            if round.isMultiple(of: 2), frames.count >= 6 { frames[1] = client.format.signer.signature(of: frames[2..<6]) }
            client.sendFrames(frames, on: [.shell, .control, .stdin][round % 3])
        }
        // Replies to those that were still requests come first.
        let identifier = client.send("kernel_info_request")
        var reply = try client.receive(on: .shell)
        while reply.parentHeader["msg_id"]?.string != identifier { reply = try client.receive(on: .shell) }
        #expect(reply.content["status"] == "ok")
        #expect(kernel.server.droppedMessages.total > 500)
    }

    @Test func aMessageOfManyMegabytes() throws {
        let kernel = try RunningKernel()
        let client = try TestClient(kernel.server.connection, timeout: 30_000)
        try client.subscribe()
        let text = String(repeating: "x", count: 32 << 20)
        let (reply, outputs) = try client.execute("print " + text)
        #expect(reply["status"] == "ok")
        let count: Int = outputs.reduce(0) { $0 + ($1.content["text"]?.string?.utf8.count ?? 0) }
        #expect(count == text.utf8.count + 1)
    }
}

/// SplitMix64, so that a run can be repeated.
struct SystemSeed: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct TransportTests {
    private static func keyPair() -> ConnectionFile.CurveKeys {
        var (publicKey, secretKey) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
        #expect(zmq_curve_keypair(&publicKey, &secretKey) == 0)
        func text(_ key: [CChar]) -> String { String(decoding: key.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        return ConnectionFile.CurveKeys(publicKey: text(publicKey), secretKey: text(secretKey))
    }

    @Test func encryptedConnectionsServeOnlyThoseWhoKnowTheKey() throws {
        let keys = Self.keyPair()
        let kernel = try RunningKernel(connection: ConnectionFile(key: RunningKernel.key, curve: keys))
        let client = try TestClient(kernel.server.connection, serverKey: keys.publicKey)
        try client.subscribe()
        #expect(try client.execute("print secret").outputs.last?.content["text"] == "secret\n")
        client.sendFrames([[1]], on: .hb)
        #expect(client.receiveFrames(on: .hb) == [[1]])
        // Without keys, and with the keys of another kernel.
        for serverKey in [nil, Self.keyPair().publicKey] {
            let stranger = try TestClient(kernel.server.connection, timeout: 500, serverKey: serverKey)
            stranger.send("kernel_info_request")
            #expect(stranger.receiveFrames(on: .shell) == nil)
            #expect(stranger.receiveFrames(on: .iopub) == nil)
            stranger.sendFrames([[1]], on: .hb)
            #expect(stranger.receiveFrames(on: .hb) == nil)
        }
    }

    /// The kernel's listening addresses, from /proc/net/tcp: 0100007F is 127.0.0.1 in the machine's byte order.
    @Test func onlyTheGivenAddressIsBound() throws {
        let kernel = try RunningKernel()
        let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8) + String(contentsOfFile: "/proc/net/tcp6", encoding: .utf8)
        let ports = kernel.server.connection.ports.values.map { String(format: "%04X", $0) }
        #expect(ports.count == 5)
        #expect(!ports.contains("0000"))
        var found: [String] = []
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":") else { continue }
            if ports.contains(String(fields[1][fields[1].index(after: colon)...])) { found.append(String(fields[1][..<colon])) }
        }
        #expect(found == Array(repeating: "0100007F", count: 5))
    }

    @Test func aPortThatIsTakenIsAnError() throws {
        let kernel = try RunningKernel()
        #expect(throws: (any Error).self) { try RunningKernel(connection: kernel.server.connection) }
    }

    @Test func ipc() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(String(UUID().uuidString.prefix(8)))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var connection = ConnectionFile(transport: .ipc, address: folder.path + "/k", key: RunningKernel.key)
        for (index, channel) in ConnectionFile.Channel.allCases.enumerated() { connection.ports[channel] = index + 1 }
        let kernel = try RunningKernel(connection: connection)
        let client = try TestClient(kernel.server.connection)
        try client.subscribe()
        #expect(try client.execute("print ipc").outputs.last?.content["text"] == "ipc\n")
    }
}
