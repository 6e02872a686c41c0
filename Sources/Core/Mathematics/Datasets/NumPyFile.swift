import Foundation

/// An array of real numbers in NumPy's `.npy` format.
///
/// The header (see `NumPyHeader`), then the elements without gaps: booleans, integers and floating-point numbers of either
/// byte order, which become Doubles.
///
/// ```swift
/// let file = try NumPyFile(path: "logits.npy")
/// let rows = try file.matrix()
/// ```
public struct NumPyFile: Sendable, Equatable {
    /// The path, or the name given for the content.
    public let file: String
    /// The sizes of the dimensions; none for a single number.
    public let shape: [Int]
    /// The type of the elements in the file, as NumPy writes it: "<f4", "|u1", …
    public let elementType: String
    /// The elements, the last dimension fastest, whichever order the file has.
    public let values: Vector

    /// Reads a file.
    ///
    /// - Throws: `DataFileError` that names the file, the field, its value and what was expected.
    public init(path: String) throws(DataFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DataFileError(file: path, place: "file", value: "missing or unreadable", expected: "an array in NumPy's format")
        }
        try self.init(data: data, file: path)
    }

    /// Parses the content of a file.
    ///
    /// - Parameters:
    ///   - data: the whole content.
    ///   - file: the name to give in errors.
    public init(data: Data, file: String) throws(DataFileError) {
        let bytes = [UInt8](data)
        func fail(_ place: String, _ value: String, _ expected: String) -> DataFileError {
            DataFileError(file: file, place: place, value: value, expected: expected)
        }
        let header = try NumPyHeader(bytes, size: bytes.count, file: file)
        let (shape, start, type) = (header.shape, header.length, header.elementType)
        guard let element = ElementType(type) else {
            throw fail("descr", "'\(type)'", "a boolean, integer or floating-point type of at most 8 bytes")
        }
        var size = element.size
        for (dimension, length) in shape.enumerated() {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            if overflow { throw fail("size of dimension \(dimension)", "\(length)", "an array that fits in memory") }
            size = product
        }
        guard bytes.count - start == size else {
            throw fail("number of bytes", "\(bytes.count - start)", "\(size), for \(type) of the shape \(shape)")
        }
        let count = size / element.size
        let isTransposed = header.isColumnMajor && shape.count > 1
        let strides = isTransposed ? Self.columnMajorStrides(shape) : []
        var index = [Int](repeating: 0, count: shape.count)
        values = bytes.withUnsafeBytes { raw in
            Vector(count: count) { place in
                guard isTransposed else { return element.value(raw, at: start + place * element.size) }
                defer { Self.advance(&index, shape) }
                return element.value(raw, at: start + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } * element.size)
            }
        }
        self.file = file
        self.shape = shape
        elementType = type
    }

    /// The array as a matrix.
    ///
    /// - Throws: `DataFileError` unless it has two dimensions.
    public func matrix() throws(DataFileError) -> Matrix {
        guard shape.count == 2 else {
            throw DataFileError(file: file, place: "shape", value: "\(shape)", expected: "two dimensions")
        }
        return Matrix(rows: shape[0], columns: shape[1], values)
    }

    /// The content of a file of 64-bit numbers in version 1.0.
    ///
    /// Stops the program if there are not as many values as the shape has.
    public static func data(_ values: Vector, shape: [Int]) -> Data {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values for the shape \(shape)")
        let sizes = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The elements begin at a multiple of 64 bytes; the header ends with a newline.
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
        data.append(contentsOf: [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }

    private static func columnMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [1]
        for size in shape.dropLast() { strides.append(strides[strides.count - 1] * size) }
        return strides
    }

    /// The next index, the last dimension fastest.
    private static func advance(_ index: inout [Int], _ shape: [Int]) {
        for dimension in shape.indices.reversed() {
            index[dimension] += 1
            if index[dimension] < shape[dimension] { return }
            index[dimension] = 0
        }
    }

    /// How the bytes of an element are read.
    private struct ElementType {
        let kind: Character
        let size: Int
        let isBigEndian: Bool

        init?(_ text: String) {
            var rest = Substring(text)
            isBigEndian = rest.first == ">"
            if let first = rest.first, "<>|=".contains(first) { rest = rest.dropFirst() }
            guard let kind = rest.first, let size = Int(rest.dropFirst()) else { return nil }
            switch (kind, size) {
            case ("f", 2), ("f", 4), ("f", 8), ("i", 1), ("i", 2), ("i", 4), ("i", 8), ("u", 1), ("u", 2), ("u", 4),
                ("u", 8), ("b", 1):
                break
            default: return nil
            }
            self.kind = kind
            self.size = size
        }

        func value(_ raw: UnsafeRawBufferPointer, at offset: Int) -> Double {
            var bits: UInt64 = 0
            for byte in 0..<size { bits |= UInt64(raw[offset + byte]) << UInt64(8 * (isBigEndian ? size - 1 - byte : byte)) }
            switch (kind, size) {
            case ("f", 2): return Double(Float16(bitPattern: UInt16(bits)))
            case ("f", 4): return Double(Float(bitPattern: UInt32(bits)))
            case ("f", _): return Double(bitPattern: bits)
            case ("i", _):
                let shift = UInt64(64 - 8 * size)
                return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
            default: return Double(bits)
            }
        }
    }
}
