import DeepLearning
import Mathematics

/// min cᵀz subject to Ez + s = d, s ∈ K, for a product K of simple cones: linear and second-order cone programs.
///
/// The three arrays are the parameters that a solution is differentiated by.
public struct ConicProgram: Parameterized, Sendable {
    /// c, [variables].
    public var cost: Tensor<Double>
    /// E, [rows, variables].
    public var matrix: Tensor<Double>
    /// d, [rows].
    public var right: Tensor<Double>

    /// A program; the cones come with `residualMap(of:)`.
    ///
    /// - Throws: `OptimisationError` for shapes that do not fit.
    public init(cost: Tensor<Double>, matrix: Tensor<Double>, right: Tensor<Double>) throws(OptimisationError) {
        try requireArgument(matrix.rank == 2, "matrix", "of the shape \(matrix.shape)", "two axes")
        try requireArgument(
            cost.shape == [matrix.shape[1]], "cost", "of the shape \(cost.shape)", "[\(matrix.shape[1])]")
        try requireArgument(
            right.shape == [matrix.shape[0]], "right", "of the shape \(right.shape)", "[\(matrix.shape[0])]")
        (self.cost, self.matrix, self.right) = (cost, matrix, right)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Double>) throws -> Void) rethrows {
        try body(&cost)
        try body(&matrix)
        try body(&right)
    }

    /// A factor of K.
    public enum Cone: Sendable, Hashable {
        /// {0} in so many dimensions: equalities.
        case zero(Int)
        /// The non-negative orthant: inequalities.
        case nonNegative(Int)
        /// {(t, u) : ‖u‖ ≤ t} in so many dimensions, t included.
        case secondOrder(Int)

        /// Its dimension.
        public var dimension: Int {
            switch self {
            case .zero(let count), .nonNegative(let count), .secondOrder(let count): count
            }
        }

        /// The projection onto the dual cone.
        fileprivate func dualProjection(_ point: Tensor<Double>) -> Tensor<Double> {
            switch self {
            case .zero: point
            case .nonNegative: relu(point)
            case .secondOrder: point.projected(onto: .secondOrderCone)
            }
        }
    }

    /// A primal-dual solution as the point of the self-dual embedding that `residualMap(of:)` is about: (z, y − s, 1).
    ///
    /// - Parameters:
    ///   - primal: z.
    ///   - dual: y, the multipliers, in the dual cone, with c + Eᵀy = 0.
    ///   - slack: s = d − Ez.
    public static func embedding(primal: Tensor<Double>, dual: Tensor<Double>, slack: Tensor<Double>) -> Tensor<Double> {
        .concatenating([primal, dual - slack, Tensor([1.0])])
    }

    /// z, y and s of a point (u, v, w) of the embedding: u/w, Π*(v)/w and (Π*(v) − v)/w.
    public static func solution(
        of point: Tensor<Double>, variableCount: Int, cones: [Cone]
    ) -> (primal: Tensor<Double>, dual: Tensor<Double>, slack: Tensor<Double>) {
        let parts = point.split(sizes: [variableCount, point.count - variableCount - 1, 1])
        let dual = projectOntoDual(parts[1], cones)
        return (parts[0] / parts[2], dual / parts[2], (dual - parts[1]) / parts[2])
    }

    /// The residual map of the homogeneous self-dual embedding (Busseti, Moursi and Boyd 2019, arXiv:1803.07772):
    /// F(x, θ) = (Q − I)Πx + x with Q = [0 Eᵀ c; −E 0 d; −cᵀ −dᵀ 0] and Π the projection onto ℝⁿ × K* × ℝ₊.
    ///
    /// F is homogeneous in x, so that A has x in its kernel: solve by the normal equations, and derive z, y and s from the
    /// differentiated point by `solution(of:variableCount:cones:)`, which does not depend on its scale.
    public static func residualMap(of cones: [Cone]) -> OptimalityCondition<ConicProgram> {
        OptimalityCondition(rootOf: { x, program in
            let rows = program.right.count, columns = program.cost.count
            precondition(
                cones.reduce(0) { $0 + $1.dimension } == rows, "the cones' dimensions do not add up to the \(rows) rows")
            let parts = x.split(sizes: [columns, rows, 1])
            let (z, y, weight) = (parts[0], projectOntoDual(parts[1], cones), relu(parts[2]))
            let first = matmul(program.matrix.transposed(), y) + program.cost * weight
            let second = program.right * weight - matmul(program.matrix, z) - y + parts[1]
            let third = -(program.cost * z).sum() - (program.right * y).sum() - weight + parts[2]
            return .concatenating([first, second, third.reshaped(to: [1])])
        })
    }

    private static func projectOntoDual(_ point: Tensor<Double>, _ cones: [Cone]) -> Tensor<Double> {
        .concatenating(zip(point.split(sizes: cones.map(\.dimension)), cones).map { $1.dualProjection($0) })
    }
}
