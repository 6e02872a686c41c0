internal import CSwiftCore
import Mathematics
import Numerics

/// A Swift type that an argument from Python becomes.
protocol PythonInput {
    /// Throws a `Failure`.
    init(python object: Object) throws
}

/// A Swift type that becomes a Python object.
protocol PythonOutput {
    /// A new reference. The value is given up, so that its memory need not be copied.
    consuming func python() throws -> Object
}

// MARK: Numbers

/// The exception for a number of the wrong kind or size.
@inline(never)
func numberFailure(_ status: Int32, _ expected: String, _ object: Object) -> Failure {
    switch status {
    case -1: .type(expected, object)
    case -2:
        .argument(
            kind: SWIFTCORE_OVERFLOW_ERROR, path: "", message: "expected \(expected), got \(Failure.described(object))")
    default: .raised
    }
}

extension Double: PythonInput, PythonOutput {
    @inline(__always)
    init(python object: Object) throws {
        self = 0
        let status = swiftcore_as_double(object, &self)
        if status != 0 { throw numberFailure(status, "a real number", object) }
    }
    func python() throws -> Object { try checked(swiftcore_float(self)) }
}

extension Float: PythonInput, PythonOutput {
    init(python object: Object) throws { self = Float(try Double(python: object)) }
    func python() throws -> Object { try checked(swiftcore_float(Double(self))) }
}

extension Int: PythonInput, PythonOutput {
    init(python object: Object) throws {
        var value: Int64 = 0
        let status = swiftcore_as_int64(object, &value)
        if status != 0 { throw numberFailure(status, "an integer of 64 bits", object) }
        self = Int(value)
    }
    func python() throws -> Object { try checked(swiftcore_int64(Int64(self))) }
}

extension UInt64: PythonInput, PythonOutput {
    init(python object: Object) throws {
        self = 0
        let status = swiftcore_as_uint64(object, &self)
        if status != 0 { throw numberFailure(status, "an integer from 0 to 2**64 - 1", object) }
    }
    func python() throws -> Object { try checked(swiftcore_uint64(self)) }
}

extension Bool: PythonInput, PythonOutput {
    init(python object: Object) throws {
        self = false
        let status = swiftcore_as_bool(object, &self)
        if status != 0 { throw numberFailure(status, "True or False", object) }
    }
    func python() throws -> Object { try checked(swiftcore_bool(self)) }
}

extension Complex: PythonInput where RealType == Double {
    init(python object: Object) throws {
        var (real, imaginary) = (0.0, 0.0)
        let status = swiftcore_as_complex(object, &real, &imaginary)
        if status != 0 { throw numberFailure(status, "a complex number", object) }
        self.init(real, imaginary)
    }
}

extension Complex: PythonOutput where RealType == Double {
    func python() throws -> Object { try checked(swiftcore_complex(real, imaginary)) }
}

extension String: PythonInput, PythonOutput {
    init(python object: Object) throws {
        guard swiftcore_is_string(object) else { throw Failure.type("a string", object) }
        var count = 0
        guard let text = swiftcore_utf8(object, &count) else { throw Failure.raised }
        self = text.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }
    func python() throws -> Object { try checked(swiftcore_string(self, utf8.count)) }
}

// MARK: Combinations

extension Optional: PythonInput where Wrapped: PythonInput {
    init(python object: Object) throws {
        self = swiftcore_is_none(object) ? nil : try Wrapped(python: object)
    }
}

extension Optional: PythonOutput where Wrapped: PythonOutput {
    consuming func python() throws -> Object {
        switch consume self {
        case .none: swiftcore_none()
        case .some(let value): try value.python()
        }
    }
}

extension ClosedRange: PythonInput where Bound: PythonInput {
    /// A pair (lowest, highest).
    init(python object: Object) throws {
        let ends: [Bound] = try elements(of: object, expected: "a pair (lowest, highest)") { try Bound(python: $0) }
        guard ends.count == 2 else { throw Failure.type("a pair (lowest, highest)", object) }
        guard ends[0] <= ends[1] else {
            throw Failure.value("expected lowest <= highest, got (\(ends[0]), \(ends[1]))")
        }
        self = ends[0]...ends[1]
    }
}

extension ClosedRange: PythonOutput where Bound: PythonOutput {
    func python() throws -> Object { try tuple(lowerBound.python(), upperBound.python()) }
}

/// The elements of a list, tuple or other sequence.
func elements<Element>(
    of object: Object, expected: String, _ convert: (Object) throws -> Element
) throws -> [Element] {
    let count = swiftcore_count(object)
    guard count >= 0 else { throw Failure.type(expected, object) }
    var result: [Element] = []
    result.reserveCapacity(count)
    for index in 0..<count {
        let item = try checked(swiftcore_item(object, index))
        defer { swiftcore_release(item) }
        result.append(try locating("[\(index)]") { try convert(item) })
    }
    return result
}

extension Array: PythonInput where Element: PythonInput {
    init(python object: Object) throws {
        // Numbers come from an array's memory; records of numbers may.
        if let type = Element.self as? any BufferElement.Type {
            self = try Self.numbers(object, type)
        } else if let type = Element.self as? any NumberRecord.Type, let rows = try Self.records(object, type) {
            self = rows
        } else if let type = Element.self as? any BufferRow.Type, let rows = try Self.rows(object, type) {
            self = rows
        } else {
            self = try elements(of: object, expected: "a sequence") { try Element(python: $0) }
        }
    }
}

extension Array {
    // The element's type by another name. An array of it is cast as a whole: called through the existential, these
    // would put every element in a box.

