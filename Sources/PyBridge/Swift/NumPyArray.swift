internal import CPythonBridge
public import Numerics

/// How an array crossed between Swift and Python.
public enum PythonArrayTransfer: Equatable, Sendable, CustomStringConvertible {
    /// Both sides see the same memory.
    case shared
    /// The elements were copied, for the reason given.
    case copied(reason: String)

    /// Whether both sides see the same memory.
    public var isShared: Bool { self == .shared }

    public var description: String {
        switch self {
        case .shared: "shared"
        case .copied(let reason): "copied: \(reason)"
        }
    }
}

/// An element that Swift and NumPy store in the same way.
public protocol PythonScalar {
    /// The type's code in the buffer protocol (module `struct`), such as `"d"`.
    static var bufferFormat: String { get }
    /// NumPy's name for the type, such as `"float64"`.
    static var numPyType: String { get }
}

extension Double: PythonScalar {
    public static var bufferFormat: String { "d" }
    public static var numPyType: String { "float64" }
}
extension Float: PythonScalar {
    public static var bufferFormat: String { "f" }
    public static var numPyType: String { "float32" }
}
extension Bool: PythonScalar {
    public static var bufferFormat: String { "?" }
    public static var numPyType: String { "bool" }
}
extension Int: PythonScalar {
    public static var bufferFormat: String { "l" }
    public static var numPyType: String { "int64" }
}
extension Int8: PythonScalar {
    public static var bufferFormat: String { "b" }
    public static var numPyType: String { "int8" }
}
extension Int16: PythonScalar {
    public static var bufferFormat: String { "h" }
    public static var numPyType: String { "int16" }
}
extension Int32: PythonScalar {
    public static var bufferFormat: String { "i" }
    public static var numPyType: String { "int32" }
}
extension Int64: PythonScalar {
    public static var bufferFormat: String { "l" }
    public static var numPyType: String { "int64" }
}
extension UInt: PythonScalar {
    public static var bufferFormat: String { "L" }
    public static var numPyType: String { "uint64" }
}
extension UInt8: PythonScalar {
    public static var bufferFormat: String { "B" }
    public static var numPyType: String { "uint8" }
}
extension UInt16: PythonScalar {
    public static var bufferFormat: String { "H" }
    public static var numPyType: String { "uint16" }
}
extension UInt32: PythonScalar {
    public static var bufferFormat: String { "I" }
    public static var numPyType: String { "uint32" }
}
extension UInt64: PythonScalar {
    public static var bufferFormat: String { "L" }
    public static var numPyType: String { "uint64" }
}
extension Complex: PythonScalar where RealType: PythonScalar {
    public static var bufferFormat: String { "Z" + RealType.bufferFormat }
    public static var numPyType: String { RealType.self == Float.self ? "complex64" : "complex128" }
}

/// A NumPy array, and how its elements got there.
///
/// An array of numbers that goes to Python is shared: NumPy reads the Swift array's own memory, which stays alive as
/// long as NumPy needs it. The NumPy array is read-only, and a later change to the Swift variable makes a new Swift
/// array as always, so neither side ever sees the other's changes.
public struct NumPyArray: PythonConvertible, Sendable {
    /// The `numpy.ndarray`.
    public let pythonObject: PythonObject
    /// Whether the elements were copied to make it.
    public let transfer: PythonArrayTransfer

    init(pythonObject: PythonObject, transfer: PythonArrayTransfer) {
        self.pythonObject = pythonObject
        self.transfer = transfer
    }

    // MARK: From Swift

    /// A one-dimensional array over the elements, shared.
    public init<Element: PythonScalar>(_ values: [Element]) throws {
        try self.init(sharing: values, shape: [values.count])
    }

    /// An array of the given shape over the elements in row-major order, shared.
    ///
    /// Throws a ValueError if the shape has other than 1 to 4 dimensions or does not fit the number of elements.
    public init<Element: PythonScalar>(_ values: [Element], shape: [Int]) throws {
        try self.init(sharing: values, shape: shape)
    }

    /// A two-dimensional array, copied because each row has its own memory. Throws if the rows differ in length.
    public init<Element: PythonScalar>(rows: [[Element]]) throws {
        let width = rows.first?.count ?? 0
        if let odd = rows.firstIndex(where: { $0.count != width }) {
            throw PythonError(
                typeName: "ValueError",
                message: "rows: expected \(width) elements in each row, got \(rows[odd].count) in row \(odd)")
        }
        try self.init(sharing: Array(rows.joined()), shape: [rows.count, width])
        self = NumPyArray(
            pythonObject: pythonObject, transfer: .copied(reason: "each row of a Swift array has its own memory"))
    }

    private init<Element: PythonScalar>(sharing values: [Element], shape: [Int]) throws {
        guard (1...4).contains(shape.count), shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == values.count else {
            throw PythonError(
                typeName: "ValueError",
                message: "shape: expected 1 to 4 dimensions for \(values.count) elements, got \(shape)")
        }
        // A native array keeps its elements in one heap block for as long as anybody holds the array, and the
        // owner does: any change through another variable copies first. So the address stays good.
        let owner = ArrayOwner(values)
        let address = values.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
        try self.init(
            address: address, format: Element.bufferFormat, itemSize: MemoryLayout<Element>.stride, shape: shape,
            owner: owner)
    }

