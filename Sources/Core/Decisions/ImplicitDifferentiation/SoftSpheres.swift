import DeepLearning
import Mathematics

/// Soft spheres of two sizes in a periodic square: how their places of least energy depend on the smaller size
/// (`implicit-diff`, arXiv:2105.15183, section 4.4).
///
/// The energy is ½ Σ (1 − r/σ)² over the pairs with r < σ, r the distance in the periodic square and σ the mean of the
/// two diameters. The first half of the spheres has the diameter θ, the others 1.
public struct SoftSpheres: Sendable {
    /// The number of spheres.
    public let count: Int
    /// The side of the square.
    public let side: Double

    /// Spheres in a square of a given side.
    ///
    /// - Throws: `OptimisationError` for fewer than two spheres or a side below 3, in which a sphere could touch
    ///   another in two ways.
    public init(count: Int, side: Double) throws(OptimisationError) {
        try requireArgument(count >= 2, "count", count, "at least 2")
        try requireArgument(side >= 3 && side.isFinite, "side", side, "a number of at least 3")
        (self.count, self.side) = (count, side)
    }

    /// Spheres whose areas add up to a share of the square's; above about 0.84 they cannot all be apart.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - packing: Σ πσ²/4 over the square's area.
    ///   - diameter: of the smaller half.
    /// - Throws: `OptimisationError` for arguments out of range.
    public init(count: Int, packing: Double, diameter: Double) throws(OptimisationError) {
        try requirePositive(packing, "packing")
        try requirePositive(diameter, "diameter")
        let small = Double(count / 2), large = Double(count - count / 2)
        let area = Double.pi / 4 * (small * diameter * diameter + large)
        try self.init(count: count, side: (area / packing).squareRoot())
    }

    /// Positions drawn uniformly from the square, [count, 2].
    public func randomPositions(using generator: inout some RandomNumberGenerator) -> Tensor<Double> {
        .randomUniform([count, 2], from: 0, to: side, using: &generator)
    }

    /// The energy of positions [count, 2], with θ as its parameter; differentiable by both.
    public func energy(_ positions: Tensor<Double>, diameter: Tensor<Double>) -> Tensor<Double> {
        let pairs = touchingPairs(positions.detached(), diameter.scalar)
        let first = Tensor(pairs.map(\.first)), second = Tensor(pairs.map(\.second))
        let offset = positions.gathering(first) - positions.gathering(second)
        let distance = (offset - round(offset / side) * side).norm(along: 1)
        // Half the number of small spheres in each pair: σ = 1 + (θ − 1) · share.
        let share = Tensor(pairs.map { (isSmall($0.first) ? 0.5 : 0) + (isSmall($0.second) ? 0.5 : 0) })
        return (1 - distance / ((diameter - 1) * share + 1)).squared().sum() * 0.5
    }

    /// The energy as an objective of positions.
    public var objective: SmoothObjective<Tensor<Double>> { SmoothObjective { energy($0, diameter: $1) } }

    /// Positions of least energy near the given ones, by FIRE.
    ///
    /// - Throws: `OptimisationError.notConverged` where a force is left that is larger than the tolerance.
    public func relaxed(
        from positions: Tensor<Double>, diameter: Double, tolerance: Double = 1e-10, iterations: Int = 100_000,
        options: FIREOptions = FIREOptions()
    ) throws(OptimisationError) -> (positions: Tensor<Double>, iterations: Int) {
        try requirePositive(diameter, "diameter")
        let solver = DifferentiableSolver.fire(of: objective, options: options)
        var current = positions
        var used = 0
        var force = Double.infinity
        while used < iterations {
            let run = solver.run(
                from: current, parameters: Tensor(diameter), iterations: min(500, iterations - used), tolerance: -1)
            current = run.solution
            used += run.iterations
            force = abs(objective.gradient(current, Tensor(diameter))).max().scalar
            if force <= tolerance { return (current, used) }
        }
        throw .notConverged(method: "FIRE", iterations: used, residual: force)
    }

