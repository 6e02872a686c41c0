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

    /// The quantiser of 2^bits levels, from Panter's and Dite's asymptotic levels.
    ///
    /// The error is a convex-like function of the levels with one minimum, since the logarithm of the density is
    /// concave (Fleischer 1964). Newton's method on its gradient finds it; a step that does not lower the error is
    /// halved, and if that does not help, replaced by Lloyd's, which always does.
    ///
    /// - Parameter bits: 1 ... 10.
    /// - Throws: `QuantizationError.invalidArgument` for other bits.
    public init(bits: Int) throws(QuantizationError) {
        try QuantizationError.require(1...10 ~= bits, "bits", bits, "1 ... 10")
        self.bits = bits
        let count = 1 << bits
        // The density of levels tends to that of the normal distribution to the power of 1/3.
        var levels = (0..<count).map { 3.0.squareRoot() * normalQuantile((Double($0) + 0.5) / Double(count)) }
        var cells = Cells(levels)
        for _ in 0..<200 {
            var next = cells.means
            var length = zip(next, levels).map { abs($0 - $1) }.max() ?? 0
            if let step = cells.newtonStep(levels) {
                var share = 1.0
                while share > 0.1 {
                    let moved = levels.indices.map { levels[$0] - share * step[$0] }
                    if moved == moved.sorted(), Cells(moved).distortion(of: moved) <= cells.distortion(of: levels) {
                        (next, length) = (moved, step.maximumMagnitude)
                        break
                    }
                    share /= 2
                }
            }
            levels = next
            cells = Cells(levels)
            // Newton's method converges quadratically: the next step would be below rounding.
            if length < 1e-9 { break }
        }
        // Exactly symmetric.
        let symmetric = levels.indices.map { (levels[$0] - levels[count - 1 - $0]) / 2 }
        distortion = Cells(symmetric).distortion(of: symmetric)
        self.levels = symmetric
    }

    /// The cells of levels: thresholds in the middle, the probability of each, and ∫ x φ(x) over it.
    private struct Cells {
        let thresholds: [Double], masses: [Double], moments: [Double]

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

        var means: [Double] { zip(moments, masses).map { $0 / $1 } }

        /// E(x − level)² = 1 − 2 Σ level · moment + Σ level² · mass.
        func distortion(of levels: [Double]) -> Double {
            levels.indices.reduce(1) { $0 + levels[$1] * (levels[$1] * masses[$1] - 2 * moments[$1]) }
        }

        /// What Newton's method takes off the levels; nil where its matrix is singular.
        func newtonStep(_ levels: [Double]) -> Vector? {
            let count = levels.count
            var jacobian = Matrix.zeros(count, count)
            let residual = Vector(levels.indices.map { levels[$0] * masses[$0] - moments[$0] })
            for index in 0..<count { jacobian[index, index] = masses[index] }
            // A threshold moves half as far as a level; its density carries the distance to it.
            for index in 0..<count - 1 {
                let pull = (levels[index + 1] - levels[index]) / 4 * normalPDF(thresholds[index])
                jacobian[index, index] -= pull
                jacobian[index + 1, index + 1] -= pull
                jacobian[index, index + 1] = -pull
                jacobian[index + 1, index] = -pull
            }
            return try? jacobian.solve(residual)
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
            codes: codes, values: Matrix(rows: weights.rows, columns: weights.columns, Vector(codes.map { levels[$0] }))
        )
    }

    public func dequantize(_ codes: [Int], rows: Int, columns: Int) throws(QuantizationError) -> Matrix {
        try QuantizationError.require(
            codes.count == rows * columns, "codes", "\(codes.count) numbers", "\(rows * columns)")
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