    /// A read-only array over memory that `owner` keeps alive, in row-major order.
    init(address: UnsafeRawPointer?, format: String, itemSize: Int, shape: [Int], owner: AnyObject) throws {
        var strides = [Int](repeating: itemSize, count: shape.count)
        for axis in strides.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        // Before the owner is handed over: start() may throw, and then nobody would release it.
        try PythonInterpreter.start()
        let retained = Unmanaged.passRetained(owner).toOpaque()
        let memory = try PythonInterpreter.object {
            cpb_buffer(
                address, format, itemSize, Int32(shape.count), shape, strides, retained,
                { Unmanaged<AnyObject>.fromOpaque($0).release() }, $0)
        }
        pythonObject = try PythonInterpreter.support("array", memory)
        transfer = .shared
    }

    // MARK: From Python

    /// The object as a NumPy array of `Element`, C-contiguous: itself if it is one already (`transfer` is `.shared`),
    /// otherwise a converted copy, with the reason.
    ///
    /// Throws a TypeError where converting could change integers, a ValueError for another number of dimensions.
    public init<Element: PythonScalar>(
        converting object: PythonObject, to type: Element.Type, dimensions: Int = 1
    ) throws {
        let (array, reason) = try PythonInterpreter.support(
            "contiguous", object.checkedObject(), PythonObject(Element.numPyType), PythonObject(dimensions)
        ).tuple2
        let text = try String(reason)
        self.init(pythonObject: array, transfer: text.isEmpty ? .shared : .copied(reason: text))
    }

    /// The array's shape.
    public var shape: [Int] {
        get throws { try PythonSequence(pythonObject.getAttribute("shape")).map { try Int($0) } }
    }

    /// Calls `body` with the array's own memory. The elements must be of type `Element` and contiguous (see
    /// `init(converting:to:dimensions:)`); the pointer is valid only inside `body`.
    public func withUnsafeBufferPointer<Element: PythonScalar, Result>(
        of type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        let view = try MemoryView(pythonObject)
        guard view.holds(Element.self), view.isContiguous else {
            throw pythonObject.mismatch("a contiguous array of \(Element.numPyType)")
        }
        return try withExtendedLifetime(view) {
            try body(
                UnsafeBufferPointer(start: view.data?.assumingMemoryBound(to: Element.self), count: view.elementCount))
        }
    }

    // MARK: Used by the conversions

    /// A Python object for any Swift array: a NumPy array of numbers or of rows of numbers, or else a list.
    static func object<Element>(for array: [Element]) throws -> PythonObject {
        if Element.self is any PythonScalar.Type, let scalars = array as? any ScalarArray, try isAvailable {
            return try scalars.shared()
        }
        if Element.self is any ScalarArray.Type, try isAvailable, let rows = array as? any ScalarRows,
            let object = try rows.copied()
        {
            return object
        }
        return try PythonObject.list(of: array.map { PythonObject($0) })
    }

    private static var isAvailable: Bool {
        get throws { try Python.isInstalled("numpy") }
    }

    /// `values(of:_:)` under the type by which the caller knows the array. (A cast to `[Element]` itself would look at
    /// each element.)
    static func values<Element: PythonScalar, Elements>(
        of object: PythonObject, _ type: Element.Type, as _: Elements.Type
    ) throws -> Elements? {
        try values(of: object, type).flatMap { $0 as? Elements }
    }

    /// The elements of a one-dimensional array or buffer; `nil` if the object is neither.
    static func values<Element: PythonScalar>(of object: PythonObject, _ type: Element.Type) throws -> [Element]? {
        guard let view = try? MemoryView(object) else { return nil }
        if view.dimensions == 1, view.holds(Element.self) { return view.elements(of: Element.self) }
        guard object.hasAttribute("dtype") else { return nil }
        let array = try NumPyArray(converting: object, to: Element.self)
        return try array.withUnsafeBufferPointer(of: Element.self) { Array($0) }
    }
}

/// Keeps a Swift array alive for NumPy.
private final class ArrayOwner<Element> {
    let values: [Element]

    init(_ values: [Element]) { self.values = values }
}

// Casting to these finds out, when the program runs, whether an array's elements are numbers or rows of numbers.

private protocol ScalarArray {
    func shared() throws -> PythonObject
}

private protocol ScalarRows {
    func copied() throws -> PythonObject?
}

extension Array: ScalarArray where Element: PythonScalar {
    fileprivate func shared() throws -> PythonObject { try NumPyArray(self).pythonObject }
}

extension Array: ScalarRows where Element: RowOfScalars {
    /// `nil` if the rows differ in length: then a list of arrays is what can be made of them.
    fileprivate func copied() throws -> PythonObject? {
        guard allSatisfy({ $0.count == first?.count }) else { return nil }
        return try Element.array(of: self)
    }
}

private protocol RowOfScalars: Collection {
    static func array(of rows: [Self]) throws -> PythonObject
}

extension Array: RowOfScalars where Element: PythonScalar {
    fileprivate static func array(of rows: [[Element]]) throws -> PythonObject {
        try NumPyArray(rows: rows).pythonObject
    }
}
