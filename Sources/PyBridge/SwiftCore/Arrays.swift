internal import CSwiftCore
import DeepLearning
import Mathematics
import Numerics

/// A number that Swift and Python store in the same way.
protocol BufferElement: PythonInput, PythonOutput {
    /// Its code in the buffer protocol.
    static var format: StaticString { get }
    /// Its name in NumPy.
    static var name: String { get }
    /// How values of a kind of memory become it.
    static func conversion(from code: BufferCode) -> ElementConversion
}

enum ElementConversion { case none, same, converted }

/// The kinds of elements that memory from Python may have.
enum BufferCode {
    case bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float16, float32, float64, complex64,
        complex128

    init?(_ format: UnsafePointer<CChar>, size: Int) {
        var text = String(cString: format)
        if let first = text.first, first == "@" || first == "=" || first == "<" { text.removeFirst() }
        switch (text, size) {
        case ("?", 1): self = .bool
        case ("b", 1), ("c", 1): self = .int8
        case ("B", 1): self = .uint8
        case ("h", 2): self = .int16
        case ("H", 2): self = .uint16
        case ("i", 4), ("l", 4): self = .int32
        case ("I", 4), ("L", 4): self = .uint32
        case ("l", 8), ("q", 8), ("n", 8): self = .int64
        case ("L", 8), ("Q", 8), ("N", 8): self = .uint64
        case ("e", 2): self = .float16
        case ("f", 4): self = .float32
        case ("d", 8): self = .float64
        case ("Zf", 8): self = .complex64
        case ("Zd", 16): self = .complex128
        default: return nil
        }
    }

    var isComplex: Bool { self == .complex64 || self == .complex128 }
    var isFloating: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// The name in NumPy.
    var name: String { self == .bool ? "bool" : "\(self)" }

    func real(_ address: UnsafeRawPointer) -> Double {
        switch self {
        case .bool: address.load(as: UInt8.self) == 0 ? 0 : 1
        case .int8: Double(address.load(as: Int8.self))
        case .uint8: Double(address.load(as: UInt8.self))
        case .int16: Double(address.loadUnaligned(as: Int16.self))
        case .uint16: Double(address.loadUnaligned(as: UInt16.self))
        case .int32: Double(address.loadUnaligned(as: Int32.self))
        case .uint32: Double(address.loadUnaligned(as: UInt32.self))
        case .int64: Double(address.loadUnaligned(as: Int64.self))
        case .uint64: Double(address.loadUnaligned(as: UInt64.self))
        case .float16: Self.float16(address.loadUnaligned(as: UInt16.self))
        case .float32, .complex64: Double(address.loadUnaligned(as: Float.self))
        case .float64, .complex128: address.loadUnaligned(as: Double.self)
        }
    }

    /// Written out, for processors on which Swift has no Float16.
    private static func float16(_ bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
        let magnitude =
            switch exponent {
            case 0: Double(sign: .plus, exponent: -24, significand: fraction)
            case 31: fraction == 0 ? Double.infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
            }
        return bits >> 15 == 0 ? magnitude : -magnitude
    }

    func imaginary(_ address: UnsafeRawPointer) -> Double {
        switch self {
        case .complex64: Double((address + 4).loadUnaligned(as: Float.self))
        case .complex128: (address + 8).loadUnaligned(as: Double.self)
        default: 0
        }
    }

    /// Nil for a value that an Int64 cannot hold.
    func integer(_ address: UnsafeRawPointer) -> Int64? {
        switch self {
        case .int64: address.loadUnaligned(as: Int64.self)
        case .uint64: Int64(exactly: address.loadUnaligned(as: UInt64.self))
        default: Int64(real(address))
        }
    }
}

