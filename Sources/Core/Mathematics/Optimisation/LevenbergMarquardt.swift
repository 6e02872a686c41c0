/// What a least-squares fit found.
public struct LeastSquaresResult: Sendable, Hashable {
    /// The parameters, half the sum of squares as the value, and the gradient norm ‖Jᵀr‖∞ there.
    public let result: OptimisationResult

    /// The residuals r at the parameters.
    public let residuals: Vector

    /// The Jacobian ∂rᵢ/∂xⱼ there.
    public let jacobian: Matrix

    /// The fitted parameters.
    public var point: Vector { result.point }

    /// The covariance s² (JᵀJ)⁻¹ of the parameters with s² = Σr²/(m − n), linearised at the solution.
    ///
    /// - Throws: `OptimisationError` if there are no more residuals than parameters or J is rank deficient.
    public func covariance() throws(OptimisationError) -> Matrix {
        let (m, n) = (jacobian.rows, jacobian.columns)
        try requireArgument(m > n, "residuals", m, "more residuals than the \(n) parameters")
        do throws(LinearAlgebraError) {
            let decomposition = try SingularValueDecomposition(jacobian)
            let values = decomposition.singularValues
            let least = Double(m) * .ulpOfOne * (values.first ?? 0)
            guard values.allSatisfy({ $0 > least }) else {
                throw LinearAlgebraError.singular(argument: "jacobian", rows: n, pivot: n)
            }
            let scaled = decomposition.rightTransposed.scalingRows(by: values.map { 1 / $0 })
            return residuals.squaredNorm / Double(m - n) * scaled.columnGram
        } catch {
            throw .linearAlgebra(error)
        }
    }
}

/// The method of Levenberg and Marquardt for nonlinear least squares, min ½‖r(x)‖².
///
/// Moré, "The Levenberg-Marquardt algorithm: implementation and theory", 1978, for the scaling of the variables
/// by the largest column norms of the Jacobian so far; Nielsen's rule (1999) for the damping. Each Jacobian is
/// decomposed once by singular values, from which the step for any damping follows without squaring the
/// condition number. O(mn²) an iteration.
public struct LevenbergMarquardt: Sendable, Hashable {
    /// The first damping, relative to the scaled problem.
    public var initialDamping: Double

    /// Stop when no element of Jᵀr is larger.
    public var gradientTolerance: Double

    /// Stop when the sum of squares changes by less than this fraction.
    public var valueTolerance: Double

