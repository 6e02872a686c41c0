import Mathematics

/// Trellis-coded quantisation of matrices: every tile of 16 × 16 weights is a sequence of 128 steps (q-palette,
/// arXiv:2509.20214).
public struct TrellisQuantizer: WeightQuantizer {
    /// The code.
    public let code: TrellisCode
    /// By how much weights are multiplied before, and divided after.
    public let scale: Double
    static let side = 16

    /// - Parameters:
    ///   - code: the trellis.
    ///   - scale: by how much standard normal weights are multiplied before they are coded; the paper has 0.9.
    /// - Throws: `QuantizationError.invalidArgument` unless the scale is positive and a tile has the bits of a state.
    public init(_ code: TrellisCode, scale: Double = 0.9) throws(QuantizationError) {
        try QuantizationError.require(scale > 0 && scale.isFinite, "scale", scale, "a positive number")
        self.code = code
        self.scale = scale
    }

    public var name: String { "TCQ \(shortest(bitsPerWeight))" }
    public var bitsPerWeight: Double { Double(code.bitsPerStep) / 2 }

    public func quantize(_ weights: Matrix) throws(QuantizationError) -> QuantizedWeights {
        try QuantizationError.requireFinite(weights, "weights")
        try checkShape(weights.rows, weights.columns)
        let side = Self.side, across = weights.columns / side
        let tiles = try parallelMap(weights.rows / side * across) { (tile: Int) throws(QuantizationError) -> [Int] in
            let (row, column) = (tile / across * side, tile % across * side)
            var sequence: [Float] = []
            for i in 0..<side { for j in 0..<side { sequence.append(Float(scale * weights[row + i, column + j])) } }
            return try code.encode(sequence)
        }
        let codes = tiles.flatMap { $0 }
        return QuantizedWeights(
            codes: codes, values: try dequantize(codes, rows: weights.rows, columns: weights.columns))
    }

    public func dequantize(_ codes: [Int], rows: Int, columns: Int) throws(QuantizationError) -> Matrix {
        try checkShape(rows, columns)
        try QuantizationError.require(
            2 * codes.count == rows * columns, "codes", "\(codes.count) numbers", "\(rows * columns / 2)")
        let side = Self.side, across = columns / side, steps = side * side / 2
        var result = Matrix.zeros(rows, columns)
        for tile in 0..<rows * columns / (side * side) {
            let numbers = try code.decode(Array(codes[tile * steps..<(tile + 1) * steps]))
            let (row, column) = (tile / across * side, tile % across * side)
            for i in 0..<side {
                for j in 0..<side { result[row + i, column + j] = Double(numbers[side * i + j]) / scale }
            }
        }
        return result
    }

    private func checkShape(_ rows: Int, _ columns: Int) throws(QuantizationError) {
        let side = Self.side
        try QuantizationError.require(
            rows.isMultiple(of: side) && columns.isMultiple(of: side), "weights", "a matrix of \(rows) × \(columns)",
            "multiples of \(side), the side of a tile")
    }
}

/// Half-TCQ: the first half of the columns with one trellis, the second half with one that has another rate, for the
/// rates between (q-palette, arXiv:2509.20214).
public struct HalfTrellisQuantizer: WeightQuantizer {
    /// For the first half of the columns.
    public let first: TrellisQuantizer
    /// For the second half.
    public let second: TrellisQuantizer

    public init(_ first: TrellisQuantizer, _ second: TrellisQuantizer) {
        self.first = first
        self.second = second
    }

    public var name: String { "TCQ \(shortest(bitsPerWeight))" }
    public var bitsPerWeight: Double { (first.bitsPerWeight + second.bitsPerWeight) / 2 }

    public func quantize(_ weights: Matrix) throws(QuantizationError) -> QuantizedWeights {
        let half = weights.columns / 2
        let low = try first.quantize(weights[0..<weights.rows, 0..<half])
        let high = try second.quantize(weights[0..<weights.rows, half..<weights.columns])
        return QuantizedWeights(codes: low.codes + high.codes, values: low.values.appendingColumns(of: high.values))
    }

    public func dequantize(_ codes: [Int], rows: Int, columns: Int) throws(QuantizationError) -> Matrix {
        let half = columns / 2, border = min(rows * half / 2, codes.count)
        let low = try first.dequantize(Array(codes[..<border]), rows: rows, columns: half)
        return low.appendingColumns(
            of: try second.dequantize(Array(codes[border...]), rows: rows, columns: columns - half))
    }

    public func part(columns: Range<Int>, of total: Int) -> any WeightQuantizer {
        columns.lowerBound < total / 2 ? first : second
    }
}
