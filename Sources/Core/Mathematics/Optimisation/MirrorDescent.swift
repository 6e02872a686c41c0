import Foundation

/// Mirror descent with the entropy as mirror map: multiplicative updates on simplices.
///
/// xₖ₊₁ = argmin tₖ∇f(xₖ)ᵀx + D(x, xₖ) with the Kullback-Leibler divergence D, that is x ∝ x · exp(−t∇f) in each
/// block. Nemirovski and Yudin 1983; Beck and Teboulle, "Mirror descent and nonlinear projected subgradient methods
/// for convex optimization", 2003. For the Euclidean mirror map see `ProximalGradient`.
///
/// ```swift
/// let result = try MirrorDescent().minimise(from: [0.5, 0.5]) { x in ((x - [0.2, 0.8]).squaredNorm / 2, x - [0.2, 0.8]) }
/// ```
public struct MirrorDescent: Sendable, Hashable {
    /// What the step does.
    public enum Step: Sendable, Hashable {
        /// Always this step.
        case constant(Double)
        /// Double the last step, starting from this one, and halve it until
        /// f(x⁺) ≤ f(x) + ∇f(x)ᵀ(x⁺ − x) + D(x⁺, x)/t.
        case backtracking(from: Double = 1)
        /// This number over √k at iteration k, for functions with kinks; the best point seen is returned.
        case inverseSquareRoot(Double)
    }

    /// The rule for the step.
    public var step: Step

    /// Stop when the gap Σ over blocks of ∇fᵀx − total · min ∇f, which bounds f(x) − min f for convex f, is no larger.
    public var gapTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// Mirror descent with backtracking.
    public init(step: Step = .backtracking(), gapTolerance: Double = 1e-8, maximumIterations: Int = 100_000) {
        self.step = step
        self.gapTolerance = gapTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a convex function over a simplex or a product of simplices.
    ///
    /// The result's `gradientNorm` is the gap.
    ///
    /// - Parameters:
    ///   - start: a point of positive elements; the sum of each block stays what it is here.
    ///   - blockSize: the number of elements of each simplex, which divides the count; nil for one simplex.
    ///   - trace: sees the start and every iterate, with the gap as its gradient norm.
    ///   - function: value and gradient (or a subgradient) at a point.
    /// - Throws: `OptimisationError` if a parameter is out of range, the start is not positive, numbers are not finite
    ///   or the function throws.
    public func minimise(
        from start: Vector, blockSize: Int? = nil, trace: (OptimisationStep) -> Void = { _ in },
        _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        var length: Double
        switch step {
        case .constant(let value), .backtracking(let value), .inverseSquareRoot(let value): length = value
        }
        try requireArgument(length > 0 && length.isFinite, "step", length, "a positive finite number")
        try requireArgument(gapTolerance >= 0, "gapTolerance", gapTolerance, "at least 0")
        try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
        try requireArgument(start.count > 0, "start", "empty", "at least one element")
        let size = blockSize ?? start.count
        try requireArgument(
            size >= 1 && start.count.isMultiple(of: max(size, 1)), "blockSize", size, "a divisor of \(start.count)")
        for (index, value) in start.enumerated() {
            try requireArgument(value > 0 && value.isFinite, "start[\(index)]", value, "a positive finite number")
        }
        let blocks = stride(from: 0, to: start.count, by: size).map { $0..<$0 + size }
        let totals = blocks.map { $0.reduce(0) { $0 + start[$1] } }
        func gap(_ point: Vector, _ gradient: Vector) -> Double {
            zip(blocks, totals).reduce(0.0) { sum, block in
                var (least, product) = (Double.infinity, 0.0)
                for index in block.0 {
                    least = min(least, gradient[index])
                    product += gradient[index] * point[index]
                }
                return sum + max(product - block.1 * least, 0)
            }
        }
        return try withoutActuallyEscaping(function) { (function) throws(OptimisationError) -> OptimisationResult in
            var objective = CountedObjective(function: function)
            var (value, gradient) = try objective.start(start)
            var point = start
            var certificate = gap(point, gradient)
            var best = (point: point, value: value, gap: certificate)
            trace(OptimisationStep(iteration: 0, point: point, value: value, gradientNorm: certificate, stepLength: 0))
            var iteration = 0
            func finished(_ reason: OptimisationResult.StoppingReason) -> OptimisationResult {
                OptimisationResult(
                    point: best.point, value: best.value, gradientNorm: best.gap, iterations: iteration,
                    evaluations: objective.evaluations, reason: reason)
            }
            while certificate > gapTolerance {
                if iteration == maximumIterations { return finished(.iterationLimit) }
                iteration += 1
                if case .inverseSquareRoot(let first) = step { length = first / Double(iteration).squareRoot() }
                if case .backtracking = step, iteration > 1 { length = min(2 * length, 1e100) }
                var next = multiplicativeUpdate(point, gradient, length, blocks, totals)
                var (nextValue, nextGradient) = try objective(next)
                if case .backtracking = step {
                    var attempts = 0
                    func holds() -> Bool {
                        let change = next - point
                        var divergence = 0.0
                        for index in point.indices where next[index] > 0 {
                            divergence += next[index] * log(next[index] / point[index]) - change[index]
                        }
                        // Differences of f below rounding prove nothing: there the gradients decide.
                        let noise = 1e-14 * max(value.magnitude, nextValue.magnitude)
                        if divergence <= 100 * noise * length {
                            return (nextGradient - gradient).dot(change) <= 2 * divergence / length * (1 + 1e-6)
                        }
                        return nextValue <= value + gradient.dot(change) + divergence / length + noise
                    }
                    while !holds(), attempts < 100 {
                        attempts += 1
                        length /= 2
                        next = multiplicativeUpdate(point, gradient, length, blocks, totals)
                        (nextValue, nextGradient) = try objective(next)
                    }
                    if attempts == 100 || next == point { return finished(.precisionLimit) }
                }
                if !nextValue.isFinite {
                    throw .notFinite(what: "the objective after \(iteration) steps", value: nextValue)
                }
                try requireFiniteElements(nextGradient, "the gradient after \(iteration) steps")
                (point, value, gradient) = (next, nextValue, nextGradient)
                certificate = gap(point, gradient)
                var isBest = true
                if case .inverseSquareRoot = step { isBest = value < best.value || certificate <= gapTolerance }
                if isBest { best = (point, value, certificate) }
                trace(
                    OptimisationStep(
                        iteration: iteration, point: point, value: value, gradientNorm: certificate, stepLength: length))
            }
            return finished(.gradientTolerance)
        }
    }
}

/// x · exp(−t g), each block rescaled to its total; exponents are shifted so that none overflows.
private func multiplicativeUpdate(
    _ point: Vector, _ gradient: Vector, _ length: Double, _ blocks: [Range<Int>], _ totals: [Double]
) -> Vector {
    var result = point
    for (block, total) in zip(blocks, totals) {
        var least = Double.infinity
        for index in block where point[index] > 0 { least = min(least, gradient[index]) }
        var sum = 0.0
        for index in block {
            // A floor keeps elements from dying by underflow, from which multiplication never wakes them.
            result[index] = max(point[index] * exp(-length * (gradient[index] - least)), 1e-300 * total)
            sum += result[index]
        }
        for index in block { result[index] *= total / sum }
    }
    return result
}
