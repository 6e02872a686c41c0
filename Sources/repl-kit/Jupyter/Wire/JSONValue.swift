/// A JSON value as it was written: the order of keys and the digits of numbers are kept, so that a notebook
/// file or a message's metadata can be given back without loss (`1.0` stays `1.0`, and 64-bit identifiers stay
/// exact).
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number's text. `NaN`, `Infinity` and `-Infinity`, which JSON does not have and Python writes, are kept too.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

    public static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    public var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }
    public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    /// A member of an object; `nil` when this is no object or has no such key.
    public subscript(key: String) -> JSONValue? { object?[key] }
}

/// A JSON object: keys in the order in which they were written. Two objects with the same members are equal,
/// whatever their order.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public private(set) var members: [(key: String, value: JSONValue)] = []
    /// The place of each key in `members`.
    private var places: [String: Int] = [:]

    public init() {}

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    public var keys: [String] { members.map(\.key) }
    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }

    /// The value of a key. Setting keeps the key's place or adds it at the end; `nil` removes it.
    public subscript(key: String) -> JSONValue? {
        get { places[key].map { members[$0].value } }
        set {
            if let place = places[key] {
                if let newValue {
                    members[place].value = newValue
                } else {
                    members.remove(at: place)
                    places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.key, $0) })
                }
            } else if let newValue {
                places[key] = members.count
                members.append((key, newValue))
            }
        }
    }

    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
