import DeepLearning
import Mathematics

/// A projection of predicted quantiles onto non-decreasing sequences (quantile-aggregation, arXiv:2103.00083,
/// section 4.3). Sorting and pooling never increase the pinball loss.
public enum QuantileOrdering: String, Sendable, Hashable, CaseIterable {
    /// The predictions as they are.
    case none
    /// The predictions of an observation in ascending order.
    case sort
    /// The nearest non-decreasing sequence in squares, by pooling adjacent violators.
    case pool
    /// Outward from the median: above it the running maximum, below it the running minimum.
    case sweep

    /// Orders each row.
    ///
    /// - Parameter quantiles: [observations, levels], finite.
    /// - Throws: `StatisticsError` if a number is not finite and rows are pooled.
    public func callAsFunction(_ quantiles: Matrix) throws(StatisticsError) -> Matrix {
        if self == .none { return quantiles }
        var result = quantiles
        for row in 0..<quantiles.rows {
            result.setRow(row, to: Vector(try ordered(Array(quantiles.row(row)))))
        }
        return result
    }

    /// Orders one observation's quantiles.
    public func ordered(_ quantiles: [Double]) throws(StatisticsError) -> [Double] {
        switch self {
        case .none: return quantiles
        case .sort: return quantiles.sorted()
        case .pool: return try IsotonicRegression.fit(quantiles)
        case .sweep:
            var result = quantiles
            let middle = quantiles.count / 2
            for index in quantiles.indices.dropFirst(middle + 1) { result[index] = max(result[index], result[index - 1]) }
            for index in stride(from: middle - 1, through: 0, by: -1) {
                result[index] = min(result[index], result[index + 1])
            }
            return result
        }
    }

    /// Orders each row of a batch, with the derivative: sorting permutes it, pooling averages it over the blocks,
    /// the sweep hands it to the level that set the extreme.
    ///
    /// - Parameter quantiles: [observations, levels].
    public func callAsFunction(_ quantiles: Tensor<Float>) -> Tensor<Float> {
        switch self {
        case .none: return quantiles
        case .sort: return quantiles.sorted()
        case .pool:
            return customDifferentiable(quantiles) { x in
                Self.pooled(x, blocksOf: x)
            } pullback: { x, _, cotangent in
                Self.pooled(cotangent, blocksOf: x)
            }
        case .sweep:
            let count = quantiles.shape[1], middle = count / 2
            let upper = quantiles.sliced(middle..<count, along: 1).cumulativeMaximum(along: 1)
            guard middle > 0 else { return upper }
            let lower = -(-quantiles.sliced(0..<middle + 1, along: 1)).reversed(along: 1).cumulativeMaximum(along: 1)
            return Tensor.concatenating([lower.sliced(1..<middle + 1, along: 1).reversed(along: 1), upper], along: 1)
        }
    }

    /// The means of `values` over the blocks into which pooling cuts the rows of `quantiles`.
    private static func pooled(_ values: Tensor<Float>, blocksOf quantiles: Tensor<Float>) -> Tensor<Float> {
        let (rows, columns) = (quantiles.shape[0], quantiles.shape[1])
        let (source, x) = (values.scalars, quantiles.scalars)
        var result = source
        var blocks: [(sum: Float, start: Int, count: Int)] = []
        for row in 0..<rows {
            blocks.removeAll(keepingCapacity: true)
            for column in 0..<columns {
                var block = (sum: x[row * columns + column], start: column, count: 1)
                while let last = blocks.last, last.sum * Float(block.count) >= block.sum * Float(last.count) {
                    blocks.removeLast()
                    block = (last.sum + block.sum, last.start, last.count + block.count)
                }
                blocks.append(block)
            }
            for block in blocks where block.count > 1 {
                let range = row * columns + block.start..<row * columns + block.start + block.count
                let mean = source[range].reduce(0, +) / Float(block.count)
                for index in range { result[index] = mean }
            }
        }
        return Tensor(shape: quantiles.shape, scalars: result)
    }
}
