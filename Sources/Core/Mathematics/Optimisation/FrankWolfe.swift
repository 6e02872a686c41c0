/// The method of Frank and Wolfe, or of conditional gradients: linear minimisation instead of projection.
///
/// Every iteration moves towards the vertex s = argmin over the set of ∇f(x)ᵀs. The gap ∇f(x)ᵀ(x − s) bounds
/// f(x) − min f for convex f (Jaggi, "Revisiting Frank-Wolfe", 2013). Away steps (Guélat and Marcotte 1986;
/// Lacoste-Julien and Jaggi, "On the global linear convergence of Frank-Wolfe optimization variants", 2015,
/// arXiv:1511.05932) keep the vertices that make up x and converge linearly on polytopes.
public struct FrankWolfe: Sendable, Hashable {
    /// How far each iteration goes.
    public enum Step: Sendable, Hashable {
        /// 2/(k + 2) at iteration k = 0, 1, …, whatever the function.
        case openLoop
        /// The minimiser of the quadratic bound with a Lipschitz constant found by trial (Pedregosa, Negiar, Askari
        /// and Jaggi, "Linearly convergent Frank-Wolfe with backtracking line-search", 2020, arXiv:1806.05123).
        case adaptive
    }

    /// The rule for the step.
    public var step: Step

    /// Whether to take away steps, for polytopes; `step` must be `.adaptive` for them.
    public var takesAwaySteps: Bool

