import Foundation
import Mathematics

/// Points that need not be in memory.
public protocol PointSource: Sendable {
    /// How many points there are.
    var count: Int { get }
    /// Their dimension.
    var dimension: Int { get }

    /// Reads some of them, one a row.
    ///
    /// - Parameter range: which, within 0 ..< count.
    /// - Throws: `DataFileError` that names the file and the place.
    func points(_ range: Range<Int>) throws(DataFileError) -> DenseMatrix<Float>
}

/// Points in memory.
public struct MatrixPoints: PointSource {
    /// One point a row.
    public let matrix: DenseMatrix<Float>

    public init(_ matrix: DenseMatrix<Float>) { self.matrix = matrix }

    public var count: Int { matrix.rows }
    public var dimension: Int { matrix.columns }

    public func points(_ range: Range<Int>) -> DenseMatrix<Float> {
        let result = Storage<Float>(uninitializedCount: range.count * dimension)
        matrix.withUnsafeBufferPointer {
            guard let first = $0.baseAddress, range.count > 0 else { return }
            result.pointer.initialize(from: first + range.lowerBound * dimension, count: range.count * dimension)
        }
        return DenseMatrix(rows: range.count, columns: dimension, storage: result)
    }
}

/// Points that come no faster than a bandwidth allows: the disk or the bus that a machine at hand has not.
public struct PacedPoints<Source: PointSource>: PointSource {
    private let source: Source
    private let bytesPerSecond: Double

    /// - Parameters:
    ///   - source: where the points are.
    ///   - bytesPerSecond: at most so many, positive; a point has 4 bytes a dimension.
    public init(_ source: Source, bytesPerSecond: Double) {
        precondition(bytesPerSecond > 0, "a bandwidth of \(bytesPerSecond) bytes a second")
        self.source = source
        self.bytesPerSecond = bytesPerSecond
    }

    public var count: Int { source.count }
    public var dimension: Int { source.dimension }

    public func points(_ range: Range<Int>) throws(DataFileError) -> DenseMatrix<Float> {
        let start = ContinuousClock.now
        let result = try source.points(range)
        let due = Double(4 * range.count * dimension) / bytesPerSecond
        let spent = (ContinuousClock.now - start) / .seconds(1)
        if due > spent { Thread.sleep(forTimeInterval: due - spent) }
        return result
    }
}

/// Points in a file of vectors: NumPy's `.npy` with a two-dimensional float32 array in row-major order, or `.fvecs` (each vector
/// its dimension as a 32-bit integer, then its float32 numbers), both little-endian.
public struct VectorFile: PointSource {
    public let path: String
    public let count: Int
    public let dimension: Int
    /// Bytes before the first number of a vector, and from one vector to the next.
    private let start: Int
    private let stride: Int

    /// Opens a file; vectors are read when they are asked for.
    ///
    /// - Throws: `DataFileError` that names the field, its value and what was expected.
    public init(path: String) throws(DataFileError) {
        self.path = path
        func fail(_ place: String, _ value: String, _ expected: String) -> DataFileError {
            DataFileError(file: path, place: place, value: value, expected: expected)
        }
        guard let size = Self.size(of: path) else {
            throw fail("file", "missing or unreadable", "a .npy file of float32 or a .fvecs file")
        }
        if path.hasSuffix(".fvecs") {
            guard let head = Self.bytes(of: path, 0..<min(4, size)), head.count == 4 else {
                throw fail("length", "\(size) bytes", "at least 4 bytes, the first vector's dimension")
            }
            let dimension = head.reversed().reduce(0) { $0 << 8 | Int($1) }
            guard dimension > 0, dimension < 1 << 24 else {
                throw fail("dimension of vector 0", "\(Int32(truncatingIfNeeded: dimension))", "a positive number below 2²⁴")
            }
            let stride = 4 + 4 * dimension
            guard size % stride == 0 else {
                throw fail("length", "\(size) bytes", "a multiple of \(stride), the bytes of a vector of dimension \(dimension)")
            }
            (self.dimension, count, start, self.stride) = (dimension, size / stride, 4, stride)
        } else if path.hasSuffix(".npy") {
            let header = try NumPyHeader(path: path)
            guard header.elementType == "<f4" else { throw fail("descr", "'\(header.elementType)'", "'<f4', float32") }
            guard !header.isColumnMajor else { throw fail("fortran_order", "True", "False: one vector after the other") }
            guard header.shape.count == 2, header.shape.allSatisfy({ $0 > 0 }) else {
                throw fail("shape", "\(header.shape)", "two positive numbers: vectors and their dimension")
            }
            (count, dimension, start) = (header.shape[0], header.shape[1], header.length)
            stride = 4 * dimension
            guard size - start == count * stride else {
                throw fail(
                    "length of the data", "\(size - start) bytes", "\(count * stride), 4 × the shape (\(count), \(dimension))")
            }
        } else {
            throw fail("name", path, "an ending .npy or .fvecs")
        }
    }

    public func points(_ range: Range<Int>) throws(DataFileError) -> DenseMatrix<Float> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "vectors \(range) of \(count)")
        let result = Storage<Float>(uninitializedCount: range.count * dimension)
        func fail(_ place: String, _ value: String, _ expected: String) -> DataFileError {
            DataFileError(file: path, place: place, value: value, expected: expected)
        }
        if range.isEmpty { return DenseMatrix(rows: 0, columns: dimension, storage: result) }
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw fail("file", "missing or unreadable", "the file that was opened before") }
        defer { close(descriptor) }
        func read(_ target: UnsafeMutableRawPointer, _ count: Int, at offset: Int) -> Bool {
            var done = 0
            while done < count {
                let got = pread(descriptor, target + done, count - done, off_t(offset + done))
                if got <= 0 { return false }
                done += got
            }
            return true
        }
        if stride == 4 * dimension {
            guard read(result.pointer, range.count * stride, at: start + range.lowerBound * stride) else {
                throw fail("vectors \(range)", "unreadable", "as many as when the file was opened")
            }
        } else {
            // Dimensions stand between the vectors.
            let some = 4096, buffer = UnsafeMutableRawPointer.allocate(byteCount: min(some, range.count) * stride, alignment: 4)
            defer { buffer.deallocate() }
            for first in Swift.stride(from: range.lowerBound, to: range.upperBound, by: some) {
                let own = min(some, range.upperBound - first)
                guard read(buffer, own * stride, at: first * stride) else {
                    throw fail("vectors \(first)..<\(first + own)", "unreadable", "as many as when the file was opened")
                }
                for index in 0..<own {
                    let dimension = Int(buffer.load(fromByteOffset: index * stride, as: Int32.self))
                    guard dimension == self.dimension else {
                        throw fail("dimension of vector \(first + index)", "\(dimension)", "\(self.dimension), that of vector 0")
                    }
                    let target = result.pointer + (first - range.lowerBound + index) * dimension
                    memcpy(target, buffer + index * stride + 4, 4 * dimension)
                }
            }
        }
        return DenseMatrix(rows: range.count, columns: dimension, storage: result)
    }

    private static func size(of path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue
    }

    private static func bytes(of path: String, _ range: Range<Int>) -> [UInt8]? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: UInt64(range.lowerBound))) != nil else { return nil }
        return (try? handle.read(upToCount: range.count)).map { [UInt8]($0 ?? Data()) }
    }
}
