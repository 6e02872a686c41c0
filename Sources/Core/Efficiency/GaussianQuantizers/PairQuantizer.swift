import Mathematics

/// A codebook of pairs for neighbouring weights of a row, the k-means of normal pairs: VQ-2 in q-palette
/// (arXiv:2509.20214).
public struct PairQuantizer: WeightQuantizer {
    /// The codewords, one a row.
    public let codebook: Matrix
    private let bits: Int

    /// Learns a codebook of 2^bits pairs.
    ///
    /// Up to 32 codewords are the best of four runs of Lloyd's iteration from k-means++ seeds. More start from a
    /// low-discrepancy sample of N(0, 2I): for pairs the density of the best codewords tends to the square root of the
    /// normal one.
    ///
    /// - Parameters:
    ///   - bitsPerPair: 1 ... 12.
    ///   - samplesPerCodeword: how many normal pairs are drawn for each codeword; at least 65,536 are drawn
    ///     in all, for up to 32 codewords 16,384.
    ///   - iterations: of Lloyd's method where it starts from the sample.
    ///   - generator: draws the pairs.
    /// - Throws: `QuantizationError.invalidArgument` naming the argument.
    public init<G: RandomNumberGenerator>(
        bitsPerPair: Int, samplesPerCodeword: Int = 32, iterations: Int = 20, using generator: inout G
    ) throws(QuantizationError) {
        try QuantizationError.require(1...12 ~= bitsPerPair, "bitsPerPair", bitsPerPair, "1 ... 12")
        try QuantizationError.require(samplesPerCodeword >= 2, "samplesPerCodeword", samplesPerCodeword, "at least 2")
        bits = bitsPerPair
        codebook = try Self.clusters(
            1 << bitsPerPair, samples: max(samplesPerCodeword << bitsPerPair, 65_536), iterations: iterations,
            using: &generator)
    }

    /// The means of normal pairs.
    static func clusters<G: RandomNumberGenerator>(
        _ count: Int, samples: Int, iterations: Int, using generator: inout G
    ) throws(QuantizationError) -> Matrix {
        let isSmall = count <= 32
        let points = generator.normalMatrix(rows: isSmall ? max(samples / 4, 256 * count) : samples, columns: 2)
        let spread = 2.0.squareRoot()
        // Kronecker's sequence of the plastic number, on both coordinates.
        let start = Matrix(rows: count, columns: 2) { row, column in
            let share = (Double(row) + 0.5) * (column == 0 ? 0.7548776662466927 : 0.5698402909980532) + 0.5
            let inside = share - share.rounded(.down)
            return spread * normalQuantile(min(max(inside, 0.5 / Double(count)), 1 - 0.5 / Double(count)))
        }
        do {
            if isSmall {
                return try KMeans(points, clusters: count, restarts: 4, maximumIterations: 100, using: &generator)
                    .centroids
            }
            return try KMeans(points, initialCentroids: start, maximumIterations: iterations).centroids
        } catch {
            throw .invalidArgument(name: "iterations", value: "\(iterations)", expected: "a valid clustering: \(error)")
        }
    }

    public var name: String { "VQ \(shortest(bitsPerWeight))" }
    public var bitsPerWeight: Double { Double(bits) / 2 }

    public func quantize(_ weights: Matrix) throws(QuantizationError) -> QuantizedWeights {
        try QuantizationError.requireFinite(weights, "weights")
        try QuantizationError.require(
            weights.columns.isMultiple(of: 2), "weights.columns", weights.columns, "an even number")
        let pairs = Matrix(rows: weights.rows * weights.columns / 2, columns: 2, weights.flattened)
        let nearest: [[(index: Int, distance: Double)]]
        do {
            nearest = try nearestNeighbors(of: pairs, among: codebook, count: 1)
        } catch {
            throw .invalidArgument(name: "weights", value: "a matrix", expected: "a valid search: \(error)")
        }
        let codes = nearest.map { $0[0].index }
        return QuantizedWeights(
            codes: codes, values: try dequantize(codes, rows: weights.rows, columns: weights.columns))
    }

    public func dequantize(_ codes: [Int], rows: Int, columns: Int) throws(QuantizationError) -> Matrix {
        try QuantizationError.require(
            2 * codes.count == rows * columns, "codes", "\(codes.count) numbers", "\(rows * columns / 2)")
        for (index, code) in codes.enumerated() where !(0..<codebook.rows ~= code) {
            throw .invalidArgument(name: "codes[\(index)]", value: "\(code)", expected: "0 ..< \(codebook.rows)")
        }
        return Matrix(rows: rows, columns: columns, codebook.selectingRows(codes).flattened)
    }
}

/// A number without trailing zeros: 2, 2.5, 2.25.
func shortest(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
