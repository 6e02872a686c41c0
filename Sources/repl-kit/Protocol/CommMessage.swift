import Foundation

/// What goes over a comm, the channel between a cell and a component of the front end.
public struct CommMessage: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable { case opened, message, closed }

    public var kind: Kind
    /// The comm's own name, a UUID as a rule.
    public var identifier: String
    /// What the comm is for, by which the other side finds who takes it. Empty but in `opened`.
    public var target: String
    /// A JSON object.
    public var data: String
    /// Bytes that go beside the object.
    public var buffers: [Data]

    public init(kind: Kind, identifier: String, target: String = "", data: String = "{}", buffers: [Data] = []) {
        self.kind = kind
        self.identifier = identifier
        self.target = target
        self.data = data
        self.buffers = buffers
    }
}