    /// dx*/dθ at positions of least energy, by one linear system with the Hessian. Spheres that touch none do not move.
    public func sensitivity(
        at positions: Tensor<Double>, diameter: Double,
        linearSolver: ImplicitLinearSolver<Double> = .bicgstab(tolerance: 1e-12, maximumIterations: 5000)
    ) -> Tensor<Double> {
        derivative(at: Tensor(diameter), along: Tensor(1.0)) {
            OptimalityCondition.stationarity(of: objective).root(positions, parameters: $0, solver: linearSolver)
        }
    }

    /// The positions after so many steps of FIRE and their derivative by θ, through every step, in forward mode.
    public func unrolled(
        from positions: Tensor<Double>, diameter: Double, iterations: Int, options: FIREOptions = FIREOptions()
    ) -> (positions: Tensor<Double>, sensitivity: Tensor<Double>) {
        let (value, slope) = valueAndDerivative(at: Tensor(diameter), along: Tensor(1.0)) {
            DifferentiableSolver.fire(of: objective, options: options)
                .unrolled(from: positions, parameters: $0, iterations: iterations)
        }
        return (value, slope)
    }

    /// The difference quotient of the positions of least energy: relaxed again from `positions` with θ ± step.
    ///
    /// - Throws: `OptimisationError.notConverged` from the relaxations.
    public func differenceQuotient(
        at positions: Tensor<Double>, diameter: Double, step: Double = 1e-6, tolerance: Double = 1e-13
    ) throws(OptimisationError) -> Tensor<Double> {
        let above = try relaxed(from: positions, diameter: diameter + step, tolerance: tolerance).positions
        let below = try relaxed(from: positions, diameter: diameter - step, tolerance: tolerance).positions
        return (above - below) / (2 * step)
    }

    private func isSmall(_ sphere: Int) -> Bool { sphere < count / 2 }

    /// The pairs that overlap; all others add nothing, to no derivative.
    private func touchingPairs(_ positions: Tensor<Double>, _ diameter: Double) -> [(first: Int, second: Int)] {
        let numbers = positions.scalars
        var pairs: [(first: Int, second: Int)] = []
        for first in 0..<count {
            for second in 0..<first {
                var x = numbers[2 * first] - numbers[2 * second], y = numbers[2 * first + 1] - numbers[2 * second + 1]
                x -= side * (x / side).rounded()
                y -= side * (y / side).rounded()
                let sum = (isSmall(first) ? diameter : 1) + (isSmall(second) ? diameter : 1)
                if 4 * (x * x + y * y) < sum * sum { pairs.append((first, second)) }
            }
        }
        return pairs
    }
}

// swiftcore: soft_sphere_sensitivity
/// Soft spheres relaxed by FIRE, and how their positions move with the diameter of the smaller half (`implicit-diff`,
/// arXiv:2105.15183, section 4.4).
///
/// - Parameters:
///   - positions: one sphere a row, the smaller half first, two coordinates.
///   - side: of the periodic square.
///   - diameter: θ, of the smaller half; the others have 1.
/// - Returns: the relaxed positions and their derivative by θ.
/// - Throws: `OptimisationError` for shapes or numbers out of range, or where FIRE does not converge.
public func softSphereSensitivity(
    positions: Matrix, side: Double, diameter: Double = 0.6
) throws(OptimisationError) -> (positions: Matrix, sensitivity: Matrix) {
    try requireArgument(
        positions.columns == 2, "positions", "of the shape (\(positions.rows), \(positions.columns))", "two columns")
    try requireFinite(positions.flattened, "positions")
    let spheres = try SoftSpheres(count: positions.rows, side: side)
    let relaxed = try spheres.relaxed(from: Tensor(positions), diameter: diameter).positions
    return (relaxed.matrix, spheres.sensitivity(at: relaxed, diameter: diameter).matrix)
}
