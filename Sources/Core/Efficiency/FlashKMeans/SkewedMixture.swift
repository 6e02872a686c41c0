import Foundation
import Mathematics

/// Gaussian clusters of unequal sizes: the data of the experiments.
///
/// Cluster $j$ of $k$ has the weight $(j + 1)^{-s}$ (Zipf's law), its centre is drawn from $N(0, \sigma^2 I)$ and its points from
/// $N(c_j, I)$. $s = 0$ makes all equally large; at $s = 3$ the first has 83 % of the points.
public struct SkewedMixture: Sendable {
    /// How many clusters there are.
    public let clusters: Int
    /// The dimension of the points.
    public let dimension: Int
    /// The standard deviation of the centres, σ.
    public let separation: Double
    /// The exponent of the weights, s.
    public let skew: Double
    /// The share of each cluster.
    public let weights: [Double]
    private let table: AliasTable

    /// - Throws: `LinearAlgebraError` if a number is below 1, or a deviation or exponent negative or not finite.
    public init(
        clusters: Int, dimension: Int, separation: Double = 1, skew: Double = 0
    ) throws(LinearAlgebraError) {
        for (name, value) in [("clusters", clusters), ("dimension", dimension)] where value < 1 {
            throw .outOfRange(argument: name, value: Double(value), expected: "at least 1")
        }
        for (name, value) in [("separation", separation), ("skew", skew)] where !(value >= 0 && value.isFinite) {
            throw .outOfRange(argument: name, value: value, expected: "a finite number not below 0")
        }
        self.clusters = clusters
        self.dimension = dimension
        self.separation = separation
        self.skew = skew
        let raw = (1...clusters).map { pow(Double($0), -skew) }
        let total = raw.reduce(0, +)
        weights = raw.map { $0 / total }
        do throws(StatisticsError) {
            table = try AliasTable(weights: raw)
        } catch {
            throw .outOfRange(argument: "skew", value: skew, expected: "an exponent that leaves finite weights")
        }
    }

    /// Draws points on several threads; the bits depend on the generator alone.
    ///
    /// - Parameters:
    ///   - count: how many points.
    ///   - generator: its streams give the numbers; it does not advance.
    /// - Returns: one point a row, and the cluster that each comes from.
    public func sample(_ count: Int, using generator: Philox) -> (points: DenseMatrix<Float>, clusters: [Int]) {
        precondition(count >= 0, "there cannot be \(count) points")
        var centreGenerator = generator.stream(0)
        let centres = centreGenerator.normalMatrix(rows: clusters, columns: dimension)
        let numbers = Storage<Float>(uninitializedCount: count * dimension)
        let block = 4096
        let labels = parallelMap((count + block - 1) / block) { index in
            var own = generator.stream(index + 1)
            var noise = Vector(repeating: 0, count: dimension)
            return (index * block..<min((index + 1) * block, count)).map { row in
                let label = table.sample(using: &own)
                own.fillNormal(&noise)
                for column in 0..<dimension {
                    numbers.pointer[row * dimension + column] = Float(
                        separation * centres[label, column] + noise[column])
                }
                return label
            }
        }
        return (DenseMatrix(rows: count, columns: dimension, storage: numbers), labels.flatMap { $0 })
    }
}
