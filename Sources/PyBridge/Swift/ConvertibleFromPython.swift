internal import CPythonBridge
public import Numerics

/// A Swift type that can be made from a Python object: `try Double(object)`, `try [String: Int](object)`.
///
/// A conversion never loses a value unseen: what does not fit throws an error that names the type and the value.
public protocol ConvertibleFromPython {
    /// Throws the exception that the object carries, or a TypeError, ValueError or OverflowError if the object
    /// has no value of this type.
    init(_ object: PythonObject) throws
}

extension PythonObject: ConvertibleFromPython {
    /// The object itself; throws the exception that it carries.
    public init(_ object: PythonObject) throws { self = try object.checkedObject() }

    /// What could not be converted, for an error text.
    func mismatch(_ expected: String) -> PythonError {
        var value = debugDescription
        if value.count > 120 { value = value.prefix(120) + "…" }
        return PythonError(typeName: "TypeError", message: "expected \(expected), got \(typeName): \(value)")
    }
}

extension Bool: ConvertibleFromPython {
    /// Python's truth value, as `bool(object)` gives it.
    public init(_ object: PythonObject) throws {
        let reference = try object.reference()
        var value = false
        try PythonInterpreter.status { cpb_as_bool(reference.pointer, &value, $0) }
        self = value
    }
}

extension Double: ConvertibleFromPython {
    /// A Python or NumPy number, or an array of one element.
    public init(_ object: PythonObject) throws {
        let reference = try object.reference()
        var value = 0.0
        do {
            try PythonInterpreter.status { cpb_as_double(reference.pointer, &value, $0) }
        } catch {
            throw error.typeName == "TypeError" ? object.mismatch("a number") : error
        }
        self = value
    }
}

extension Float: ConvertibleFromPython {
    /// A Python or NumPy number, rounded to single precision.
    public init(_ object: PythonObject) throws { self = Float(try Double(object)) }
}

extension ConvertibleFromPython where Self: FixedWidthInteger {
    /// A Python or NumPy integer, or a float that has no fraction.
    public init(_ object: PythonObject) throws {
        let reference = try object.reference()
        if let exact = try Self.integer(reference, object) {
            self = exact
            return
        }
        throw PythonError(
            typeName: "OverflowError",
            message: "\(object.debugDescription) is outside the range of \(Self.self): \(Self.min) to \(Self.max)")
    }

    /// `nil` if the integer is outside this type's range.
    private static func integer(_ reference: PythonReference, _ object: PythonObject) throws -> Self? {
        do {
            return isSigned ? Self(exactly: try signed(reference)) : Self(exactly: try unsigned(reference))
        } catch let error as PythonError {
            if error.typeName == "OverflowError" { return nil }
            if error.typeName != "TypeError" { throw error }
        }
        // Not an integer: a float, perhaps.
        if object.hasAttribute("is_integer") || object.hasAttribute("dtype"), let value = try? Double(object),
            value.rounded() == value
        {
            return Self(exactly: value)
        }
        throw object.mismatch("an integer")
    }

    private static func signed(_ reference: PythonReference) throws -> Int64 {
        var value: Int64 = 0
        try PythonInterpreter.status { cpb_as_int(reference.pointer, &value, $0) }
        return value
    }

    private static func unsigned(_ reference: PythonReference) throws -> UInt64 {
        var value: UInt64 = 0
        try PythonInterpreter.status { cpb_as_uint(reference.pointer, &value, $0) }
        return value
    }
}

extension Int: ConvertibleFromPython {}
extension Int8: ConvertibleFromPython {}
extension Int16: ConvertibleFromPython {}
extension Int32: ConvertibleFromPython {}
extension Int64: ConvertibleFromPython {}
extension UInt: ConvertibleFromPython {}
extension UInt8: ConvertibleFromPython {}
extension UInt16: ConvertibleFromPython {}
extension UInt32: ConvertibleFromPython {}
extension UInt64: ConvertibleFromPython {}

extension Complex: ConvertibleFromPython where RealType: BinaryFloatingPoint {
    /// A Python or NumPy number.
    public init(_ object: PythonObject) throws {
        let reference = try object.reference()
        var (real, imaginary) = (0.0, 0.0)
        do {
            try PythonInterpreter.status { cpb_as_complex(reference.pointer, &real, &imaginary, $0) }
        } catch {
            throw error.typeName == "TypeError" ? object.mismatch("a complex number") : error
        }
        self.init(RealType(real), RealType(imaginary))
    }
}

extension String: ConvertibleFromPython {
    /// A Python str. (`String(describing: object)` gives the text of any object, as `str(object)` does.)
    public init(_ object: PythonObject) throws {
        let reference = try object.reference()
        guard cpb_is_string(reference.pointer) else { throw object.mismatch("a str") }
        var exception: UnsafeMutableRawPointer?
        var count = 0
        guard let utf8 = cpb_utf8(reference.pointer, &count, &exception) else { throw PythonError(owning: exception) }
        self = withExtendedLifetime(reference) {
            String(decoding: UnsafeRawBufferPointer(start: utf8, count: count), as: UTF8.self)
        }
    }
}

extension Optional: ConvertibleFromPython where Wrapped: ConvertibleFromPython {
    /// None is `nil`.
    public init(_ object: PythonObject) throws {
        self = try object.checkedObject().isNone ? .none : .some(Wrapped(object))
    }
}

extension Array: ConvertibleFromPython where Element: ConvertibleFromPython {
    /// The elements of any iterable. A NumPy array, or anything that exposes its memory, is copied in one piece;
    /// one of a different element type is converted first, and refused where that could change integers.
    public init(_ object: PythonObject) throws {
        if let scalar = Element.self as? any PythonScalar.Type,
            let values = try NumPyArray.values(of: object, scalar, as: [Element].self)
        {
            self = values
            return
        }
        if try object.checkedObject().typeName == "str" { throw object.mismatch("a list or array") }
        var elements: [Element] = []
        for element in try PythonSequence(object) { elements.append(try Element(element)) }
        self = elements
    }
}

extension Dictionary: ConvertibleFromPython where Key: ConvertibleFromPython, Value: ConvertibleFromPython {
    /// A dict or other mapping.
    public init(_ object: PythonObject) throws {
        var dictionary: [Key: Value] = [:]
        guard object.hasAttribute("items") else { throw try object.checkedObject().mismatch("a dict") }
        for item in try PythonSequence(object.items()) {
            let (key, value) = try item.tuple2
            dictionary[try Key(key)] = try Value(value)
        }
        self = dictionary
    }
}

extension Set: ConvertibleFromPython where Element: ConvertibleFromPython {
    /// The elements of a set or any other iterable.
    public init(_ object: PythonObject) throws { self = Set(try [Element](object)) }
}
