/// The downhill simplex method of Nelder and Mead (1965), without derivatives.
///
/// Reflection, expansion, contraction and shrinkage with the coefficients 1, 2, ½, ½, or those that Gao and Han
/// (2012) adapt to the dimension n: 1, 1 + 2/n, ¾ − 1/(2n), 1 − 1/n. For small n and functions of any kind;
/// nothing guarantees that it converges to a minimum. NaN counts as +∞.
public struct NelderMead: Sendable, Hashable {
    /// Whether the coefficients adapt to the dimension.
    public var isAdaptive: Bool

    /// The first simplex: each variable in turn is changed by this fraction, or a zero one by 0.00025.
    public var initialChange: Double

    /// Stop when all vertices are this close to the best in every element, and values too (both hold).
    public var pointTolerance: Double

    /// The tolerance of values.
    public var valueTolerance: Double

    /// Stop after so many iterations for each variable.
    public var maximumIterationsPerVariable: Int

    /// Nelder and Mead's method.
    public init(
        isAdaptive: Bool = false, initialChange: Double = 0.05, pointTolerance: Double = 1e-8,
        valueTolerance: Double = 1e-8, maximumIterationsPerVariable: Int = 1000
    ) {
        self.isAdaptive = isAdaptive
        self.initialChange = initialChange
        self.pointTolerance = pointTolerance
        self.valueTolerance = valueTolerance
        self.maximumIterationsPerVariable = maximumIterationsPerVariable
    }

    // swiftcore: minimise_nelder_mead; without: trace
    /// Minimises a function of values alone.
    ///
    /// - Throws: `OptimisationError` if the start is empty or not finite.
    public func minimise(
        from start: Vector, trace: (OptimisationStep) -> Void = { _ in }, _ function: (Vector) throws -> Double
    ) throws(OptimisationError) -> OptimisationResult {
        let n = start.count
        try requireArgument(n >= 1, "start", "empty", "at least one variable")
        try requireFiniteElements(start, "start")
        try requireArgument(initialChange > 0, "initialChange", initialChange, "a positive number")
        var evaluations = 0
        func value(_ point: Vector) throws(OptimisationError) -> Double {
            evaluations += 1
            let value = try calling { try function(point) }
            return value.isNaN ? .infinity : value
        }
        let dimension = Double(n)
        let expansion = isAdaptive ? 1 + 2 / dimension : 2
        let contraction = isAdaptive && n > 1 ? 0.75 - 1 / (2 * dimension) : 0.5
        let shrinkage = isAdaptive && n > 1 ? 1 - 1 / dimension : 0.5
        var simplex = [(point: start, value: try value(start))]
        for index in 0..<n {
            var vertex = start
            vertex[index] = vertex[index] == 0 ? 0.00025 : vertex[index] * (1 + initialChange)
            simplex.append((vertex, try value(vertex)))
        }
        func sort() {
            // A stable order keeps older vertices first among equals.
            simplex = simplex.enumerated()
                .sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }.map(\.element)
        }
        sort()
        var iteration = 0
        var reason = OptimisationResult.StoppingReason.iterationLimit
        while iteration < maximumIterationsPerVariable * n {
            let (best, worst) = (simplex[0], simplex[n])
            trace(
                OptimisationStep(
                    iteration: iteration, point: best.point, value: best.value, gradientNorm: .nan, stepLength: .nan))
            let spread = simplex.dropFirst().map { ($0.point - best.point).maximumMagnitude }.max() ?? 0
            if spread <= pointTolerance, worst.value - best.value <= valueTolerance {
                reason = .stepTolerance
                break
            }
            iteration += 1
            var centroid = Vector.zeros(n)
            for vertex in simplex.dropLast() { centroid += vertex.point }
            centroid /= dimension
            func along(_ factor: Double) throws(OptimisationError) -> (point: Vector, value: Double) {
                let point = centroid.advanced(by: factor, along: centroid - worst.point)
                return (point, try value(point))
            }
            let reflected = try along(1)
            var accepted: (point: Vector, value: Double)?
            if reflected.value < best.value {
                let expanded = try along(expansion)
                accepted = expanded.value < reflected.value ? expanded : reflected
            } else if reflected.value < simplex[n - 1].value {
                accepted = reflected
            } else if reflected.value < worst.value {
                let outside = try along(contraction)
                accepted = outside.value <= reflected.value ? outside : nil
            } else {
                let inside = try along(-contraction)
                accepted = inside.value < worst.value ? inside : nil
            }
            if let accepted {
                simplex[n] = accepted
            } else {
                for index in 1...n {
                    let point = best.point.advanced(by: shrinkage, along: simplex[index].point - best.point)
                    simplex[index] = (point, try value(point))
                }
            }
            sort()
        }
        return OptimisationResult(
            point: simplex[0].point, value: simplex[0].value, gradientNorm: .nan, iterations: iteration,
            evaluations: evaluations, reason: reason)
    }
}
