import Mathematics

/// A quantiser of matrices whose elements are about standard normal.
public protocol WeightQuantizer: Sendable {
    /// For tables and legends: "TCQ 2.5".
    var name: String { get }
    /// How many bits are stored for a weight, without codebooks and scales.
    var bitsPerWeight: Double { get }

    /// The codes that are stored for a matrix, and the matrix that they stand for.
    ///
    /// - Throws: `QuantizationError.invalidArgument` for a shape that does not fit or an element that is not finite.
    func quantize(_ weights: Matrix) throws(QuantizationError) -> QuantizedWeights

    /// The matrix that codes stand for.
    ///
    /// - Throws: `QuantizationError.invalidArgument` unless they can be codes of such a matrix.
    func dequantize(_ codes: [Int], rows: Int, columns: Int) throws(QuantizationError) -> Matrix

    /// What quantises some columns of a matrix with `total` columns when they are quantised alone; by default this.
    func part(columns: Range<Int>, of total: Int) -> any WeightQuantizer
}

extension WeightQuantizer {
    public func part(columns: Range<Int>, of total: Int) -> any WeightQuantizer { self }

    /// The mean squared error on independent standard normal numbers, measured: D, whose bound is 2^(−2b).
    ///
    /// - Parameters:
    ///   - rows: of the matrix that is quantised; a multiple of 16.
    ///   - columns: of it; a multiple of 32.
    ///   - generator: draws it.
    public func distortion<G: RandomNumberGenerator>(
        rows: Int = 256, columns: Int = 256, using generator: inout G
    ) throws(QuantizationError) -> Double {
        let weights = generator.normalMatrix(rows: rows, columns: columns)
        let error = try quantize(weights).values - weights
        return error.flattened.dot(error.flattened) / Double(rows * columns)
    }
}

/// What is stored of a matrix.
public struct QuantizedWeights: Sendable, Equatable {
    /// The codes, in the quantiser's own order.
    public let codes: [Int]
    /// The matrix that they stand for.
    public let values: Matrix
}
