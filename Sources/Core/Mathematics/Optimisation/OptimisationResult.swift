/// What a minimiser found.
public struct OptimisationResult: Sendable, Hashable {
    /// Why a minimiser stopped.
    public enum StoppingReason: String, Sendable, Hashable {
        /// The gradient (or what stands for it under constraints) is within its tolerance.
        case gradientTolerance
        /// The objective changed by less than its tolerance.
        case valueTolerance
        /// The point changed by less than its tolerance.
        case stepTolerance
        /// No step decreases the objective any more: rounding hides what is left to gain.
        case precisionLimit
        /// The iterations are used up.
        case iterationLimit
    }

    /// The best point found.
    public let point: Vector

    /// The objective there.
    public let value: Double

    /// The largest magnitude of an element of the gradient there; under constraints, of x − P(x − ∇f(x)), or
    /// of what the minimiser documents. NaN for methods without gradients.
    public let gradientNorm: Double

    /// Iterations done.
    public let iterations: Int

    /// Calls of the objective.
    public let evaluations: Int

    /// Why it stopped.
    public let reason: StoppingReason

    /// Whether a tolerance was met, rather than a limit.
    public var converged: Bool {
        switch reason {
        case .gradientTolerance, .valueTolerance, .stepTolerance: true
        case .precisionLimit, .iterationLimit: false
        }
    }
}

/// One iteration, as a trace sees it.
public struct OptimisationStep: Sendable, Hashable {
    /// The number of the iteration; 0 is the start.
    public let iteration: Int

    /// The current point.
    public let point: Vector

    /// The objective there.
    public let value: Double

    /// The norm that `OptimisationResult.gradientNorm` speaks of.
    public let gradientNorm: Double

    /// The length of the step that led here, in units of the search direction; 0 at the start.
    public let stepLength: Double
}

/// A smooth objective: its value and gradient at a point, computed together.
///
/// What it throws ends the minimisation with `OptimisationError.objective`.
public typealias ValueAndGradient = (Vector) throws -> (value: Double, gradient: Vector)

/// Why a minimiser could not work.
public enum OptimisationError: Error, Equatable, CustomStringConvertible {
    /// A parameter or an argument is out of its range.
    case invalid(argument: String, value: String, expected: String)
    /// The objective is infinite or not a number at the start.
    case notFinite(what: String, value: Double)
    /// Two lengths do not fit.
    case lengthMismatch(argument: String, count: Int, expected: Int)
    /// A quadratic program has no feasible point.
    case infeasible
    /// The objective falls without end.
    case unbounded
    /// An iteration did not reach its tolerance.
    case notConverged(method: String, iterations: Int, residual: Double)
    /// A linear system inside the method could not be solved.
    case linearAlgebra(LinearAlgebraError)
    /// A function given by the caller threw this error.
    case objective(any Error)

    /// Whether case and payload agree; errors of the caller's functions are compared by their descriptions.
    public static func == (left: OptimisationError, right: OptimisationError) -> Bool {
        switch (left, right) {
        case (.invalid(let a, let b, let c), .invalid(let x, let y, let z)): (a, b, c) == (x, y, z)
        case (.notFinite(let a, let b), .notFinite(let x, let y)): a == x && (b == y || b.isNaN && y.isNaN)
        case (.lengthMismatch(let a, let b, let c), .lengthMismatch(let x, let y, let z)): (a, b, c) == (x, y, z)
        case (.infeasible, .infeasible), (.unbounded, .unbounded): true
        case (.notConverged(let a, let b, let c), .notConverged(let x, let y, let z)): (a, b, c) == (x, y, z)
        case (.linearAlgebra(let a), .linearAlgebra(let x)): a == x
        case (.objective(let a), .objective(let x)): "\(a)" == "\(x)"
        default: false
        }
    }

    public var description: String {
        switch self {
        case .invalid(let argument, let value, let expected): "\(argument) is \(value): expected \(expected)"
        case .notFinite(let what, let value): "\(what) is \(value): expected a finite number"
        case .lengthMismatch(let argument, let count, let expected):
            "\(argument) has \(count) elements: expected \(expected)"
        case .infeasible: "the problem is infeasible: no point satisfies its constraints"
        case .unbounded: "the problem is unbounded: its objective falls without end"
        case .notConverged(let method, let iterations, let residual):
            "\(method) did not converge in \(iterations) iterations: its residual is \(residual)"
        case .linearAlgebra(let error): "a linear system inside the method failed: \(error)"
        case .objective(let error): "the objective failed: \(error)"
        }
    }
}

/// Counts evaluations and checks their shapes.
struct CountedObjective {
    let function: ValueAndGradient
    var evaluations = 0

    mutating func callAsFunction(_ point: Vector) throws(OptimisationError) -> (value: Double, gradient: Vector) {
        evaluations += 1
        let result = try calling { try function(point) }
        if result.gradient.count != point.count {
            throw .lengthMismatch(argument: "gradient", count: result.gradient.count, expected: point.count)
        }
        return result
    }

    mutating func start(_ point: Vector) throws(OptimisationError) -> (value: Double, gradient: Vector) {
        try requireFiniteElements(point, "start")
        let result = try self(point)
        if !result.value.isFinite { throw .notFinite(what: "the objective at the start", value: result.value) }
        try requireFiniteElements(result.gradient, "the gradient at the start")
        return result
    }
}

/// Runs a function of the caller's; what it throws becomes `OptimisationError.objective`.
func calling<Result>(_ body: () throws -> Result) throws(OptimisationError) -> Result {
    do { return try body() } catch { throw .objective(error) }
}

func requireFiniteElements(_ vector: Vector, _ name: String) throws(OptimisationError) {
    for (index, value) in vector.enumerated() where !value.isFinite {
        throw .notFinite(what: "\(name)[\(index)]", value: value)
    }
}

func requireArgument(
    _ condition: Bool, _ argument: String, _ value: some CustomStringConvertible, _ expected: String
) throws(OptimisationError) {
    if !condition { throw .invalid(argument: argument, value: "\(value)", expected: expected) }
}

extension Vector {
    /// x + factor · direction.
    func advanced(by factor: Double, along direction: Vector) -> Vector {
        var result = self
        result.add(factor, times: direction)
        return result
    }
}