    fileprivate static func numbers<Number: BufferElement>(_ object: Object, _ type: Number.Type) throws -> Self {
        recast(try Number.array(object))
    }

    fileprivate static func records<Record: NumberRecord>(_ object: Object, _ type: Record.Type) throws -> Self? {
        try Record.records(in: object).map { recast($0) }
    }

    fileprivate static func rows<Row: BufferRow>(_ object: Object, _ type: Row.Type) throws -> Self? {
        try Row.rows(of: object).map { recast($0) }
    }

    private static func recast<Given, Wanted>(_ array: Given, to type: Wanted.Type = Self.self) -> Wanted {
        array as! Wanted
    }
}

extension Array: PythonOutput where Element: PythonOutput {
    consuming func python() throws -> Object {
        if let type = Element.self as? any BufferElement.Type { return try type.object(of: consume self) }
        let items = consume self
        var objects: [Object?] = []
        objects.reserveCapacity(items.count)
        do {
            for item in items { objects.append(try item.python()) }
        } catch {
            for case let object? in objects { swiftcore_release(object) }
            throw error
        }
        return try checked(swiftcore_list(objects, objects.count))
    }
}

extension Dictionary: PythonOutput where Key: PythonOutput & Comparable, Value: PythonOutput {
    /// A dict in increasing order of its keys, so that it is the same in every run.
    consuming func python() throws -> Object {
        let items = consume self
        let dictionary = try checked(swiftcore_dictionary())
        do {
            for (key, value) in items.sorted(by: { $0.key < $1.key }) {
                let key = try key.python()
                guard swiftcore_set_item(dictionary, key, try value.python()) == 0 else { throw Failure.raised }
            }
        } catch {
            swiftcore_release(dictionary)
            throw error
        }
        return dictionary
    }
}

/// A plain tuple of new references, which it takes over.
func tuple(_ items: Object?...) throws -> Object { try checked(swiftcore_tuple(items, items.count)) }

/// A named tuple of the type with this number, of new references, which it takes over.
@inline(__always)
func namedTuple(_ type: Int32, _ items: Object?...) throws -> Object {
    try checked(swiftcore_named_tuple(type, items, items.count))
}

// MARK: Structures and enumerations

/// The fields of a structure: given as a tuple (a named one, such as results are) in the order of the fields, or as
/// a dict under their names.
struct Fields {
    let object: Object
    private let isDictionary: Bool
    private let names: [StaticString]
    private let count: Int

    /// - Parameter required: how many fields, at the front of a tuple, cannot be left out.
    init(_ object: Object, of type: StaticString, names: [StaticString], required: Int) throws {
        self.object = object
        self.names = names
        isDictionary = swiftcore_is_dictionary(object)
        let text = "a \(type): (\(names.map { "\($0)" }.joined(separator: ", ")))"
        count = isDictionary ? names.count : swiftcore_count(object)
        guard isDictionary || count >= required && count <= names.count else {
            throw Failure.type(text, object)
        }
        if isDictionary {
            let keys = try checked(swiftcore_dictionary_keys(object))
            defer { swiftcore_release(keys) }
            for key in try [String](python: keys) where !names.contains(where: { "\($0)" == key }) {
                throw Failure.argument(
                    kind: SWIFTCORE_TYPE_ERROR, path: "", message: "has no field '\(key)': expected \(text)")
            }
        }
    }

    /// A field that must be given.
    func value<Value: PythonInput>(_ index: Int) throws -> Value {
        guard let value: Value = try given(index) else {
            throw Failure.argument(kind: SWIFTCORE_TYPE_ERROR, path: "\(names[index])", message: "is missing")
        }
        return value
    }

    /// A field, or its default.
    func value<Value: PythonInput>(_ index: Int, or standard: @autoclosure () -> Value) throws -> Value {
        try given(index) ?? standard()
    }

    private func given<Value: PythonInput>(_ index: Int) throws -> Value? {
        try locating("\(names[index])") {
            if isDictionary {
                let name = names[index]
                let item = swiftcore_dictionary_item(
                    object, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
                return try item.map { try Value(python: $0) }
            }
            guard index < count else { return nil }
            let item = try checked(swiftcore_item(object, index))
            defer { swiftcore_release(item) }
            return try Value(python: item)
        }
    }
}

/// The case of an enumeration: its name, or a tuple of the name and what belongs to it.
struct CaseName {
    let name: String
    private let object: Object?
    private let count: Int

    init(_ object: Object, expected: StaticString) throws {
        if swiftcore_is_string(object) {
            name = try String(python: object)
            (self.object, count) = (nil, 0)
            return
        }
        let count = swiftcore_is_list_or_tuple(object) ? swiftcore_count(object) : 0
        guard count >= 1 else { throw Failure.type("\(expected)", object) }
        let first = try checked(swiftcore_item(object, 0))
        defer { swiftcore_release(first) }
        guard swiftcore_is_string(first) else { throw Failure.type("\(expected)", object) }
        name = try String(python: first)
        (self.object, self.count) = (object, count - 1)
    }

    /// What follows the name in the tuple, or the default.
    func value<Value: PythonInput>(_ index: Int, _ label: StaticString, or standard: Value?) throws -> Value {
        if let object, index < count {
            let item = try checked(swiftcore_item(object, index + 1))
            defer { swiftcore_release(item) }
            return try locating("\(label)") { try Value(python: item) }
        }
        guard let standard else {
            throw Failure.argument(
                kind: SWIFTCORE_TYPE_ERROR, path: "", message: "'\(name)' needs a value for \(label)")
        }
        return standard
    }

    func unknown(_ expected: StaticString) -> Failure { .value("expected \(expected), got '\(name)'") }
}
