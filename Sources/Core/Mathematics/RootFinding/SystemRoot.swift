/// Why a system of equations or a fixed point was not solved.
public enum SystemRootError: Error, Equatable, CustomStringConvertible {
    /// An argument is out of its range.
    case invalidArgument(argument: String, value: Double, expected: String)
    /// The function has not as many components as unknowns.
    case countMismatch(components: Int, unknowns: Int)
    /// A component of the function is infinite or not a number at the start.
    case notFinite(component: Int, value: Double)
    /// The residual could not be made small enough.
    case notConverged(iterations: Int, residual: Double, tolerance: Double, reason: String)

    /// What is wrong, with the value and what was expected.
    public var description: String {
        switch self {
        case .invalidArgument(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .countMismatch(let components, let unknowns):
            "the function has \(components) components: expected \(unknowns), as many as unknowns"
        case .notFinite(let component, let value):
            "component \(component) of the function is \(value) at the start: expected a finite number"
        case .notConverged(let iterations, let residual, let tolerance, let reason):
            "the residual is \(residual) after \(iterations) iterations, above the tolerance \(tolerance): \(reason)"
        }
    }
}

/// The solution of a system of equations or of a fixed-point problem.
public struct SystemRoot: Sendable, Equatable {
    /// The unknowns.
    public let solution: Vector
    /// The Euclidean norm of what should be zero.
    public let residual: Double
    /// How many iterations it took.
    public let iterations: Int
    /// How often the function was called, those for numerical Jacobians included.
    public let evaluations: Int
}

// swiftcore: find_root_of_system; keepsShape: system
/// A root of a system of n equations with n unknowns, F(x) = 0.
///
/// Newton's method with a line search on ‖F‖² (Dennis and Schnabel 1983, algorithm A6.3.1). Between Jacobians
/// the matrix is updated by Broyden's "good" formula as long as that makes progress.
///
/// - Parameters:
///   - system: F; a point where it is not finite is backed away from.
///   - start: where to begin.
///   - jacobian: ∂Fᵢ/∂xⱼ; central differences if nil.
///   - usesBroyden: whether to update rather than recompute the Jacobian at each step.
///   - tolerance: of ‖F‖₂.
///   - maximumIterations: how many steps there may be.
/// - Throws: `SystemRootError`.
public func findRoot(
    ofSystem system: (Vector) -> Vector, startingAt start: Vector, jacobian: ((Vector) -> Matrix)? = nil,
    usesBroyden: Bool = false, tolerance: Double = 1e-10, maximumIterations: Int = 200
) throws(SystemRootError) -> SystemRoot {
    guard tolerance > 0 else {
        throw .invalidArgument(argument: "tolerance", value: tolerance, expected: "a positive number")
    }
    var evaluations = 1
    var (x, f) = (start, system(start))
    if f.count != x.count { throw .countMismatch(components: f.count, unknowns: x.count) }
    for (index, value) in f.enumerated() where !value.isFinite { throw .notFinite(component: index, value: value) }
    func freshMatrix() -> Matrix {
        if let jacobian { return jacobian(x) }
        evaluations += 2 * x.count
        return FiniteDifferences.jacobian(of: system, at: x)
    }
    var matrix = Matrix.zeros(0, 0)
    var matrixIsFresh = false
    for iteration in 0...maximumIterations {
        let residual = f.norm
        if residual <= tolerance {
            return SystemRoot(solution: x, residual: residual, iterations: iteration, evaluations: evaluations)
        }
        func failure(_ reason: String) -> SystemRootError {
            .notConverged(iterations: iteration, residual: residual, tolerance: tolerance, reason: reason)
        }
        if iteration == maximumIterations { throw failure("the limit was reached") }
        if matrix.rows == 0 || !usesBroyden {
            matrix = freshMatrix()
            matrixIsFresh = true
        }
        while true {
            var accepted = false
            if let direction = try? matrix.solve(-f), direction.allSatisfy(\.isFinite) {
                var fraction = 1.0
                for _ in 0..<40 {
                    let trial = x + fraction * direction
                    let value = system(trial)
                    evaluations += 1
                    let norm = value.norm
                    if norm.isFinite, norm <= (1 - 1e-4 * fraction) * residual {
                        let step = trial - x
                        if usesBroyden {
                            let mismatch = (value - f) - matrix * step
                            let square = step.dot(step)
                            if square > 0 {
                                let (rows, columns) = (matrix.rows, matrix.columns)
                                matrix.withUnsafeMutableBufferPointer { buffer in
                                    for row in 0..<rows {
                                        for column in 0..<columns {
                                            buffer[row * columns + column] += mismatch[row] * step[column] / square
                                        }
                                    }
                                }
                            }
                        }
                        (x, f) = (trial, value)
                        accepted = true
                        break
                    }
                    // The minimum of the parabola through ‖F‖² and its slope −2‖F‖² at the start.
                    let ratio = norm.isFinite ? norm * norm / (residual * residual) : .infinity
                    let denominator = ratio - 1 + 2 * fraction
                    let best = ratio.isFinite && denominator > 0 ? fraction * fraction / denominator : 0
                    fraction = min(max(best, fraction / 10), fraction / 2)
                    // An outdated matrix does not deserve a long search.
                    if !matrixIsFresh, fraction < 0.05 { break }
                }
            }
            if accepted {
                matrixIsFresh = false
                break
            }
            if matrixIsFresh { throw failure("no step along Newton's direction makes the residual smaller") }
            matrix = freshMatrix()
            matrixIsFresh = true
        }
    }
    throw .notConverged(
        iterations: maximumIterations, residual: f.norm, tolerance: tolerance, reason: "the limit was reached")
}

/// A fixed point x = g(x) by the plain iteration, or accelerated by Anderson's mixing.
///
/// Anderson acceleration (Walker and Ni, SIAM J. Numer. Anal. 49, 2011): the next point combines the last
/// `memory` ones so that their residuals g(x) − x nearly cancel, by least squares over residual differences
/// with a tiny ridge.
///
/// - Parameters:
///   - function: g.
///   - start: where to begin.
///   - memory: how many differences to combine; 0 is the plain iteration.
///   - damping: the share of the residual in a step, in (0, 1].
///   - tolerance: of ‖g(x) − x‖₂.
///   - maximumIterations: how many evaluations there may be.
/// - Throws: `SystemRootError`.
public func findFixedPoint(
    of function: (Vector) -> Vector, startingAt start: Vector, memory: Int = 5, damping: Double = 1,
    tolerance: Double = 1e-10, maximumIterations: Int = 1000
) throws(SystemRootError) -> SystemRoot {
    guard tolerance > 0 else {
        throw .invalidArgument(argument: "tolerance", value: tolerance, expected: "a positive number")
    }
    guard damping > 0, damping <= 1 else {
        throw .invalidArgument(argument: "damping", value: damping, expected: "a number in (0, 1]")
    }
    guard memory >= 0 else {
        throw .invalidArgument(argument: "memory", value: Double(memory), expected: "at least 0")
    }
    var x = start
    var previous: (x: Vector, residual: Vector)?
    var (pointChanges, residualChanges): ([Vector], [Vector]) = ([], [])
    var norm = Double.infinity
    for iteration in 1...max(maximumIterations, 1) {
        let value = function(x)
        if value.count != x.count { throw .countMismatch(components: value.count, unknowns: x.count) }
        let residual = value - x
        norm = residual.norm
        if norm <= tolerance {
            return SystemRoot(solution: x, residual: norm, iterations: iteration, evaluations: iteration)
        }
        if !norm.isFinite {
            if iteration == 1 {
                for (index, entry) in residual.enumerated() where !entry.isFinite {
                    throw .notFinite(component: index, value: value[index])
                }
            }
            throw .notConverged(
                iterations: iteration, residual: norm, tolerance: tolerance, reason: "the iteration diverged")
        }
        if memory > 0, let previous {
            pointChanges.append(x - previous.x)
            residualChanges.append(residual - previous.residual)
            if pointChanges.count > memory {
                pointChanges.removeFirst()
                residualChanges.removeFirst()
            }
        }
        previous = (x, residual)
        var next = x + damping * residual
        if !residualChanges.isEmpty, let weights = andersonWeights(residualChanges, residual) {
            for (index, weight) in weights.enumerated() {
                next = next - weight * (pointChanges[index] + damping * residualChanges[index])
            }
        }
        x = next
    }
    throw .notConverged(
        iterations: maximumIterations, residual: norm, tolerance: tolerance, reason: "the limit was reached")
}

/// The least-squares weights of the differences, from the scaled normal equations with a ridge near ε.
private func andersonWeights(_ changes: [Vector], _ residual: Vector) -> Vector? {
    let scales = changes.map { $0.norm }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let count = changes.count
    let gram = Matrix(rows: count, columns: count) { row, column in
        changes[row].dot(changes[column]) / scales[row] / scales[column] + (row == column ? 1e-14 : 0)
    }
    let right = Vector(count: count) { changes[$0].dot(residual) / scales[$0] }
    guard let solution = try? gram.solve(right), solution.allSatisfy(\.isFinite) else { return nil }
    return Vector(count: count) { solution[$0] / scales[$0] }
}