extension Double: BufferElement {
    static var format: StaticString { "d" }
    static var name: String { "float64" }
    static func conversion(from code: BufferCode) -> ElementConversion {
        code == .float64 ? .same : code.isComplex ? .none : .converted
    }
}
extension Float: BufferElement {
    static var format: StaticString { "f" }
    static var name: String { "float32" }
    static func conversion(from code: BufferCode) -> ElementConversion {
        code == .float32 ? .same : code.isComplex ? .none : .converted
    }
}
extension Int: BufferElement {
    static var format: StaticString { "l" }
    static var name: String { "int64" }
    static func conversion(from code: BufferCode) -> ElementConversion {
        code == .int64 ? .same : code.isComplex || code.isFloating ? .none : .converted
    }
}
extension UInt64: BufferElement {
    static var format: StaticString { "L" }
    static var name: String { "uint64" }
    static func conversion(from code: BufferCode) -> ElementConversion {
        code == .uint64 ? .same : code.isComplex || code.isFloating ? .none : .converted
    }
}
extension Bool: BufferElement {
    static var format: StaticString { "?" }
    static var name: String { "bool" }
    // Not `.same`: a byte other than 0 and 1 is no Bool.
    static func conversion(from code: BufferCode) -> ElementConversion { code == .bool ? .converted : .none }
}
extension Complex: BufferElement where RealType == Double {
    static var format: StaticString { "Zd" }
    static var name: String { "complex128" }
    static func conversion(from code: BufferCode) -> ElementConversion { code == .complex128 ? .same : .converted }
}

/// Elements in row-major order, on Python's own memory where that is possible.
struct ReceivedArray<Element: BufferElement> {
    let shape: [Int]
    let storage: Storage<Element>

    /// - Parameter dimensions: how many there must be; nil for any number.
    init(_ object: Object, dimensions: Int?) throws {
        let array = try Self.received(object)
        guard let dimensions, array.shape.count != dimensions else {
            self = array
            return
        }
        // An empty list has no inner lists to tell its dimensions.
        guard array.shape == [0], dimensions == 2 else {
            throw Failure.value(
                "expected an array of \(dimensions) dimension\(dimensions == 1 ? "" : "s"), "
                    + "got shape \(shapeText(array.shape))")
        }
        self = ReceivedArray(shape: [0, 0], storage: array.storage)
    }

    private static func received(_ object: Object) throws -> ReceivedArray {
        var view = swiftcore_view()
        if swiftcore_view_open(object, &view) == 0 { return try ReceivedArray(view, of: object) }
        if let array = swiftcore_array_of(object) {
            // A data frame's column or another library's tensor.
            defer { swiftcore_release(array) }
            guard swiftcore_view_open(array, &view) == 0 else {
                throw Failure.type("an array of \(Element.name)", object)
            }
            return try ReceivedArray(view, of: object)
        }
        guard swiftcore_count(object) >= 0 else { throw Failure.type("an array of \(Element.name)", object) }
        var shape: [Int] = []
        var elements: [Element] = []
        try flatten(object, depth: 0, &shape, &elements, fixed: false)
        let storage = Storage<Element>(uninitializedCount: elements.count)
        storage.pointer.initialize(from: elements, count: elements.count)
        return ReceivedArray(shape: shape, storage: storage)
    }

    private init(shape: [Int], storage: Storage<Element>) {
        self.shape = shape
        self.storage = storage
    }

    /// Takes over an open view.
    private init(_ view: swiftcore_view, of object: Object) throws {
        let handle = view.handle.unsafelyUnwrapped
        var isAdopted = false
        defer { if !isAdopted { swiftcore_view_close(handle) } }
        let format = view.format.unsafelyUnwrapped
        let code = BufferCode(format, size: view.item_size)
        let conversion = code.map { Element.conversion(from: $0) } ?? .none
        guard let code, conversion != .none else {
            throw Failure.argument(
                kind: SWIFTCORE_TYPE_ERROR, path: "",
                message:
                    "expected elements of \(Element.name), got \(code?.name ?? "format '\(String(cString: format))'")")
        }
        let rank = Int(view.dimensions)
        let shape = (0..<rank).map { view.shape.unsafelyUnwrapped[$0] }
        let strides = (0..<rank).map { view.strides.unsafelyUnwrapped[$0] }
        let count = shape.reduce(1, *)
        self.shape = shape
        guard count > 0, let data = view.data else {
            storage = Storage(uninitializedCount: 0)
            return
        }
        var isContiguous = true
        var expected = view.item_size
        for axis in (0..<rank).reversed() {
            if shape[axis] != 1, strides[axis] != expected { isContiguous = false }
            expected *= shape[axis]
        }
        if conversion == .same, isContiguous, Int(bitPattern: data) % MemoryLayout<Element>.alignment == 0 {
            isAdopted = true
            let kept = HandleBox(handle: handle)
            storage = Storage(adopting: data.assumingMemoryBound(to: Element.self), count: count) { kept.close() }
            return
        }
        storage = Storage(uninitializedCount: count)
        if conversion == .same {
            copy(from: data, shape: shape, strides: strides) { $0.loadUnaligned(as: Element.self) }
        } else {
            switch Element.self {
            case is Bool.Type:
                copy(from: data, shape: shape, strides: strides) { ($0.load(as: UInt8.self) != 0) as! Element }
            case is Double.Type: copy(from: data, shape: shape, strides: strides) { code.real($0) as! Element }
            case is Float.Type: copy(from: data, shape: shape, strides: strides) { Float(code.real($0)) as! Element }
            case is Complex<Double>.Type:
                copy(from: data, shape: shape, strides: strides) {
                    Complex(code.real($0), code.imaginary($0)) as! Element
                }
            default:
                var outside = false
                copy(from: data, shape: shape, strides: strides) { address in
                    let value = code.integer(address)
                    if Element.self is UInt64.Type {
                        if let value, value >= 0 { return UInt64(value) as! Element }
                        if code == .uint64 { return address.loadUnaligned(as: UInt64.self) as! Element }
                    } else if let value {
                        return Int(value) as! Element
                    }
                    outside = true
                    return (Element.self is UInt64.Type ? UInt64(0) as Any : Int(0) as Any) as! Element
                }
                if outside { throw Failure.type("elements that \(Element.name) can hold", object) }
            }
        }
    }

