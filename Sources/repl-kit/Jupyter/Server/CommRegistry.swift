import Foundation

/// The comms that are open: channels of their own between a front end's component and the kernel.
public final class CommRegistry: @unchecked Sendable {
    /// A message to a comm, or the data with which it was opened or closed.
    public struct Message: Sendable {
        public enum Kind: Sendable { case opened, message, closed }

        public var kind: Kind
        public var identifier: String
        public var target: String
        public var data: JSONValue
        public var metadata: JSONObject
        public var buffers: [[UInt8]]
    }

    private let lock = NSLock()
    private var targets: [String: @Sendable (Message) -> Void] = [:]
    private var open: [String: String] = [:]

    /// Registers what a front end can open by a name. The handler is called on the kernel's thread.
    public func register(target: String, handler: @escaping @Sendable (Message) -> Void) {
        lock.withLock { targets[target] = handler }
    }

    /// Open comms and their targets, those of one target or all.
    func list(target: String?) -> [String: String] {
        lock.withLock { target.map { name in open.filter { $0.value == name } } ?? open }
    }

    func opened(_ identifier: String, target: String) { lock.withLock { open[identifier] = target } }

    func closed(_ identifier: String) { lock.withLock { open[identifier] = nil } }

    /// Takes a front end's message.
    ///
    /// - Returns: Whether a handler was registered here; what has none is the backend's.
    func receive(_ message: WireMessage) -> Bool {
        guard let identifier = message.content["comm_id"]?.string else { return false }
        let data = message.content["data"] ?? [:]
        let (target, handler) = lock.withLock { () -> (String?, (@Sendable (Message) -> Void)?) in
            let target = message.type == "comm_open" ? message.content["target_name"]?.string : open[identifier]
            guard let target, let handler = targets[target] else { return (target, nil) }
            switch message.type {
            case "comm_open": open[identifier] = target
            case "comm_close": open[identifier] = nil
            default: break
            }
            return (target, handler)
        }
        guard let target, let handler else { return false }
        let kind: Message.Kind =
            switch message.type {
            case "comm_open": .opened
            case "comm_close": .closed
            default: .message
            }
        handler(
            Message(
                kind: kind, identifier: identifier, target: target, data: data, metadata: message.metadata, buffers: message.buffers))
        return true
    }
}
