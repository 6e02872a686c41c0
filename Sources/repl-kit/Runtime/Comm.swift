import Foundation
import NotebookProtocol

/// A channel between the cells and a component of the front end, as Jupyter's widgets and extensions use it.
///
/// ```swift
/// let comm = try Comm(target: "my-plot", data: ["width": 640])
/// comm.onMessage { message in print(try message.decoded(as: [String: Double].self)) }
/// try comm.send(["points": [1.5, 2.5]])
/// ```
///
/// Handlers run between the cells, one at a time, as a cell would: one that throws, traps or is interrupted leaves
/// the session as it was before the message.
public final class Comm: @unchecked Sendable {
    /// What comes over a comm.
    public struct Message: Sendable {
        /// The object that was sent, as JSON.
        public let json: String
        /// Bytes that were sent beside it.
        public let buffers: [Data]

        /// The object as a value of a type.
        ///
        /// - Throws: `DecodingError` when the object is not of the type.
        public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(json.utf8))
        }
    }

    public typealias Handler = (Message) throws -> Void

    /// The comm's own name on both sides.
    public let identifier: String
    /// What the comm is for.
    public let target: String
    private let lock = NSLock()
    private var isOpenNow = true
    private var messageHandler: Handler?
    private var closeHandler: Handler?

    /// Opens a comm at the front end.
    ///
    /// - Parameters:
    ///   - target: The name by which the front end knows who takes the comm.
    ///   - data: What the other side gets with it: a value that JSON writes as an object.
    ///   - buffers: Bytes to go beside it.
    /// - Throws: `CommError.notAnObject`; `EncodingError`.
    public init(target: String, data: some Encodable = [String: String](), buffers: [Data] = []) throws {
        let text = try Comm.object(data)
        self.target = target
        identifier = UUID().uuidString.lowercased()
        CommCenter.current.open(self)
        NotebookContext.current.report(
            .comm(CommMessage(kind: .opened, identifier: identifier, target: target, data: text, buffers: buffers)))
    }

    /// A comm that the front end has opened.
    init(opened message: CommMessage) {
        target = message.target
        identifier = message.identifier
    }

    /// Registers what is done when the front end opens a comm of a target; the registration before it ends.
    ///
    /// - Parameter handler: Gets the comm and what came with it; it may set the comm's own handlers.
    public static func register(target: String, handler: @escaping (Comm, Message) throws -> Void) {
        CommCenter.current.register(target, handler)
    }

    /// Whether neither side has closed the comm.
    public var isOpen: Bool { lock.withLock { isOpenNow } }

    /// Sends a value that JSON writes as an object.
    ///
    /// - Throws: `CommError.isClosed`, `CommError.notAnObject`; `EncodingError`.
    public func send(_ data: some Encodable, buffers: [Data] = []) throws {
        guard isOpen else { throw CommError.isClosed(target: target) }
        NotebookContext.current.report(
            .comm(CommMessage(kind: .message, identifier: identifier, data: try Comm.object(data), buffers: buffers)))
    }

    /// Closes the comm on both sides; a second time nothing happens.
    public func close() {
        guard markClosed() else { return }
        NotebookContext.current.report(.comm(CommMessage(kind: .closed, identifier: identifier)))
    }

    /// Says what is done with each message from the front end.
    public func onMessage(_ handler: @escaping Handler) { lock.withLock { messageHandler = handler } }

    /// Says what is done when the front end closes the comm.
    public func onClose(_ handler: @escaping Handler) { lock.withLock { closeHandler = handler } }

    func receive(_ message: CommMessage) throws {
        if message.kind == .closed { _ = markClosed() }
        let handler = lock.withLock { message.kind == .closed ? closeHandler : messageHandler }
        try handler?(Message(json: message.data, buffers: message.buffers))
    }

    private func markClosed() -> Bool {
        CommCenter.current.forget(identifier)
        return lock.withLock {
            defer { isOpenNow = false }
            return isOpenNow
        }
    }

    private static func object(_ data: some Encodable) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(data), as: UTF8.self)
        guard text.hasPrefix("{") else { throw CommError.notAnObject(String(text.prefix(60))) }
        return text
    }
}

/// Why a comm cannot be used so.
public enum CommError: Error, CustomStringConvertible, Equatable {
    case notAnObject(String)
    case isClosed(target: String)

    public var description: String {
        switch self {
        case .notAnObject(let text):
            "data: \(text); expected a value that JSON writes as an object, such as a dictionary"
        case .isClosed(let target): "the comm of the target \"\(target)\" is closed"
        }
    }
}

/// The comms of this process.
final class CommCenter: @unchecked Sendable {
    static let current = CommCenter()

    private let lock = NSLock()
    private var targets: [String: (Comm, Comm.Message) throws -> Void] = [:]
    /// A comm lives until it is closed, whoever else holds it.
    private var comms: [String: Comm] = [:]

    func register(_ target: String, _ handler: @escaping (Comm, Comm.Message) throws -> Void) {
        lock.withLock { targets[target] = handler }
    }

    func open(_ comm: Comm) { lock.withLock { comms[comm.identifier] = comm } }

    func forget(_ identifier: String) { _ = lock.withLock { comms.removeValue(forKey: identifier) } }

    /// Takes a message from the front end. One that nobody takes is reported as refused.
    func receive(_ message: CommMessage) -> CellEnd {
        do {
            if message.kind == .opened, let handler = lock.withLock({ targets[message.target] }) {
                let comm = Comm(opened: message)
                open(comm)
                try handler(comm, Comm.Message(json: message.data, buffers: message.buffers))
            } else if message.kind != .opened, let comm = lock.withLock({ comms[message.identifier] }) {
                try comm.receive(message)
            } else {
                NotebookContext.current.report(.commRefused(identifier: message.identifier))
            }
            return .completed
        } catch {
            return thrown(error)
        }
    }
}