    /// Fills the storage in row-major order from memory with any strides.
    @inline(__always)
    private func copy(
        from data: UnsafeRawPointer, shape: [Int], strides: [Int], _ element: (UnsafeRawPointer) -> Element
    ) {
        var next = storage.pointer
        func walk(_ axis: Int, _ address: UnsafeRawPointer) {
            if axis == shape.count {
                next.initialize(to: element(address))
                next += 1
            } else if axis == shape.count - 1 {
                for index in 0..<shape[axis] {
                    next.initialize(to: element(address + index * strides[axis]))
                    next += 1
                }
            } else {
                for index in 0..<shape[axis] { walk(axis + 1, address + index * strides[axis]) }
            }
        }
        walk(0, data)
    }

    /// Lists of lists of numbers, which must be of equal lengths.
    private static func flatten(
        _ object: Object, depth: Int, _ shape: inout [Int], _ elements: inout [Element], fixed: Bool
    ) throws {
        let count = swiftcore_count(object)
        guard count >= 0 else {
            throw Failure.type(depth == shape.count ? "a number" : "a sequence of \(shape[depth]) elements", object)
        }
        if fixed, depth >= shape.count {
            throw Failure.type("a number, as before it", object)
        }
        if fixed, shape[depth] != count {
            throw Failure.value("expected \(shape[depth]) elements as in the rows before, got \(count)")
        }
        if !fixed { shape.append(count) }
        for index in 0..<count {
            let item = try checked(swiftcore_item(object, index))
            defer { swiftcore_release(item) }
            try locating("[\(index)]") {
                let isKnown = fixed || index > 0
                let isRow = isKnown ? depth + 1 < shape.count : swiftcore_count(item) >= 0
                if isRow {
                    try flatten(item, depth: depth + 1, &shape, &elements, fixed: isKnown)
                } else {
                    elements.append(try Element(python: item))
                }
            }
        }
    }

    /// The elements in an array of Swift's, copied.
    var array: [Element] { Array(UnsafeBufferPointer(start: storage.pointer, count: storage.count)) }
}

/// A view's handle, to be closed from any thread.
private struct HandleBox: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
    func close() { swiftcore_view_close(handle) }
}

/// A shape as Python writes it.
func shapeText(_ shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
}

// MARK: Swift's arrays, vectors and matrices

extension BufferElement {
    /// The elements of a one-dimensional array, copied.
    static func array(_ object: Object) throws -> [Self] {
        try ReceivedArray<Self>(object, dimensions: 1).array
    }

    /// A one-dimensional array over the elements' own memory, which nobody else can see.
    static func object(of array: consuming Any) throws -> Object {
        var elements = array as! [Self]
        // Frees the box, so that the elements are known to have one owner.
        array = ()
        let address = elements.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
        let count = elements.count
        return try memoryObject(address, Self.self, [count], owner: ArrayOwner(consume elements))
    }
}

/// Keeps an array while Python reads its memory.
private final class ArrayOwner<Element> {
    let elements: [Element]
    init(_ elements: consuming [Element]) { self.elements = elements }
}

