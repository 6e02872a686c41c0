import Foundation
import NotebookProtocol

extension KernelServer {
    /// Serves an `execute_request`: the reply is sent after all output, and after it the caller says "idle".
    func execute(_ message: WireMessage) {
        guard let code = message.content["code"]?.string else {
            return reply("execute_reply", Self.refusal("code", message.content["code"]), to: message, on: .shell)
        }
        let isSilent = message.content["silent"]?.bool ?? false
        let isStored = !isSilent && (message.content["store_history"]?.bool ?? true)
        let stopsOnError = message.content["stop_on_error"]?.bool ?? true
        let isEmpty = code.allSatisfy(\.isWhitespace)
        if isStored, !isEmpty { executionCount += 1 }
        let number = executionCount
        if !isSilent {
            publisher.publish("execute_input", ["code": .string(code), "execution_count": .integer(number)], parent: message, waits: false)
        }
        let io = CellConnection(
            server: self, request: message, number: number, isSilent: isSilent,
            allowsInput: message.content["allow_stdin"]?.bool ?? false)
        let cell = KernelCell(code: code, number: number, isSilent: isSilent)
        let outcome = isEmpty ? .succeeded : backend.execute(cell, io: io)
        if isStored, !isEmpty { history.add(line: number, input: code, output: io.resultText) }

        var content: JSONObject = ["status": "ok", "execution_count": .integer(number)]
        switch outcome {
        case .succeeded:
            content["user_expressions"] = .object(expressions(message, io))
            content["payload"] = .array(io.payloads)
        case .failed(let failure):
            if !isSilent { publisher.publish("error", failure.content, parent: message, waits: false) }
            content["status"] = "error"
            for (key, value) in failure.content.members { content[key] = value }
            content["user_expressions"] = [:]
            content["payload"] = []
            if stopsOnError, !isSilent {
                // What the front end had sent before it could know of the failure is here after this.
                transport.drain()
                shell.abortExecutions()
            }
        }
        io.close()
        reply("execute_reply", content, to: message, on: .shell)
    }

    private func expressions(_ message: WireMessage, _ io: CellConnection) -> JSONObject {
        var results = JSONObject()
        for (name, expression) in message.content["user_expressions"]?.object?.members ?? [] {
            guard let expression = expression.string else {
                results[name] = .object(Self.refusal("user_expressions.\(name)", expression))
                continue
            }
            switch backend.evaluate(expression, io: io) {
            case .success(let bundle):
                results[name] = ["status": "ok", "data": .object(Self.data(bundle)), "metadata": [:]]
            case .failure(let failure):
                var content = failure.content
                content["status"] = "error"
                results[name] = .object(content)
            }
        }
        return results
    }

    /// The answer to a request whose content is not as the protocol has it.
    static func refusal(_ field: String, _ value: JSONValue?) -> JSONObject {
        let found = value.map { "is \($0.text.prefix(64))" } ?? "is missing"
        return [
            "status": "error", "ename": "InvalidRequest", "evalue": .string("\(field) \(found); expected text"), "traceback": [],
        ]
    }

    /// A bundle as messages carry it: JSON types as JSON, all others as text.
    static func data(_ bundle: MimeBundle) -> JSONObject {
        var data = JSONObject()
        for (type, text) in bundle.representations.sorted(by: { $0.key < $1.key }) {
            let isJSON = type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
            data[type] = isJSON ? (try? JSONValue(parsing: text)) ?? .string(text) : .string(text)
        }
        return data
    }
}

/// A running cell's way to the front end that asked for it.
final class CellConnection: KernelCellIO, @unchecked Sendable {
    private let server: KernelServer
    private let request: WireMessage
    private let number: Int
    private let isSilent: Bool
    private let allowsInput: Bool
    private let lock = NSLock()
    private var storedPayloads: [JSONValue] = []
    private var storedResult: String?
    private var isClosed = false

    init(server: KernelServer, request: WireMessage, number: Int, isSilent: Bool, allowsInput: Bool) {
        self.server = server
        self.request = request
        self.number = number
        self.isSilent = isSilent
        self.allowsInput = allowsInput
    }

    var payloads: [JSONValue] { lock.withLock { storedPayloads } }
    var resultText: String? { lock.withLock { storedResult } }

    /// The cell has ended: what would come now would come after "idle".
    func close() { lock.withLock { isClosed = true } }

    func give(_ event: KernelEvent) {
        guard !lock.withLock({ isClosed }) else { return }
        func publish(_ type: String, _ content: JSONObject, metadata: JSONObject = [:], buffers: [[UInt8]] = []) {
            server.publisher.publish(type, content, parent: request, metadata: metadata, buffers: buffers)
        }
        func content(_ bundle: MimeBundle, _ metadata: JSONObject, _ identifier: String?) -> JSONObject {
            [
                "data": .object(KernelServer.data(bundle)), "metadata": .object(metadata),
                "transient": .object(identifier.map { ["display_id": .string($0)] } ?? [:]),
            ]
        }
        switch event {
        case .page(let bundle):
            let payload: JSONValue = ["source": "page", "data": .object(KernelServer.data(bundle)), "start": 0]
            lock.withLock { storedPayloads.append(payload) }
            return
        case .nextInput(let text, let replaces):
            let payload: JSONValue = ["source": "set_next_input", "text": .string(text), "replace": .bool(replaces)]
            // Of several only the last can be the next input.
            lock.withLock {
                storedPayloads.removeAll { $0["source"] == "set_next_input" }
                storedPayloads.append(payload)
            }
            return
        // Comms are no output of the cell: a silent one may use them.
        case .commOpen(let identifier, let target, let data, let metadata, let buffers):
            server.comms.opened(identifier, target: target)
            return publish(
                "comm_open", ["comm_id": .string(identifier), "target_name": .string(target), "data": data], metadata: metadata,
                buffers: buffers)
        case .commMessage(let identifier, let data, let metadata, let buffers):
            return publish("comm_msg", ["comm_id": .string(identifier), "data": data], metadata: metadata, buffers: buffers)
        case .commClose(let identifier, let data):
            server.comms.closed(identifier)
            return publish("comm_close", ["comm_id": .string(identifier), "data": data])
        default: break
        }
        guard !isSilent else { return }
        switch event {
        case .text(let stream, let text): server.publisher.publishText(text, stream: stream, parent: request)
        case .display(let bundle, let metadata, let identifier):
            publish("display_data", content(bundle, metadata, identifier))
        case .update(let bundle, let metadata, let identifier):
            publish("update_display_data", content(bundle, metadata, identifier))
        case .result(let bundle, let metadata):
            lock.withLock { storedResult = bundle[MimeBundle.plainText] }
            publish(
                "execute_result",
                ["execution_count": .integer(number), "data": .object(KernelServer.data(bundle)), "metadata": .object(metadata)])
        case .clear(let waits): publish("clear_output", ["wait": .bool(waits)])
        default: break
        }
    }

    func readLine(prompt: String, isPassword: Bool) throws(InputRefusal) -> String {
        guard allowsInput, !lock.withLock({ isClosed }) else { throw .notAllowed }
        server.publisher.flush()
        let format = server.format
        let request = format.message(
            "input_request", content: ["prompt": .string(prompt), "password": .bool(isPassword)], parent: self.request,
            identities: self.request.identities)
        return try server.input.ask(
            send: { server.transport.send(format.frames(of: $0), on: .stdin) }, request: request)
    }
}
