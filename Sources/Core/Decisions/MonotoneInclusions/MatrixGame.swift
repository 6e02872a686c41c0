import Foundation
import Mathematics

/// The equilibrium of a zero-sum game with mixed strategies: min over x, max over y of yᵀAx, both on the simplex.
///
/// u = (x, y), F(u) = (Aᵀy, −Ax), and G is the normal cone of the two simplices. Component i is of the i-th strategy of
/// either player: Fᵢ(u) = n(A_{i·}yᵢ, −A_{·i}xᵢ).
public struct MatrixGame: FiniteSumInclusion {
    /// The square matrix A of what the first player pays to the second: one row a strategy of the second (y), one
    /// column a strategy of the first (x).
    public let payoff: Matrix
    private let transposed: Matrix
    private let simplex: ConvexSet

    public var dimension: Int { 2 * payoff.rows }
    public var componentCount: Int { payoff.rows }

    /// The game of a square payoff matrix.
    ///
    /// - Throws: `OptimisationError` if the matrix is empty, not square or not finite.
    public init(payoff: Matrix) throws(OptimisationError) {
        try requireArgument(
            payoff.rows == payoff.columns && payoff.rows > 0, "payoff", "\(payoff.rows) × \(payoff.columns)",
            "a square matrix: components pair a row with a column")
        try requireFinite(payoff.flattened, "payoff")
        self.payoff = payoff
        transposed = payoff.transposed
        simplex = try .simplex()
    }

    /// The policeman and burglar game of Nemirovski: A_{ij} = wⱼ(1 − exp(−decay·|i − j|)), wⱼ = |N(0, 1)|.
    ///
    /// The burglar robs house j of wealth wⱼ, the policeman stands at house i.
    ///
    /// - Parameters:
    ///   - houses: n, positive.
    ///   - decay: how fast the chance of a catch falls with the distance, positive; 0.8 in the experiments of
    ///     vr-halpern (arXiv:2310.02987).
    ///   - generator: draws the wealth.
    /// - Throws: `OptimisationError.invalid` for an argument out of range.
    public static func policemanAndBurglar(
        houses: Int, decay: Double = 0.8, using generator: inout some RandomNumberGenerator
    ) throws(OptimisationError) -> MatrixGame {
        try requireArgument(houses > 0, "houses", houses, "a positive number")
        try requirePositive(decay, "decay")
        let wealth = generator.normalVector(count: houses).map { $0.magnitude }
        return try MatrixGame(
            payoff: Matrix(rows: houses, columns: houses) { row, column in
                wealth[column] * (1 - exp(-decay * Double((row - column).magnitude)))
            })
    }

    /// The uniform mixed strategies of both players.
    public var uniformStart: Vector { Vector(repeating: 1 / Double(payoff.rows), count: dimension) }

    /// The smallest L with mean ‖Fᵢ(u) − Fᵢ(v)‖² ≤ L²‖u − v‖²: √n times the largest norm of a row or a column of A.
    public var averageLipschitzConstant: Double {
        let norms = (0..<payoff.rows).flatMap { [payoff.row($0).norm, transposed.row($0).norm] }
        return Double(payoff.rows).squareRoot() * (norms.max() ?? 0)
    }

    /// What the players could still gain together by deviating: max_i (Ax)ᵢ − min_j (Aᵀy)ⱼ, zero at an equilibrium
    /// only.
    ///
    /// - Parameter point: (x, y), both in the simplex.
    public func dualityGap(at point: Vector) -> Double {
        let n = payoff.rows
        let gains = payoff * Vector(point[0..<n])
        let losses = transposed * Vector(point[n...])
        return (gains.max() ?? 0) - (losses.min() ?? 0)
    }

    public func value(at point: Vector) -> Vector {
        let n = payoff.rows
        let losses = transposed * Vector(point[n...])
        let gains = payoff * Vector(point[0..<n])
        return Vector(count: 2 * n) { $0 < n ? losses[$0] : -gains[$0 - n] }
    }

    public func addComponentDifferences(
        _ components: ArraySlice<Int>, at point: Vector, from reference: Vector, factor: Double, into sum: inout Vector
    ) {
        let n = payoff.rows
        let scale = factor * Double(n)
        sum.withUnsafeMutableBufferPointer { sum in
            payoff.withUnsafeBufferPointer { rows in
                transposed.withUnsafeBufferPointer { columns in
                    for index in components {
                        let dx = -scale * (point[index] - reference[index])
                        let dy = scale * (point[n + index] - reference[n + index])
                        let start = index * n
                        for place in 0..<n {
                            sum[place] += dy * rows[start + place]
                            sum[n + place] += dx * columns[start + place]
                        }
                    }
                }
            }
        }
    }

    public func resolvent(of point: Vector, step: Double) -> Vector {
        let n = payoff.rows
        let x = simplex.project(Vector(point[0..<n]))
        let y = simplex.project(Vector(point[n...]))
        return Vector(count: 2 * n) { $0 < n ? x[$0] : y[$0 - n] }
    }
}
