import DeepLearning
import Mathematics

/// How many points lie nearest to each node of a square grid: the discretised law whose distances are measured
/// exactly (ode-sde-gap, arXiv:2311.15996).
public struct PlanarHistogram: Sendable {
    /// n: the nodes are n × n, equally spaced on [−h, h]², both ends included.
    public let nodeCount: Int
    /// h.
    public let halfWidth: Double
    /// The share of points at each node: rows along x₂, columns along x₁; the sum is 1.
    public let masses: Matrix
    /// The share of points outside [−h, h]², which are left out.
    public let outside: Double

    // swiftcore: planar_histogram; require: points.rank == 2 && points.shape[1] == 2
    /// Bins points at their nearest nodes.
    ///
    /// - Parameters:
    ///   - points: rows x₁, x₂; points that are not finite count as outside.
    ///   - nodeCount: n, at least 2.
    ///   - halfWidth: h, positive.
    /// - Throws: `DiffusionError` where an argument cannot be used or every point lies outside.
    public init(_ points: Tensor<Float>, nodeCount: Int = 64, halfWidth: Double = 4) throws(DiffusionError) {
        guard nodeCount >= 2 else {
            throw DiffusionError(argument: "nodeCount", value: "\(nodeCount)", expected: "at least 2")
        }
        guard halfWidth > 0, halfWidth.isFinite else {
            throw DiffusionError(argument: "halfWidth", value: "\(halfWidth)", expected: "a positive number")
        }
        let spacing = 2 * halfWidth / Double(nodeCount - 1)
        var counts = Matrix.zeros(nodeCount, nodeCount)
        var inside = 0
        points.withUnsafeScalars { scalars in
            for row in 0..<scalars.count / 2 {
                let x = Double(scalars[2 * row]), y = Double(scalars[2 * row + 1])
                guard x.magnitude < halfWidth, y.magnitude < halfWidth else { continue }
                inside += 1
                counts[Int(((y + halfWidth) / spacing).rounded()), Int(((x + halfWidth) / spacing).rounded())] += 1
            }
        }
        guard inside > 0 else {
            throw DiffusionError(
                argument: "points", value: "\(points.shape[0]) points", expected: "at least one inside the box of ±\(halfWidth)")
        }
        self.nodeCount = nodeCount
        self.halfWidth = halfWidth
        masses = (1 / Double(inside)) * counts
        outside = 1 - Double(inside) / Double(points.shape[0])
    }

    /// W₂² to another histogram on the same grid: the least Σ mass · distance² of any transport, exact.
    ///
    /// - Throws: `DiffusionError` if the grids differ, `TransportError` if the transport fails.
    public func squaredWassersteinDistance(to other: PlanarHistogram) throws -> Double {
        guard nodeCount == other.nodeCount, halfWidth == other.halfWidth else {
            throw DiffusionError(
                argument: "other", value: "\(other.nodeCount) nodes on ±\(other.halfWidth)",
                expected: "the same grid: \(nodeCount) nodes on ±\(halfWidth)")
        }
        let (nodes, weights) = support, (otherNodes, otherWeights) = other.support
        let costs = Matrix(rows: nodes.count, columns: otherNodes.count) { row, column in
            let dx = nodes[row].x - otherNodes[column].x, dy = nodes[row].y - otherNodes[column].y
            return dx * dx + dy * dy
        }
        return try OptimalTransport(
            costs: costs, sourceMasses: Vector(weights), targetMasses: Vector(otherWeights)).cost
    }

    private var support: (nodes: [(x: Double, y: Double)], masses: [Double]) {
        let spacing = 2 * halfWidth / Double(nodeCount - 1)
        var nodes: [(Double, Double)] = [], weights: [Double] = []
        for row in 0..<nodeCount {
            for column in 0..<nodeCount where masses[row, column] > 0 {
                nodes.append((-halfWidth + Double(column) * spacing, -halfWidth + Double(row) * spacing))
                weights.append(masses[row, column])
            }
        }
        return (nodes, weights)
    }
}
