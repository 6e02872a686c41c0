internal import CPythonBridge
public import Numerics

/// A Swift value that can be handed to Python.
///
/// Numbers, strings, arrays, dictionaries, optionals and ranges conform. Give your own type a Python form by
/// returning one, for example `PythonObject(["x": x, "y": y])`.
public protocol PythonConvertible {
    /// The value as a Python object. Where that fails, the object carries the exception.
    var pythonObject: PythonObject { get }
}

extension PythonObject: PythonConvertible {
    public var pythonObject: PythonObject { self }
}

extension PythonObject {
    /// A value of any type. `rangesAsSlices` is for subscripts; elsewhere a range is Python's `range`.
    static func converting(_ value: Any?, rangesAsSlices: Bool) -> PythonObject {
        guard let value else { return Python.None }
        if let object = value as? PythonObject { return object }
        if rangesAsSlices {
            if let range = value as? any PythonSliceConvertible { return range.pythonSlice }
            // `...` alone, which is a function in Swift's eyes.
            if value is (UnboundedRange_) -> Void || value is @Sendable (UnboundedRange_) -> Void {
                return PythonObject(catching: { try ellipsis() })
            }
        }
        if let convertible = value as? any PythonConvertible { return convertible.pythonObject }
        return PythonObject(catching: { try reflecting(value) })
    }

    /// Tuples, and collections of values that only the running program knows (`[Any]`, `[(Int, Int)]`).
    private static func reflecting(_ value: Any) throws -> PythonObject {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .tuple:
            return try tuple(of: mirror.children.map { PythonObject($0.value) })
        case .optional:
            return PythonObject(mirror.children.first?.value)
        case .collection:
            return try list(of: mirror.children.map { PythonObject($0.value) })
        case .set:
            return try Python.builtins.getAttribute("set")(list(of: mirror.children.map { PythonObject($0.value) }))
        case .dictionary:
            let pairs = mirror.children.map { Mirror(reflecting: $0.value).children.map(\.value) }
            return try dictionary(keys: pairs.map { PythonObject($0[0]) }, values: pairs.map { PythonObject($0[1]) })
        default:
            throw PythonError(
                typeName: "TypeError",
                message: "a Swift value of type \(type(of: value)) cannot be passed to Python: "
                    + "make the type PythonConvertible")
        }
    }

    // MARK: Containers

    static func ellipsis() throws -> PythonObject { try PythonInterpreter.object { _ in cpb_ellipsis() } }

    static func tuple(of elements: [PythonObject]) throws -> PythonObject {
        try withReferences(elements) { items, error in cpb_tuple(items, elements.count, error) }
    }

    static func list(of elements: [PythonObject]) throws -> PythonObject {
        try withReferences(elements) { items, error in cpb_list(items, elements.count, error) }
    }

    static func dictionary(keys: [PythonObject], values: [PythonObject]) throws -> PythonObject {
        let held = try values.map { try $0.reference() }
        return try withExtendedLifetime(held) {
            let values = held.map(\.pointer)
            return try withReferences(keys) { keys, error in cpb_dictionary(keys, values, values.count, error) }
        }
    }

    private static func withReferences(
        _ objects: [PythonObject],
        _ body: (
            UnsafePointer<UnsafeMutableRawPointer>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>
        ) -> UnsafeMutableRawPointer?
    ) throws -> PythonObject {
        let held = try objects.map { try $0.reference() }
        return try withExtendedLifetime(held) {
            let pointers = held.map(\.pointer)
            return try pointers.withUnsafeBufferPointer { items in
                try PythonInterpreter.object { body(items.baseAddress, $0) }
            }
        }
    }
}

// MARK: Scalars

extension Bool: PythonConvertible {
    public var pythonObject: PythonObject {
        PythonObject(catching: { try PythonInterpreter.object { _ in cpb_bool(self) } })
    }
}

extension Double: PythonConvertible {
    public var pythonObject: PythonObject {
        PythonObject(catching: { try PythonInterpreter.object { cpb_float(self, $0) } })
    }
}

extension Float: PythonConvertible {
    public var pythonObject: PythonObject { Double(self).pythonObject }
}

