import Foundation
import NotebookJupyter
import Testing

/// Messages that the reference implementation made; `Fixtures/record.py` says how.
struct Recording {
    var name: String
    var type: String
    var scheme: String
    var content: JSONValue
    var frames: [[UInt8]]

    static let key = "a0436f6c-1916-498b-8eb9-e81ab9368e84"

    static func all() throws -> [Recording] {
        let url = try #require(Bundle.module.url(forResource: "messages", withExtension: "json", subdirectory: "Fixtures"))
        let root = try JSONValue(parsing: Data(contentsOf: url))
        #expect(root["key"]?.string == key)
        return try #require(root["messages"]?.array).map { message in
            Recording(
                name: try #require(message["name"]?.string), type: try #require(message["type"]?.string),
                scheme: try #require(message["scheme"]?.string), content: try #require(message["content"]),
                frames: try #require(message["frames"]?.array).map { try Array(#require(Data(base64Encoded: $0.string ?? ""))) })
        }
    }

    var format: WireFormat { get throws { WireFormat(signer: try MessageSigner(key: Self.key, scheme: scheme)) } }
}

@Suite struct WireFormatTests {
    @Test func readsTheReferencesMessages() throws {
        let recordings = try Recording.all()
        #expect(recordings.count == 5)
        for recording in recordings {
            let message = try recording.format.message(from: recording.frames)
            #expect(message.type == recording.type)
            #expect(message.identifier == "recorded-" + recording.name)
            #expect(message.identities == [Array("identity".utf8) + [0, 0xFF]])
            #expect(JSONValue.object(message.content) == recording.content)
            #expect(message.header["date"] == "2024-05-06T07:08:09.123456Z")
        }
        let execute = try recordings[1].format.message(from: recordings[1].frames)
        #expect(execute.metadata["nested"]?["large"] == .number("1180591620717411303424"))
        #expect(execute.content["code"]?.string?.contains("λ 🎉") == true)
        let comm = try recordings[4].format.message(from: recordings[4].frames)
        #expect(comm.buffers == [[0, 1, 2], []])
        let input = try recordings[3].format.message(from: recordings[3].frames)
        #expect(input.parentHeader["msg_type"] == "execute_request")
    }

    @Test func signsAsTheReferenceDoes() throws {
        for recording in try Recording.all() {
            let signature = try recording.format.signer.signature(of: recording.frames[3..<7])
            #expect(signature == recording.frames[2])
        }
    }

    /// RFC 4231, test case 2.
    @Test func knownSignature() throws {
        let signer = try MessageSigner(key: "Jefe")
        let signature = signer.signature(of: ["what do ya ", "want ", "for ", "nothing?"].map { Array($0.utf8) })
        #expect(String(decoding: signature, as: UTF8.self) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func anyChangedByteIsNoticed() throws {
        let recording = try Recording.all()[0]
        let format = try recording.format
        for part in 2..<recording.frames.count {
            for place in recording.frames[part].indices {
                var frames = recording.frames
                frames[part][place] ^= 1
                #expect(throws: WireError.signature) { try format.message(from: frames) }
            }
        }
        for signature in [[], Array("00".utf8), recording.frames[2] + [0x30], Array(recording.frames[2].dropLast())] {
            var frames = recording.frames
            frames[2] = signature
            #expect(throws: WireError.signature) { try format.message(from: frames) }
        }
        let other = WireFormat(signer: try MessageSigner(key: "another key"))
        #expect(throws: WireError.signature) { try other.message(from: recording.frames) }
    }

    @Test func anyOtherNumberOfFramesIsRefused() throws {
        let recording = try Recording.all()[0]
        let format = try recording.format
        for count in 0..<recording.frames.count {
            #expect(throws: WireError.frames(count: count)) { try format.message(from: Array(recording.frames.prefix(count))) }
        }
        var frames = recording.frames
        frames.remove(at: 1)
        #expect(throws: WireError.self) { try format.message(from: frames) }
    }

