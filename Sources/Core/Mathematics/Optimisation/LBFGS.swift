/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno.
///
/// Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5: the inverse Hessian is
/// modelled by the last `memory` changes of point and gradient, scaled by γ = sᵀy/yᵀy; a strong Wolfe line
/// search keeps it positive definite. O(memory · n) an iteration.
///
/// ```swift
/// let result = try LBFGS().minimise(from: [-1.2, 1]) { x in
///     let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
///     return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
/// }
/// result.point        // [1, 1]
/// ```
public struct LBFGS: Sendable, Hashable {
    /// How many changes are kept.
    public var memory: Int

    /// The rule for the step.
    public var lineSearch: LineSearch

    /// Stop when no element of the gradient is larger.
    public var gradientTolerance: Double

    /// Stop when the objective changes by less than this times max(|f|, 1); 0 never does.
    public var valueTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// L-BFGS with ten changes and the strong Wolfe conditions.
    public init(
        memory: Int = 10, lineSearch: LineSearch = .strongWolfe(), gradientTolerance: Double = 1e-8,
        valueTolerance: Double = 0, maximumIterations: Int = 10_000
    ) {
        self.memory = memory
        self.lineSearch = lineSearch
        self.gradientTolerance = gradientTolerance
        self.valueTolerance = valueTolerance
        self.maximumIterations = maximumIterations
    }

    // swiftcore: minimise_lbfgs; without: trace; keepsShape: function
    /// Minimises a smooth function.
    ///
    /// - Parameters:
    ///   - start: a point where the function is finite.
    ///   - trace: sees the start and every iterate.
    ///   - function: value and gradient at a point; values that are not finite shorten the step.
    /// - Throws: `OptimisationError` if a parameter is out of range or the start is not finite.
    public func minimise(
        from start: Vector, trace: (OptimisationStep) -> Void = { _ in }, _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        try requireArgument(memory >= 1, "memory", memory, "at least 1")
        var history = SecantHistory(capacity: memory)
        return try descend(
            from: start, lineSearch: lineSearch, initialStep: 1, gradientTolerance: gradientTolerance,
            valueTolerance: valueTolerance, maximumIterations: maximumIterations, trace: trace, function
        ) { state in
            guard let s = state.pointChange, let y = state.gradientChange else {
                history.removeAll()
                return (-state.gradient, 1 / max(state.gradient.norm, 1))
            }
            if state.forgets { history.removeAll() }
            history.append(s, y)
            guard !history.isEmpty else { return (-state.gradient, 1 / max(state.gradient.norm, 1)) }
            return (-history.inverseHessianProduct(state.gradient), 1)
        }
    }
}

/// The last changes of point and gradient, and the inverse Hessian that they imply.
struct SecantHistory {
    let capacity: Int
    private var pairs: [(s: Vector, y: Vector)] = []

    init(capacity: Int) { self.capacity = capacity }

    var isEmpty: Bool { pairs.isEmpty }

    mutating func removeAll() { pairs.removeAll() }

    /// Keeps a pair if its curvature is positive beyond rounding.
    mutating func append(_ s: Vector, _ y: Vector) {
        guard s.dot(y) > 1e-16 * s.norm * y.norm else { return }
        if pairs.count == capacity { pairs.removeFirst() }
        pairs.append((s, y))
    }

    /// Hg by the two loops (algorithm 7.4).
    func inverseHessianProduct(_ gradient: Vector) -> Vector {
        product(gradient, pairs)
    }

    /// Hg of the subspace where `mask` is 1, from the parts of the pairs that lie in it.
    func inverseHessianProduct(_ gradient: Vector, within mask: Vector) -> Vector {
        let masked = pairs.map { ($0.s .* mask, $0.y .* mask) }
            .filter { s, y in s.dot(y) > 1e-16 * s.norm * y.norm }
        return product(gradient .* mask, masked)
    }

    private func product(_ gradient: Vector, _ pairs: [(s: Vector, y: Vector)]) -> Vector {
        var result = gradient
        var weights: [Double] = []
        for (s, y) in pairs.reversed() {
            let weight = s.dot(result) / s.dot(y)
            result.add(-weight, times: y)
            weights.append(weight)
        }
        if let (s, y) = pairs.last { result *= s.dot(y) / y.squaredNorm }
        for (s, y) in pairs {
            let weight = weights.removeLast()
            result.add(weight - y.dot(result) / s.dot(y), times: s)
        }
        return result
    }
}