extension String: PythonConvertible {
    public var pythonObject: PythonObject {
        PythonObject(catching: {
            var text = self
            return try text.withUTF8 { utf8 in
                try PythonInterpreter.object { error in
                    utf8.withMemoryRebound(to: CChar.self) { characters in
                        // An empty string may have no address.
                        withUnsafePointer(to: CChar(0)) { nothing in
                            cpb_string(characters.baseAddress ?? nothing, characters.count, error)
                        }
                    }
                }
            }
        })
    }
}

extension Substring: PythonConvertible {
    public var pythonObject: PythonObject { String(self).pythonObject }
}

extension Character: PythonConvertible {
    public var pythonObject: PythonObject { String(self).pythonObject }
}

extension PythonConvertible where Self: FixedWidthInteger {
    /// A Python int.
    public var pythonObject: PythonObject {
        PythonObject(catching: {
            if let value = Int64(exactly: self) { return try PythonInterpreter.object { cpb_int(value, $0) } }
            if let value = UInt64(exactly: self) { return try PythonInterpreter.object { cpb_uint(value, $0) } }
            return try Python.builtins.int(String(self))
        })
    }
}

extension Int: PythonConvertible {}
extension Int8: PythonConvertible {}
extension Int16: PythonConvertible {}
extension Int32: PythonConvertible {}
extension Int64: PythonConvertible {}
extension UInt: PythonConvertible {}
extension UInt8: PythonConvertible {}
extension UInt16: PythonConvertible {}
extension UInt32: PythonConvertible {}
extension UInt64: PythonConvertible {}

extension Complex: PythonConvertible where RealType: BinaryFloatingPoint {
    public var pythonObject: PythonObject {
        PythonObject(catching: {
            try PythonInterpreter.object { cpb_complex(Double(real), Double(imaginary), $0) }
        })
    }
}

// MARK: Containers

extension Optional: PythonConvertible {
    /// None, or the value.
    public var pythonObject: PythonObject {
        switch self {
        case .none: Python.None
        case .some(let value): PythonObject(value)
        }
    }
}

extension Array: PythonConvertible {
    /// Numbers and bools, and rows of them, become a NumPy array (numbers without a copy; see `NumPyArray`) where
    /// NumPy is installed; anything else becomes a list.
    public var pythonObject: PythonObject { PythonObject(catching: { try NumPyArray.object(for: self) }) }
}

extension ArraySlice: PythonConvertible {
    public var pythonObject: PythonObject { Array(self).pythonObject }
}

extension ContiguousArray: PythonConvertible {
    public var pythonObject: PythonObject { Array(self).pythonObject }
}

extension Dictionary: PythonConvertible {
    /// A dict, in the order of the keys' descriptions: a Swift dictionary has another order in each process.
    public var pythonObject: PythonObject {
        PythonObject(catching: {
            let pairs = sorted { String(describing: $0.key) < String(describing: $1.key) }
            return try PythonObject.dictionary(
                keys: pairs.map { PythonObject($0.key) }, values: pairs.map { PythonObject($0.value) })
        })
    }
}

extension KeyValuePairs: PythonConvertible {
    /// A dict, in the order of the pairs.
    public var pythonObject: PythonObject {
        PythonObject(catching: {
            try PythonObject.dictionary(keys: map { PythonObject($0.key) }, values: map { PythonObject($0.value) })
        })
    }
}

extension Set: PythonConvertible {
    public var pythonObject: PythonObject {
        PythonObject(catching: {
            try Python.builtins.getAttribute("set")(PythonObject.list(of: map { PythonObject($0) }))
        })
    }
}

/// A Python tuple, for where a Swift tuple will not do: any number of elements, also only one or none.
public struct PythonTuple: PythonConvertible, Sendable {
    public let pythonObject: PythonObject

    /// `(elements[0], elements[1], ...)`.
    public init(_ elements: Any?...) {
        pythonObject = PythonObject(catching: { try PythonObject.tuple(of: elements.map { PythonObject($0) }) })
    }
}

/// A Python list, for where a function insists on one (an array of numbers is passed as a NumPy array).
public struct PythonList: PythonConvertible, Sendable {
    public let pythonObject: PythonObject

    /// A list of a sequence's elements.
    public init(_ elements: some Sequence) {
        pythonObject = PythonObject(catching: { try PythonObject.list(of: elements.map { PythonObject($0) }) })
    }
}