    @Test(arguments: [
        ["[]", "{}", "{}", "{}"], ["{}", "{}", "{}", "{}"], ["{\"msg_id\": \"1\"}", "{}", "{}", "{}"],
        ["{\"msg_type\": 3, \"msg_id\": \"1\"}", "{}", "{}", "{}"], ["{\"msg_type\": \"a\"}", "{}", "{}", "{}"],
        ["{\"msg_type\": \"a\", \"msg_id\": \"1\"}", "null", "{}", "{}"], ["{\"msg_type\": \"a\", \"msg_id\": \"1\"}", "{}", "\"x\"", "{}"],
        ["{\"msg_type\": \"a\", \"msg_id\": \"1\"}", "{}", "{}", ""], ["{\"msg_type\": \"a\", \"msg_id\": \"1\"}", "{}", "{}", "{"],
    ])
    func signedNonsenseIsRefused(parts: [String]) throws {
        let signer = try MessageSigner(key: "k")
        let bytes = parts.map { Array($0.utf8) }
        let frames = [WireFormat.delimiter, signer.signature(of: bytes)] + bytes
        #expect(throws: WireError.self) { try WireFormat(signer: signer).message(from: frames) }
    }

    @Test func anEmptyKeySwitchesSigningOff() throws {
        let signer = try MessageSigner(key: "")
        #expect(signer.signature(of: [[1, 2]]).isEmpty)
        #expect(signer.verifies(Array("whatever".utf8), of: [[1, 2]]))
    }

    @Test func unknownSchemesAreRefused() {
        for scheme in ["", "sha256", "hmac-", "hmac-nonsense"] {
            #expect(throws: ConnectionFileError.self) { try MessageSigner(key: "k", scheme: scheme) }
        }
    }
}

@Suite struct ConnectionFileTests {
    static let good = """
        {"shell_port": 5001, "iopub_port": 5002, "stdin_port": 5003, "control_port": 5004, "hb_port": 5005, "ip": "127.0.0.1",
        "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "repl-kit", "jupyter_session": "x"}
        """

    private func changed(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        var object = try #require(try JSONValue(parsing: Self.good).object)
        change(&object)
        return JSONValue.object(object).bytes
    }

    @Test func readsAndWrites() throws {
        let file = try ConnectionFile(parsing: Array(Self.good.utf8))
        #expect(file.endpoint(.shell) == "tcp://127.0.0.1:5001")
        #expect(file.endpoint(.hb) == "tcp://127.0.0.1:5005")
        #expect(file.kernelName == "repl-kit")
        #expect(try ConnectionFile(parsing: Array(file.text.utf8)) == file)
        let six = try ConnectionFile(parsing: changed { $0["ip"] = "::1" })
        #expect(six.endpoint(.iopub) == "tcp://[::1]:5002")
        let ipc = try ConnectionFile(parsing: changed { $0["transport"] = "ipc"; $0["ip"] = "/run/kernel" })
        #expect(ipc.endpoint(.stdin) == "ipc:///run/kernel-5003")
    }

    @Test func namesWhatIsWrong() throws {
        let changes: [(String, JSONValue?)] = [
            ("shell_port", nil), ("hb_port", 70_000), ("iopub_port", "5"), ("ip", 4), ("ip", "*"), ("ip", ""), ("transport", "udp"),
            ("key", 5), ("curve_publickey", "short"),
        ]
        for (field, value) in changes {
            let bytes = try changed { $0[field] = value }
            #expect { try ConnectionFile(parsing: bytes) } throws: { ($0 as? ConnectionFileError)?.field == field }
        }
        // Half a pair must not end in a kernel without encryption.
        let half = try changed { $0["curve_publickey"] = .string(String(repeating: "a", count: 40)) }
        #expect { try ConnectionFile(parsing: half) } throws: { ($0 as? ConnectionFileError)?.field == "curve_secretkey" }
        #expect(throws: ConnectionFileError.self) { try ConnectionFile(parsing: Array("[1]".utf8)) }
        #expect(throws: ConnectionFileError.self) { try ConnectionFile(contentsOfFile: "/no/such/file.json") }
    }
}
