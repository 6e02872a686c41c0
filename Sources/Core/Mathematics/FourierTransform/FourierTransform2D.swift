import Numerics

/// A prepared two-dimensional discrete Fourier transform of complex arrays of one shape.
///
/// X_{kl} = Σ_{ij} x_{ij} exp(−2πi(ik/m + jl/n)), arrays row after row; the inverse has the factor
/// 1/(mn), as in `numpy.fft.fft2`. Rows first, then columns, four at a time.
public struct FourierTransform2D: Sendable {
    /// The number of rows m.
    public let rows: Int
    /// The number of columns n.
    public let columns: Int

    private let along: FourierTransform
    private let down: FourierTransform

    /// Prepares transforms of a shape.
    ///
    /// - Parameters:
    ///   - rows: the number of rows, at least 1.
    ///   - columns: the number of columns, at least 1.
    /// - Throws: `FourierTransformError.outOfRange` if a length is not positive.
    public init(rows: Int, columns: Int) throws(FourierTransformError) {
        for (name, length) in [("rows", rows), ("columns", columns)] where length <= 0 {
            throw .outOfRange(argument: name, value: Double(length), expected: "a positive length")
        }
        self.rows = rows
        self.columns = columns
        along = FourierTransform(positiveCount: columns)
        down = FourierTransform(positiveCount: rows)
    }

    /// The transform of an array of `rows` × `columns` numbers, row after row.
    ///
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not rows × columns.
    public func forward(_ array: [Complex<Double>]) throws(FourierTransformError) -> [Complex<Double>] {
        try requireLength(array.count, rows * columns, "array")
        return apply(array, inverse: false)
    }

    /// The inverse transform of an array of `rows` × `columns` numbers, with the factor 1/(mn).
    ///
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not rows × columns.
    public func inverse(_ spectrum: [Complex<Double>]) throws(FourierTransformError) -> [Complex<Double>] {
        try requireLength(spectrum.count, rows * columns, "spectrum")
        return apply(spectrum, inverse: true)
    }

    /// The transform of a real array.
    ///
    /// - Throws: `FourierTransformError.wrongCount` if the shape is not (rows, columns).
    public func forward(_ array: Matrix) throws(FourierTransformError) -> [Complex<Double>] {
        try requireLength(array.rows, rows, "array's column")
        try requireLength(array.columns, columns, "array's row")
        return apply(array.flattened.map { Complex($0, 0) } as [Complex<Double>], inverse: false)
    }

    private func apply(_ array: [Complex<Double>], inverse: Bool) -> [Complex<Double>] {
        var result = array
        result.withUnsafeMutableBufferPointer { buffer in
            guard let data = buffer.baseAddress else { return }
            for row in 0..<rows { along.apply(data + row * columns, data + row * columns, inverse: inverse) }
            guard rows > 1 else { return }
            // Four columns fill a cache line's neighbours, so that the strided walk is worth it.
            let numbers = UnsafeMutableRawPointer(data).assumingMemoryBound(to: Double.self)
            let scale = inverse ? 1 / Double(rows) : 1
            withUnsafeTemporary(8 * rows) { memory in
                down.withWork { work in
                    var column = 0
                    while column < columns {
                        let width = min(4, columns - column)
                        for row in 0..<rows {
                            let source = numbers + 2 * (row * columns + column)
                            for c in 0..<width {
                                memory[2 * c * rows + row] = source[2 * c]
                                memory[(2 * c + 1) * rows + row] = source[2 * c + 1]
                            }
                        }
                        for c in 0..<width {
                            let part = SplitPointer(
                                real: memory + 2 * c * rows, imaginary: memory + (2 * c + 1) * rows)
                            let done = down.execute(inverse ? part.swapped : part, work: work)
                            let final = inverse ? done.swapped : done
                            if final.real != part.real {
                                part.real.update(from: final.real, count: rows)
                                part.imaginary.update(from: final.imaginary, count: rows)
                            }
                        }
                        for row in 0..<rows {
                            let target = numbers + 2 * (row * columns + column)
                            for c in 0..<width {
                                target[2 * c] = memory[2 * c * rows + row] * scale
                                target[2 * c + 1] = memory[(2 * c + 1) * rows + row] * scale
                            }
                        }
                        column += width
                    }
                }
            }
        }
        return result
    }
}
