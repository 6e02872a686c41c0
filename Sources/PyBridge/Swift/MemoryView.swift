internal import CPythonBridge

/// The memory of a Python object that exposes it, held open until this is released.
///
/// Sendable because the description of the memory never changes, and closing it takes the interpreter lock.
final class MemoryView: @unchecked Sendable {
    private var view: cpb_view

    /// Throws a TypeError if the object does not expose its memory.
    init(_ object: PythonObject) throws {
        let reference = try object.reference()
        var opened = cpb_view()
        try PythonInterpreter.status { cpb_view_open(reference.pointer, &opened, $0) }
        view = opened
    }

    deinit { cpb_view_close(&view) }

    var data: UnsafeMutableRawPointer? { view.data }
    var dimensions: Int { Int(view.dimensions) }
    var isReadOnly: Bool { view.read_only }
    var shape: [Int] { (0..<dimensions).map { view.shape?[$0] ?? 0 } }
    var strides: [Int] { (0..<dimensions).map { view.strides?[$0] ?? 0 } }
    var elementCount: Int { shape.reduce(1, *) }

    /// Whether the elements are of this type, in this machine's byte order.
    func holds<Element: PythonScalar>(_ type: Element.Type) -> Bool {
        guard view.item_size == MemoryLayout<Element>.stride else { return false }
        let format = view.format.map { String(cString: $0) } ?? "B"
        // "q" and "l" are the same 64-bit integer here.
        let known = ["q": "l", "Q": "L"][format] ?? format
        return known == Element.bufferFormat
    }

    /// Whether the elements lie one after the other, in row-major order.
    var isContiguous: Bool {
        var expected = view.item_size
        for axis in (0..<dimensions).reversed() {
            if shape[axis] > 1, strides[axis] != expected { return false }
            expected *= shape[axis]
        }
        return true
    }

    /// A copy of the elements of a one-dimensional view, whatever its stride.
    func elements<Element>(of type: Element.Type) -> [Element] {
        let count = elementCount
        guard let data, count > 0 else { return [] }
        let stride = strides[0]
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let target = buffer.baseAddress else { return }
            if stride == MemoryLayout<Element>.stride {
                UnsafeMutableRawPointer(target).copyMemory(from: data, byteCount: count * stride)
            } else {
                for index in 0..<count {
                    let element = data.loadUnaligned(fromByteOffset: index * stride, as: Element.self)
                    (target + index).initialize(to: element)
                }
            }
            initialized = count
        }
    }
}
