import Foundation

/// Why a connection file was refused.
public struct ConnectionFileError: Error, Sendable, Equatable, CustomStringConvertible {
    public var path: String?
    public var field: String?
    public var reason: String

    public init(path: String? = nil, field: String? = nil, reason: String) {
        self.path = path
        self.field = field
        self.reason = reason
    }

    public var description: String { [path, field, reason].compactMap(\.self).joined(separator: ": ") }
}

/// Where a kernel listens and how its messages are signed, as the front end's connection file says.
public struct ConnectionFile: Sendable, Equatable {
    public enum Transport: String, Sendable { case tcp, ipc }
    public enum Channel: String, Sendable, CaseIterable { case shell, iopub, stdin, control, hb }

    /// CurveZMQ keys in Z85, 40 characters each.
    public struct CurveKeys: Sendable, Equatable {
        public var publicKey: String
        public var secretKey: String

        public init(publicKey: String, secretKey: String) {
            self.publicKey = publicKey
            self.secretKey = secretKey
        }
    }

    public var transport: Transport
    /// The address to bind, or for `ipc` the beginning of the sockets' paths.
    public var address: String
    /// Port numbers; for `ipc` the ends of the sockets' paths. 0 lets the system choose.
    public var ports: [Channel: Int]
    public var key: String
    public var signatureScheme: String
    public var curve: CurveKeys?
    public var kernelName: String?

    public init(
        transport: Transport = .tcp, address: String = "127.0.0.1", ports: [Channel: Int] = [:], key: String,
        signatureScheme: String = "hmac-sha256", curve: CurveKeys? = nil, kernelName: String? = nil
    ) {
        self.transport = transport
        self.address = address
        self.ports = ports
        self.key = key
        self.signatureScheme = signatureScheme
        self.curve = curve
        self.kernelName = kernelName
    }

    /// The ZeroMQ endpoint of a channel.
    public func endpoint(_ channel: Channel) -> String {
        let port = ports[channel] ?? 0
        switch transport {
        case .ipc: return "ipc://\(address)-\(port)"
        // A colon is part of an IPv6 address.
        case .tcp: return address.contains(":") && !address.hasPrefix("[") ? "tcp://[\(address)]:\(port)" : "tcp://\(address):\(port)"
        }
    }

    /// Reads a connection file.
    ///
    /// - Throws: ``ConnectionFileError`` naming the field and what was expected.
    public init(contentsOfFile path: String) throws(ConnectionFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConnectionFileError(path: path, reason: "the file cannot be read")
        }
        do {
            try self.init(parsing: [UInt8](data))
        } catch {
            throw ConnectionFileError(path: path, field: error.field, reason: error.reason)
        }
    }

    /// Reads a connection file's text.
    public init(parsing bytes: [UInt8]) throws(ConnectionFileError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw ConnectionFileError(reason: error.description)
        }
        guard let object = value.object else { throw ConnectionFileError(reason: "expected a JSON object") }
        func text(_ field: String, default standard: String?) throws(ConnectionFileError) -> String {
            guard let value = object[field] else {
                if let standard { return standard }
                throw ConnectionFileError(field: field, reason: "is missing")
            }
            guard let text = value.string else { throw ConnectionFileError(field: field, reason: "is \(value.text); expected text") }
            return text
        }
        let transportName = try text("transport", default: "tcp")
        guard let transport = Transport(rawValue: transportName) else {
            throw ConnectionFileError(field: "transport", reason: "is \"\(transportName)\"; expected \"tcp\" or \"ipc\"")
        }
        var ports: [Channel: Int] = [:]
        for channel in Channel.allCases {
            let field = channel.rawValue + "_port"
            guard let value = object[field] else { throw ConnectionFileError(field: field, reason: "is missing") }
            guard let port = value.int, (0...65535).contains(port) else {
                throw ConnectionFileError(field: field, reason: "is \(value.text); expected a number from 0 to 65535")
            }
            ports[channel] = port
        }
        self.init(
            transport: transport, address: try text("ip", default: transport == .tcp ? "127.0.0.1" : nil), ports: ports,
            key: try text("key", default: ""), signatureScheme: try text("signature_scheme", default: "hmac-sha256"),
            curve: try Self.curveKeys(object), kernelName: object["kernel_name"]?.string)
        guard !address.isEmpty, address != "*" else {
            throw ConnectionFileError(
                field: "ip", reason: "is \"\(address)\"; expected the address to listen on (0.0.0.0 for all of this machine's)")
        }
    }

    /// Half a key pair, or keys of the wrong form, must not end in a kernel that listens without encryption.
    private static func curveKeys(_ object: JSONObject) throws(ConnectionFileError) -> CurveKeys? {
        func key(_ field: String) throws(ConnectionFileError) -> String? {
            guard let value = object[field], value != .null else { return nil }
            guard let text = value.string, text.utf8.count == 40 else {
                throw ConnectionFileError(field: field, reason: "expected a key of 40 characters in Z85")
            }
            return text
        }
        let (publicKey, secretKey) = (try key("curve_publickey"), try key("curve_secretkey"))
        switch (publicKey, secretKey) {
        case (nil, nil): return nil
        case (let publicKey?, let secretKey?): return CurveKeys(publicKey: publicKey, secretKey: secretKey)
        default:
            throw ConnectionFileError(
                field: publicKey == nil ? "curve_publickey" : "curve_secretkey", reason: "is missing, and the other key is given")
        }
    }

    /// The file's text, for a kernel that a front end did not start.
    public var text: String {
        var object: JSONObject = [
            "transport": .string(transport.rawValue), "ip": .string(address), "key": .string(key),
            "signature_scheme": .string(signatureScheme), "kernel_name": .string(kernelName ?? ""),
        ]
        for channel in Channel.allCases { object[channel.rawValue + "_port"] = .integer(ports[channel] ?? 0) }
        if let curve {
            object["curve_publickey"] = .string(curve.publicKey)
            object["curve_secretkey"] = .string(curve.secretKey)
        }
        return JSONValue.object(object).notebookText
    }
}
