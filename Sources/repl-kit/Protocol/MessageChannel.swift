import Foundation

/// Messages over a descriptor: four bytes of length in network order, then JSON.
///
/// Writing may happen from any thread; reading belongs to one.
public final class MessageChannel: @unchecked Sendable {
    public let descriptor: Int32
    private let writing = NSLock()
    private var buffer: [UInt8] = []

    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// Sends one message whole.
    ///
    /// - Throws: `ChannelError` when the other side is gone; `EncodingError`.
    public func send<Message: Encodable>(_ message: Message) throws {
        let body = try JSONEncoder().encode(message)
        var frame = withUnsafeBytes(of: UInt32(body.count).bigEndian) { [UInt8]($0) }
        frame.append(contentsOf: body)
        writing.lock()
        defer { writing.unlock() }
        var sent = 0
        while sent < frame.count {
            let count = frame[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw ChannelError.closed(String(cString: strerror(errno)))
            }
            sent += count
        }
    }

    /// Waits for the next message.
    ///
    /// - Returns: nil when the other side has closed.
    /// - Throws: `DecodingError` for a message that is not of the type.
    public func receive<Message: Decodable>(_ type: Message.Type) throws -> Message? {
        while true {
            if let message = try nextBuffered(type) { return message }
            guard try fill(waiting: true) else { return nil }
        }
    }

    /// Takes a message that has arrived whole, without reading the descriptor.
    public func nextBuffered<Message: Decodable>(_ type: Message.Type) throws -> Message? {
        guard buffer.count >= 4 else { return nil }
        let length = buffer[0..<4].reduce(0) { $0 << 8 | Int($1) }
        guard buffer.count >= 4 + length else { return nil }
        let body = Data(buffer[4..<4 + length])
        buffer.removeFirst(4 + length)
        return try JSONDecoder().decode(type, from: body)
    }

    /// Forgets what has arrived and what waits on the descriptor: the other side is not what it was.
    public func discardBuffered() {
        while (try? fill(waiting: false)) == true {}
        buffer = []
    }

    /// Reads what the descriptor has into the buffer.
    ///
    /// - Returns: false when the other side has closed, or when nothing could be read.
    @discardableResult
    public func fill(waiting: Bool) throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, waiting ? 0 : Int32(MSG_DONTWAIT))
            if count > 0 {
                buffer.append(contentsOf: chunk[0..<count])
                return true
            }
            if count < 0, errno == EINTR { continue }
            return false
        }
    }
}

/// The other side of a channel cannot be reached.
public enum ChannelError: Error, CustomStringConvertible {
    case closed(String)

    public var description: String {
        switch self {
        case .closed(let reason): "the channel is closed: \(reason)"
        }
    }
}
