import Foundation

/// A message of the Jupyter messaging protocol.
public struct WireMessage: Sendable, Equatable {
    /// Where a ROUTER socket sends the message, or the topic on IOPub.
    public var identities: [[UInt8]]
    public var header: JSONObject
    public var parentHeader: JSONObject
    public var metadata: JSONObject
    public var content: JSONObject
    /// Binary data after the four signed parts.
    public var buffers: [[UInt8]]

    public init(
        identities: [[UInt8]] = [], header: JSONObject, parentHeader: JSONObject = [:], metadata: JSONObject = [:],
        content: JSONObject = [:], buffers: [[UInt8]] = []
    ) {
        self.identities = identities
        self.header = header
        self.parentHeader = parentHeader
        self.metadata = metadata
        self.content = content
        self.buffers = buffers
    }

    /// The message's type, such as "execute_request".
    public var type: String { header["msg_type"]?.string ?? "" }

    /// The message's own identifier.
    public var identifier: String { header["msg_id"]?.string ?? "" }
}

/// Why received frames are no message.
public enum WireError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The delimiter is missing, or fewer than five frames follow it.
    case frames(count: Int)
    case tooManyFrames(limit: Int)
    /// The signature does not belong to the message.
    case signature
    /// The same signed message came before.
    case replayed
    case part(String, reason: String)

    public var description: String {
        switch self {
        case .frames(let count):
            "\(count) frames; expected identities, <IDS|MSG>, a signature, header, parent header, metadata and content"
        case .tooManyFrames(let limit): "more than \(limit) frames"
        case .signature: "the signature does not belong to the message"
        case .replayed: "the same message came before"
        case .part(let name, let reason): "the \(name) is \(reason)"
        }
    }
}

/// Writes and reads messages as frames of a ZeroMQ multipart message.
///
/// `identities… <IDS|MSG> signature header parent_header metadata content buffers…`
public struct WireFormat: Sendable {
    public static let delimiter = Array("<IDS|MSG>".utf8)
    public static let protocolVersion = "5.5"

    public let signer: MessageSigner
    /// Names this process in the headers of its messages.
    public let session: String
    private let username: String

    public init(signer: MessageSigner, session: String = UUID().uuidString.lowercased()) {
        self.signer = signer
        self.session = session
        username = ProcessInfo.processInfo.environment["USER"] ?? "kernel"
    }

    /// A message of this process, dated now.
    public func message(
        _ type: String, content: JSONObject, parent: WireMessage?, identities: [[UInt8]] = [], metadata: JSONObject = [:],
        buffers: [[UInt8]] = []
    ) -> WireMessage {
        let header: JSONObject = [
            "msg_id": .string(UUID().uuidString.lowercased()), "session": .string(session), "username": .string(username),
            "date": .string(Self.date()), "msg_type": .string(type), "version": .string(Self.protocolVersion),
        ]
        return WireMessage(
            identities: identities, header: header, parentHeader: parent?.header ?? [:], metadata: metadata, content: content,
            buffers: buffers)
    }

    /// The frames of a message.
    public func frames(of message: WireMessage) -> [[UInt8]] {
        let parts = [message.header, message.parentHeader, message.metadata, message.content].map { JSONValue.object($0).bytes }
        return message.identities + [Self.delimiter, signer.signature(of: parts)] + parts + message.buffers
    }

    /// Reads a message. The signature is verified before anything is parsed.
    public func message(from frames: [[UInt8]]) throws(WireError) -> WireMessage {
        guard let delimiter = frames.firstIndex(of: Self.delimiter), frames.count >= delimiter + 6 else {
            throw .frames(count: frames.count)
        }
        let parts = frames[(delimiter + 2)..<(delimiter + 6)]
        guard signer.verifies(frames[delimiter + 1], of: parts) else { throw .signature }
        var objects: [JSONObject] = []
        for (name, part) in zip(["header", "parent header", "metadata", "content"], parts) {
            let value: JSONValue
            do {
                value = try JSONValue(parsing: part)
            } catch {
                throw .part(name, reason: error.description)
            }
            guard let object = value.object else { throw .part(name, reason: "not a JSON object") }
            objects.append(object)
        }
        guard let type = objects[0]["msg_type"]?.string, !type.isEmpty else { throw .part("header", reason: "without a msg_type") }
        guard objects[0]["msg_id"]?.string != nil else { throw .part("header", reason: "without a msg_id") }
        return WireMessage(
            identities: Array(frames[..<delimiter]), header: objects[0], parentHeader: objects[1], metadata: objects[2],
            content: objects[3], buffers: Array(frames[(delimiter + 6)...]))
    }

    /// Now in ISO 8601 with microseconds, UTC.
    private static func date() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        return String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday),
            Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), time.tv_nsec / 1000)
    }
}

/// Remembers the signatures of past messages, so that a recorded message cannot be sent again by somebody without the key.
struct ReplayGuard {
    private var seen: Set<[UInt8]> = []
    private var order: [[UInt8]] = []
    private let limit = 1 << 16

    /// Whether a signature is new.
    mutating func admits(_ signature: [UInt8]) -> Bool {
        guard seen.insert(signature).inserted else { return false }
        order.append(signature)
        if order.count > limit {
            for old in order.prefix(limit / 2) { seen.remove(old) }
            order.removeFirst(limit / 2)
        }
        return true
    }
}