    /// Stop when the gap is no larger.
    public var gapTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// Frank-Wolfe with adaptive steps.
    public init(
        step: Step = .adaptive, takesAwaySteps: Bool = false, gapTolerance: Double = 1e-6,
        maximumIterations: Int = 100_000
    ) {
        self.step = step
        self.takesAwaySteps = takesAwaySteps
        self.gapTolerance = gapTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a smooth convex function over the convex hull of what `vertex` returns.
    ///
    /// The result's `gradientNorm` is the gap.
    ///
    /// - Parameters:
    ///   - start: a point of the set; with away steps, a vertex.
    ///   - vertex: a point s of the set that minimises gradientᵀs.
    ///   - trace: sees the start and every iterate, with the gap as its gradient norm.
    ///   - function: value and gradient at a point.
    /// - Throws: `OptimisationError` if a parameter is out of range, numbers are not finite or a function throws.
    public func minimise(
        from start: Vector, vertex: (_ gradient: Vector) throws -> Vector,
        trace: (OptimisationStep) -> Void = { _ in }, _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        try requireArgument(gapTolerance >= 0, "gapTolerance", gapTolerance, "at least 0")
        try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
        try requireArgument(
            !takesAwaySteps || step == .adaptive, "takesAwaySteps", takesAwaySteps, "false with open-loop steps")
        return try withoutActuallyEscaping(function) { (function) throws(OptimisationError) -> OptimisationResult in
            var objective = CountedObjective(function: function)
            var (value, gradient) = try objective.start(start)
            var point = start
            var atoms = [(vertex: start, weight: 1.0)]
            var lipschitz = 0.0
            var gap = Double.infinity
            var (iteration, length) = (0, 0.0)
            while true {
                let target = try calling { try vertex(gradient) }
                if target.count != point.count {
                    throw .lengthMismatch(argument: "vertex", count: target.count, expected: point.count)
                }
                try requireFiniteElements(target, "vertex")
                gap = gradient.dot(point - target)
                trace(
                    OptimisationStep(
                        iteration: iteration, point: point, value: value, gradientNorm: gap, stepLength: length))
                let reason: OptimisationResult.StoppingReason? =
                    gap <= gapTolerance ? .gradientTolerance : iteration == maximumIterations ? .iterationLimit : nil
                if let reason {
                    return OptimisationResult(
                        point: point, value: value, gradientNorm: max(gap, 0), iterations: iteration,
                        evaluations: objective.evaluations, reason: reason)
                }
                var direction = target - point
                var (longest, decrease) = (1.0, gap)
                var away: Int?
                if takesAwaySteps {
                    let heights = atoms.map { gradient.dot($0.vertex) }
                    if let worst = heights.indices.max(by: { heights[$0] < heights[$1] }), atoms[worst].weight < 1 {
                        let fall = gradient.dot(atoms[worst].vertex - point)
                        if fall > gap {
                            away = worst
                            direction = point - atoms[worst].vertex
                            longest = atoms[worst].weight / (1 - atoms[worst].weight)
                            decrease = fall
                        }
                    }
                }
                let next: (point: Vector, value: Double, gradient: Vector)
                switch step {
                case .openLoop:
                    length = 2 / Double(iteration + 2)
                    let trial = point.advanced(by: length, along: direction)
                    let (trialValue, trialGradient) = try objective(trial)
                    next = (trial, trialValue, trialGradient)
                case .adaptive:
                    guard let found = try adaptiveStep(
                        &objective, (point, value, gradient), direction, decrease, longest, &lipschitz)
                    else {
                        return OptimisationResult(
                            point: point, value: value, gradientNorm: gap, iterations: iteration,
                            evaluations: objective.evaluations, reason: .precisionLimit)
                    }
                    length = found.length
                    next = (found.point, found.value, found.gradient)
                }
                if !next.value.isFinite {
                    throw .notFinite(what: "the objective after \(iteration + 1) steps", value: next.value)
                }
                try requireFiniteElements(next.gradient, "the gradient after \(iteration + 1) steps")
                (point, value, gradient) = next
                iteration += 1
                if takesAwaySteps { Self.update(&atoms, target, away, length, longest) }
            }
        }
    }

    private func adaptiveStep(
        _ objective: inout CountedObjective, _ here: (point: Vector, value: Double, gradient: Vector),
        _ direction: Vector, _ decrease: Double, _ longest: Double, _ lipschitz: inout Double
    ) throws(OptimisationError) -> (length: Double, point: Vector, value: Double, gradient: Vector)? {
        let squared = direction.squaredNorm
        if lipschitz == 0 {
            // The curvature seen over a thousandth of the way.
            let (_, probe) = try objective(here.point.advanced(by: 1e-3 * longest, along: direction))
            let bend = (probe - here.gradient).dot(direction) / (1e-3 * longest * squared)
            lipschitz = bend > 0 && bend.isFinite ? bend : 1e-10
        } else {
            lipschitz *= 0.9
        }
        for _ in 0..<200 {
            let length = min(decrease / (lipschitz * squared), longest)
            let trial = here.point.advanced(by: length, along: direction)
            let (value, gradient) = try objective(trial)
            let bound = here.value - length * decrease + length * length * lipschitz * squared / 2
            let noise = 1e-14 * max(here.value.magnitude, value.magnitude)
            // Differences of f below rounding prove nothing: there the slope decides.
            let drowned = length * decrease <= 100 * noise
            let holds = drowned
                ? (gradient - here.gradient).dot(direction) <= lipschitz * length * squared * (1 + 1e-6)
                : value <= bound + noise
            if holds { return trial == here.point ? nil : (length, trial, value, gradient) }
            lipschitz *= 2
        }
        return nil
    }

    private static func update(
        _ atoms: inout [(vertex: Vector, weight: Double)], _ target: Vector, _ away: Int?, _ length: Double,
        _ longest: Double
    ) {
        if let away {
            for index in atoms.indices { atoms[index].weight *= 1 + length }
            atoms[away].weight -= length
            if length == longest { atoms.remove(at: away) }
        } else {
            for index in atoms.indices { atoms[index].weight *= 1 - length }
            if let index = atoms.firstIndex(where: { $0.vertex == target }) {
                atoms[index].weight += length
            } else {
                atoms.append((target, length))
            }
            atoms.removeAll { $0.weight <= 0 }
        }
    }

    /// The vertex oracle of the simplex {x ≥ 0, Σx = total}.
    public static func simplexVertex(_ gradient: Vector, total: Double = 1) -> Vector {
        var result = Vector.zeros(gradient.count)
        if let index = gradient.indices.min(by: { gradient[$0] < gradient[$1] }) { result[index] = total }
        return result
    }

    /// The vertex oracle of the ball {Σ|x| ≤ radius}.
    public static func l1BallVertex(_ gradient: Vector, radius: Double = 1) -> Vector {
        var result = Vector.zeros(gradient.count)
        if let index = gradient.indices.max(by: { gradient[$0].magnitude < gradient[$1].magnitude }) {
            result[index] = gradient[index] > 0 ? -radius : radius
        }
        return result
    }

    /// The vertex oracle of the box {lower ≤ x ≤ upper}.
    public static func boxVertex(_ gradient: Vector, lower: Vector, upper: Vector) -> Vector {
        precondition(
            lower.count == gradient.count && upper.count == gradient.count, "bounds must have the gradient's length")
        return Vector(count: gradient.count) { gradient[$0] > 0 ? lower[$0] : upper[$0] }
    }
}
