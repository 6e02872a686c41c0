import Foundation
import NotebookProtocol

/// The answers to requests that ask about something.
extension KernelServer {
    var kernelInformation: JSONObject {
        let language = backend.language
        return [
            "status": "ok", "protocol_version": .string(WireFormat.protocolVersion),
            "implementation": .string(language.implementation), "implementation_version": .string(language.implementationVersion),
            "language_info": .object(Self.languageInformation(language)), "banner": .string(language.banner), "debugger": false,
            "help_links": [
                ["text": "The Swift Programming Language", "url": "https://docs.swift.org/swift-book/"],
                ["text": "Swift Standard Library", "url": "https://developer.apple.com/documentation/swift"],
            ],
            "supported_features": [],
        ]
    }

    static func languageInformation(_ language: KernelLanguage) -> JSONObject {
        [
            "name": .string(language.name), "version": .string(language.version), "mimetype": .string(language.mimeType),
            "file_extension": .string(language.fileExtension), "pygments_lexer": .string(language.name),
            "codemirror_mode": .string(language.name),
        ]
    }

    var connectionContent: JSONObject {
        var content: JSONObject = ["status": "ok"]
        for channel in ConnectionFile.Channel.allCases {
            content[channel.rawValue + "_port"] = .integer(connection.ports[channel] ?? 0)
        }
        return content
    }

    func completeness(_ message: WireMessage) -> JSONObject {
        guard let code = message.content["code"]?.string else { return Self.refusal("code", message.content["code"]) }
        switch backend.isComplete(code) {
        case .complete: return ["status": "complete"]
        case .invalid: return ["status": "invalid"]
        case .unknown: return ["status": "unknown"]
        case .incomplete(let indentation): return ["status": "incomplete", "indent": .string(indentation)]
        }
    }

    /// The code and the cursor of a request; a cursor outside of the code is moved to its nearest end.
    private func place(_ message: WireMessage) -> (code: String, cursor: Int)? {
        guard let code = message.content["code"]?.string else { return nil }
        let count = code.unicodeScalars.count
        return (code, min(max(message.content["cursor_pos"]?.int ?? count, 0), count))
    }

    func completions(_ message: WireMessage) -> JSONObject {
        guard let (code, cursor) = place(message) else { return Self.refusal("code", message.content["code"]) }
        let completions = backend.complete(code, cursor: cursor)
        let (start, end) = (completions.range.lowerBound, completions.range.upperBound)
        // JupyterLab shows kinds and signatures that come so; others pass them over.
        let types = completions.candidates.map { candidate -> JSONValue in
            var object: JSONObject = [
                "start": .integer(start), "end": .integer(end), "text": .string(candidate.text),
                "type": .string(candidate.kind ?? "<unknown>"),
            ]
            if let signature = candidate.signature { object["signature"] = .string(signature) }
            return .object(object)
        }
        var texts: [String] = []
        var seen: Set<String> = []
        for candidate in completions.candidates where seen.insert(candidate.text).inserted { texts.append(candidate.text) }
        return [
            "status": "ok", "matches": .strings(texts), "cursor_start": .integer(start), "cursor_end": .integer(end),
            "metadata": ["_jupyter_types_experimental": .array(types)],
        ]
    }

    func inspection(_ message: WireMessage) -> JSONObject {
        guard let (code, cursor) = place(message) else { return Self.refusal("code", message.content["code"]) }
        let bundle = backend.inspect(code, cursor: cursor, detail: message.content["detail_level"]?.int ?? 0)
        return [
            "status": "ok", "found": .bool(bundle != nil), "data": .object(bundle.map(Self.data) ?? [:]), "metadata": [:],
        ]
    }

    func history(_ message: WireMessage) -> JSONObject {
        let content = message.content
        let entries: [KernelHistory.Entry]
        switch content["hist_access_type"]?.string {
        case "range":
            entries = history.range(
                session: content["session"]?.int ?? 0, start: content["start"]?.int ?? 0, stop: content["stop"]?.int)
        case "search":
            entries = history.search(
                pattern: content["pattern"]?.string ?? "*", count: content["n"]?.int, isUnique: content["unique"]?.bool ?? false)
        default: entries = history.tail(content["n"]?.int ?? 10)
        }
        let withOutput = content["output"]?.bool ?? false
        let items = entries.map { entry -> JSONValue in
            let input = JSONValue.string(entry.input)
            let last = withOutput ? [input, entry.output.map(JSONValue.string) ?? .null] : input
            return [.integer(entry.session), .integer(entry.line), last]
        }
        return ["status": "ok", "history": .array(items)]
    }

    func commInformation(_ message: WireMessage) -> JSONObject {
        var comms = JSONObject()
        for (identifier, target) in self.comms.list(target: message.content["target_name"]?.string).sorted(by: { $0.key < $1.key }) {
            comms[identifier] = ["target_name": .string(target)]
        }
        return ["status": "ok", "comms": .object(comms)]
    }

    func comm(_ message: WireMessage) {
        guard let identifier = message.content["comm_id"]?.string, !comms.receive(message) else { return }
        let data = (message.content["data"]?.object).map { JSONValue.object($0).text } ?? "{}"
        var received = CommMessage(
            kind: .message, identifier: identifier, data: data, buffers: message.buffers.map { Data($0) })
        switch message.type {
        case "comm_open":
            received.kind = .opened
            received.target = message.content["target_name"]?.string ?? ""
            comms.opened(identifier, target: received.target)
        case "comm_close":
            received.kind = .closed
            comms.closed(identifier)
        default: break
        }
        let io = CellConnection(
            server: self, request: message, number: executionCount, isSilent: false, allowsInput: false)
        defer { io.close() }
        guard let failure = backend.receive(received, io: io) else { return }
        // No request waits for an answer: what failed is told where its output went.
        publisher.publishText(failure.traceback.joined(separator: "\n") + "\n", stream: .stderr, parent: message)
        publisher.flush()
    }
}
