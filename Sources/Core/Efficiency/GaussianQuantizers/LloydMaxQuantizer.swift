import Mathematics
import RealModule

/// The scalar quantiser with the least mean squared error for the standard normal distribution (Lloyd 1957, Max
/// 1960): NUQ in q-palette (arXiv:2509.20214).
///
/// Each level is the mean of its cell, each threshold the middle between two levels.
public struct LloydMaxQuantizer: WeightQuantizer {
    /// The levels, ascending, symmetric about 0.
    public let levels: [Double]
    /// The mean squared error on standard normal numbers: 1 − Σ P(cell) · level².
    public let distortion: Double
    private let bits: Int

    /// The quantiser of 2^bits levels, by Newton's method on the conditions that each level is the mean of its cell,
    /// from Panter's and Dite's asymptotic levels.
    ///
    /// - Parameter bits: 1 ... 10.
    /// - Throws: `QuantizationError.invalidArgument` for other bits.
    public init(bits: Int) throws(QuantizationError) {
        try QuantizationError.require(1...10 ~= bits, "bits", bits, "1 ... 10")
        self.bits = bits
        let count = 1 << bits
        // The density of levels tends to that of the normal distribution to the power of 1/3.
        var levels = (0..<count).map { 3.0.squareRoot() * normalQuantile((Double($0) + 0.5) / Double(count)) }
        for _ in 0..<100 {
            let cells = Cells(levels)
            var jacobian = Matrix.zeros(count, count)
            var residual = Vector.zeros(count)
            for index in 0..<count {
                residual[index] = levels[index] * cells.masses[index] - cells.moments[index]
                var diagonal = cells.masses[index]
                // A threshold moves half as far as the level; its density carries the distance to it.
                if index > 0 {
                    let pull = (levels[index] - levels[index - 1]) / 4 * normalPDF(cells.thresholds[index - 1])
                    jacobian[index, index - 1] = -pull
                    diagonal -= pull
                }
                if index < count - 1 {
                    let pull = (levels[index + 1] - levels[index]) / 4 * normalPDF(cells.thresholds[index])
                    jacobian[index, index + 1] = -pull
                    diagonal -= pull
                }
                jacobian[index, index] = diagonal
            }
            guard let step = try? jacobian.solve(residual) else { break }
            // Newton may overshoot where cells are few: order is kept by going only part of the way.
            var share = 1.0
            func moved(_ share: Double) -> [Double] { levels.indices.map { levels[$0] - share * step[$0] } }
            while share > 1e-6, zip(moved(share), moved(share).dropFirst()).contains(where: { $0 >= $1 }) { share /= 2 }
            levels = moved(share)
            // It converges quadratically: the next step would be below rounding.
            if step.maximumMagnitude < 1e-9 { break }
        }
        // Exactly symmetric.
        let symmetric = levels.indices.map { (levels[$0] - levels[count - 1 - $0]) / 2 }
        let cells = Cells(symmetric)
        distortion = 1 - (0..<count).reduce(0) { $0 + cells.moments[$1] * symmetric[$1] }
        self.levels = symmetric
    }

    /// The cells of levels: thresholds in the middle, the probability of each, and ∫ x φ(x) over it.
    private struct Cells {
        var thresholds: [Double], masses: [Double], moments: [Double]

        init(_ levels: [Double]) {
            let thresholds = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
            func mass(_ lower: Double, _ upper: Double) -> Double {
                // In the tail where numbers are small, so that differences keep their digits.
                lower > 0 ? normalCDF(-lower) - normalCDF(-upper) : normalCDF(upper) - normalCDF(lower)
            }
            let ends = [-Double.infinity] + thresholds + [.infinity]
            masses = levels.indices.map { mass(ends[$0], ends[$0 + 1]) }
            moments = levels.indices.map { normalPDF(ends[$0]) - normalPDF(ends[$0 + 1]) }
            self.thresholds = thresholds
        }
    }

    public var name: String { "NUQ \(bits)" }
    public var bitsPerWeight: Double { Double(bits) }

    public func quantize(_ weights: Matrix) throws(QuantizationError) -> QuantizedWeights {
        try QuantizationError.requireFinite(weights, "weights")
        let thresholds = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
        let codes = weights.flattened.map { (value: Double) -> Int in
            var (low, high) = (0, thresholds.count)
            while low < high {
                let middle = (low + high) / 2
                if value > thresholds[middle] { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return QuantizedWeights(
            codes: codes, values: Matrix(rows: weights.rows, columns: weights.columns, Vector(codes.map { levels[$0] })))
    }

    public func dequantize(_ codes: [Int], rows: Int, columns: Int) throws(QuantizationError) -> Matrix {
        try QuantizationError.require(codes.count == rows * columns, "codes", "\(codes.count) numbers", "\(rows * columns)")
        for (index, code) in codes.enumerated() where !levels.indices.contains(code) {
            throw .invalidArgument(name: "codes[\(index)]", value: "\(code)", expected: "0 ..< \(levels.count)")
        }
        return Matrix(rows: rows, columns: columns, Vector(codes.map { levels[$0] }))
    }
}

// swiftcore: lloyd_max_levels
/// The levels of the scalar quantiser with the least mean squared error for the standard normal distribution, and
/// that error (q-palette, arXiv:2509.20214).
///
/// - Parameter bits: 1 ... 10.
/// - Throws: `QuantizationError.invalidArgument` for other bits.
public func lloydMaxLevels(bits: Int) throws(QuantizationError) -> (levels: [Double], distortion: Double) {
    let quantizer = try LloydMaxQuantizer(bits: bits)
    return (quantizer.levels, quantizer.distortion)
}