    /// Stop when the step is shorter than this fraction of the parameters' norm, both scaled.
    public var stepTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// Levenberg-Marquardt with damping 1e-3 at first.
    public init(
        initialDamping: Double = 1e-3, gradientTolerance: Double = 1e-12, valueTolerance: Double = 1e-15,
        stepTolerance: Double = 1e-14, maximumIterations: Int = 1000
    ) {
        self.initialDamping = initialDamping
        self.gradientTolerance = gradientTolerance
        self.valueTolerance = valueTolerance
        self.stepTolerance = stepTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises half the sum of squares of the residuals.
    ///
    /// - Parameters:
    ///   - start: a point where the residuals are finite.
    ///   - jacobian: the m × n matrix ∂rᵢ/∂xⱼ; nil takes central differences, each with
    ///     a step of ε^⅓ times the largest magnitude that the parameter has had (1 if it was always 0).
    ///   - trace: sees the start and every accepted iterate; the step length is the step's norm.
    ///   - residuals: the m residuals.
    /// - Throws: `OptimisationError` if a parameter is out of range, shapes differ or numbers are not finite.
    public func minimise(
        from start: Vector, jacobian: ((Vector) throws -> Matrix)? = nil, trace: (OptimisationStep) -> Void = { _ in },
        residuals: (Vector) throws -> Vector
    ) throws(OptimisationError) -> LeastSquaresResult {
        try requireArgument(initialDamping > 0, "initialDamping", initialDamping, "a positive number")
        try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
        try requireFiniteElements(start, "start")
        var evaluations = 1
        var point = start
        var residual = try calling { try residuals(start) }
        try requireFiniteElements(residual, "the residuals at the start")
        let (m, n) = (residual.count, start.count)
        var sizes = Vector.zeros(n)
        func derivative() throws(OptimisationError) -> Matrix {
            var result: Matrix
            if let jacobian {
                result = try calling { try jacobian(point) }
            } else {
                evaluations += 2 * n
                sizes = sizes.combined(with: point, "parameters") { max($0, $1.magnitude) }
                result = try centralDifferences(residuals, at: point, sizes: sizes, count: m)
            }
            if result.rows != m || result.columns != n {
                throw .invalid(
                    argument: "jacobian", value: "of shape (\(result.rows), \(result.columns))",
                    expected: "shape (\(m), \(n))")
            }
            try requireFiniteElements(result.flattened, "jacobian")
            return result
        }
        var matrix = try derivative()
        var gradient = matrix.transposeMultiplied(by: residual)
        var value = residual.squaredNorm / 2
        var scale = Vector.zeros(n)
        var damping = initialDamping
        var growth = 2.0
        var iteration = 0
        func finished(_ reason: OptimisationResult.StoppingReason) -> LeastSquaresResult {
            let result = OptimisationResult(
                point: point, value: value, gradientNorm: gradient.maximumMagnitude, iterations: iteration,
                evaluations: evaluations, reason: reason)
            return LeastSquaresResult(result: result, residuals: residual, jacobian: matrix)
        }
        trace(
            OptimisationStep(
                iteration: 0, point: point, value: value, gradientNorm: gradient.maximumMagnitude, stepLength: 0))
        while true {
            if gradient.maximumMagnitude <= gradientTolerance { return finished(.gradientTolerance) }
            for column in 0..<n { scale[column] = max(scale[column], matrix.column(column).norm) }
            let scaling = scale.map { $0 > 0 ? 1 / $0 : 1 }
            let decomposition: SingularValueDecomposition<Double>
            do throws(LinearAlgebraError) {
                decomposition = try SingularValueDecomposition(matrix.scalingColumns(by: scaling))
            } catch {
                throw .linearAlgebra(error)
            }
            let projected = decomposition.left.transposeMultiplied(by: residual)
            let values = decomposition.singularValues
            while true {
                if iteration == maximumIterations { return finished(.iterationLimit) }
                iteration += 1
                let filtered = Vector(count: values.count) {
                    -values[$0] * projected[$0] / (values[$0] * values[$0] + damping)
                }
                let scaledStep = decomposition.rightTransposed.transposeMultiplied(by: filtered)
                let step = scaledStep .* scaling
                let trial = point + step
                let trialResidual = try calling { try residuals(trial) }
                evaluations += 1
                if trialResidual.count != m {
                    throw .lengthMismatch(argument: "residuals", count: trialResidual.count, expected: m)
                }
                let trialValue = trialResidual.squaredNorm / 2
                // What the damped linear model promises: ½(λ‖p‖² − pᵀg) in scaled variables.
                let promised = (damping * scaledStep.squaredNorm - step.dot(gradient)) / 2
                let ratio = (value - trialValue) / promised
                let isTiny = scaledStep.norm <= stepTolerance * (point ./ scaling).norm
                if ratio > 0, trialValue.isFinite {
                    let change = value - trialValue
                    let before = value
                    (point, residual, value) = (trial, trialResidual, trialValue)
                    matrix = try derivative()
                    gradient = matrix.transposeMultiplied(by: residual)
                    let cube = 2 * ratio - 1
                    damping = max(damping * max(1.0 / 3, 1 - cube * cube * cube), 1e-300)
                    growth = 2
                    trace(
                        OptimisationStep(
                            iteration: iteration, point: point, value: value,
                            gradientNorm: gradient.maximumMagnitude, stepLength: step.norm))
                    if gradient.maximumMagnitude <= gradientTolerance { return finished(.gradientTolerance) }
                    if change <= valueTolerance * before, promised <= valueTolerance * before {
                        return finished(.valueTolerance)
                    }
                    if isTiny { return finished(.stepTolerance) }
                    break
                }
                if isTiny { return finished(.stepTolerance) }
                damping *= growth
                growth *= 2
                if !damping.isFinite { return finished(.precisionLimit) }
            }
        }
    }

    private func centralDifferences(
        _ residuals: (Vector) throws -> Vector, at point: Vector, sizes: Vector, count: Int
    ) throws(OptimisationError) -> Matrix {
        var transposed = Matrix.zeros(point.count, count)
        for index in point.indices {
            let step = 6.055454452393343e-06 * (sizes[index] > 0 ? sizes[index] : 1)
            var (above, below) = (point, point)
            above[index] += step
            below[index] -= step
            let plus = try calling { try residuals(above) }
            let minus = try calling { try residuals(below) }
            for side in [plus, minus] where side.count != count {
                throw .lengthMismatch(argument: "residuals", count: side.count, expected: count)
            }
            transposed.setRow(index, to: (plus - minus) / (above[index] - below[index]))
        }
        return transposed.transposed
    }
}