/// A Python array over memory that `owner` keeps alive.
private func memoryObject<Element: BufferElement>(
    _ address: UnsafeMutableRawPointer?, _ type: Element.Type, _ shape: [Int], owner: AnyObject
) throws -> Object {
    let format = UnsafeRawPointer(Element.format.utf8Start).assumingMemoryBound(to: CChar.self)
    return try checked(
        swiftcore_array(
            address, format, MemoryLayout<Element>.stride, Int32(shape.count), shape,
            Unmanaged.passRetained(owner).toOpaque(), { Unmanaged<AnyObject>.fromOpaque($0).release() }))
}

extension DenseVector: PythonInput where Scalar: BufferElement {
    init(python object: Object) throws {
        self.init(storage: try ReceivedArray<Scalar>(object, dimensions: 1).storage)
    }
}

extension DenseVector: PythonOutput where Scalar: BufferElement {
    consuming func python() throws -> Object {
        var vector = consume self
        // Makes the memory this vector's own: it is copied if anybody else holds it.
        let address = vector.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
        return try memoryObject(address, Scalar.self, [vector.count], owner: vector.storage)
    }
}

extension DenseMatrix: PythonInput where Scalar: BufferElement {
    init(python object: Object) throws {
        let array = try ReceivedArray<Scalar>(object, dimensions: 2)
        self.init(rows: array.shape[0], columns: array.shape[1], storage: array.storage)
    }
}

extension DenseMatrix: PythonOutput where Scalar: BufferElement {
    consuming func python() throws -> Object {
        var matrix = consume self
        let address = matrix.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
        return try memoryObject(address, Scalar.self, [matrix.rows, matrix.columns], owner: matrix.storage)
    }
}

extension Tensor: PythonInput where Scalar: BufferElement {
    init(python object: Object) throws {
        if let number = try? Scalar(python: object), swiftcore_count(object) < 0 {
            self.init(storage: Storage(repeating: number, count: 1), shape: [])
            return
        }
        let array = try ReceivedArray<Scalar>(object, dimensions: nil)
        self.init(storage: array.storage, shape: TensorShape(array.shape))
    }
}

extension Tensor: PythonOutput where Scalar: BufferElement {
    consuming func python() throws -> Object {
        var tensor = consume self
        let sizes = (0..<tensor.rank).map { tensor.shape[$0] }
        if sizes.isEmpty { return try tensor.scalar.python() }
        let address = tensor.withUnsafeMutableScalars { UnsafeMutableRawPointer($0.baseAddress) }
        return try memoryObject(address, Scalar.self, sizes, owner: TensorOwner(consume tensor))
    }
}

private final class TensorOwner<Scalar: TensorElement> {
    let tensor: Tensor<Scalar>
    init(_ tensor: consuming Tensor<Scalar>) { self.tensor = tensor }
}

// MARK: Rows

/// An array of numbers, as a row of another one.
protocol BufferRow {
    /// The rows of a two-dimensional array; nil for anything else.
    static func rows(of object: Object) throws -> [Self]?
}

extension Array: BufferRow where Element: BufferElement {
    static func rows(of object: Object) throws -> [[Element]]? {
        if swiftcore_is_list_or_tuple(object) { return nil }
        let array = try ReceivedArray<Element>(object, dimensions: 2)
        let width = array.shape[1]
        return (0..<array.shape[0]).map { row in
            Array(UnsafeBufferPointer(start: array.storage.pointer + row * width, count: width))
        }
    }
}

/// A structure that is nothing but Doubles in memory: a sequence of them may be an array with one a row.
protocol NumberRecord {
    static var fieldCount: Int { get }
}

extension NumberRecord {
    /// The records in the rows of a two-dimensional array; nil where the object is no array but a sequence of records.
    static func records(in object: Object) throws -> [Self]? {
        if swiftcore_is_list_or_tuple(object) {
            // A list of rows of numbers is as good; a list of named tuples too.
            if swiftcore_count(object) == 0 { return [] }
            return nil
        }
        let array = try ReceivedArray<Double>(object, dimensions: 2)
        guard array.shape[1] == fieldCount || array.shape[0] == 0 else {
            throw Failure.value("expected an array of shape (n, \(fieldCount)), got shape \(shapeText(array.shape))")
        }
        return UnsafeRawPointer(array.storage.pointer).withMemoryRebound(to: Self.self, capacity: array.shape[0]) {
            Array(UnsafeBufferPointer(start: $0, count: array.shape[0]))
        }
    }
}
