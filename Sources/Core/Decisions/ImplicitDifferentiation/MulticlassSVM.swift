import DeepLearning
import Mathematics

/// The penalty of a multiclass support vector machine, chosen by the error on a validation set: a bilevel problem with
/// constraints (`implicit-diff`, arXiv:2105.15183, section 4.1).
///
/// The inner problem is the dual (Crammer and Singer): over x in a product of simplices, one a sample,
///
/// min f(x, θ) = (θ/2)‖W‖² + ⟨x, Y⟩ with W = Xᵀ(Y − x)/θ;
///
/// the outer one is ½‖X_val W − Y_val‖². The hyperparameter is λ with θ = e^λ.
public struct MulticlassSVM: Sendable {
    /// X, [samples, features].
    public let features: Tensor<Double>
    /// Y, one-hot, [samples, classes].
    public let targets: Tensor<Double>
    /// X_val.
    public let validationFeatures: Tensor<Double>
    /// Y_val.
    public let validationTargets: Tensor<Double>

    /// A problem of given data.
    ///
    /// - Parameters:
    ///   - features: one sample a row.
    ///   - labels: the samples' classes, from 0.
    ///   - validationFeatures: one sample a row.
    ///   - validationLabels: their classes.
    ///   - classCount: how many classes there are.
    /// - Throws: `OptimisationError` where lengths do not fit, a label is not a class or a number is not finite.
    public init(
        features: Matrix, labels: [Int], validationFeatures: Matrix, validationLabels: [Int], classCount: Int
    ) throws(OptimisationError) {
        try requireArgument(classCount >= 2, "classCount", classCount, "at least 2")
        try requireArgument(
            validationFeatures.columns == features.columns, "validationFeatures",
            "of \(validationFeatures.columns) columns", "\(features.columns), as the features")
        for (name, matrix, labels) in [
            ("features", features, labels), ("validationFeatures", validationFeatures, validationLabels),
        ] {
            try requireArgument(matrix.rows > 0 && matrix.columns > 0, name, "empty", "at least one row and column")
            try requireArgument(
                labels.count == matrix.rows, name == "features" ? "labels" : "validationLabels", "of length \(labels.count)",
                "\(matrix.rows), one a row of \(name)")
            try requireFinite(matrix.flattened, name)
            for (index, label) in labels.enumerated() where !(0..<classCount ~= label) {
                throw .invalid(
                    argument: name == "features" ? "labels[\(index)]" : "validationLabels[\(index)]", value: "\(label)",
                    expected: "a class, 0 ..< \(classCount)")
            }
        }
        self.features = Tensor(features)
        targets = .oneHot(Tensor(labels), count: classCount)
        self.validationFeatures = Tensor(validationFeatures)
        validationTargets = .oneHot(Tensor(validationLabels), count: classCount)
    }

    /// Gaussian classes about random centres: features of length about one, as many samples of each class as chance gives.
    ///
    /// - Parameters:
    ///   - sampleCount: m.
    ///   - validationCount: how many samples more for validation.
    ///   - featureCount: p.
    ///   - classCount: k.
    ///   - separation: the length of the centres; that of the noise is 1.
    ///   - generator: draws all.
    /// - Throws: `OptimisationError` for counts below 1 (2 classes).
    public static func gaussianClasses<G: RandomNumberGenerator>(
        sampleCount: Int = 100, validationCount: Int = 100, featureCount: Int, classCount: Int = 5, separation: Double = 1,
        using generator: inout G
    ) throws(OptimisationError) -> MulticlassSVM {
        for (name, count) in [
            ("sampleCount", sampleCount), ("validationCount", validationCount), ("featureCount", featureCount),
        ] {
            try requireArgument(count >= 1, name, count, "at least 1")
        }
        try requireArgument(classCount >= 2, "classCount", classCount, "at least 2")
        let scale = 1 / Double(featureCount).squareRoot()
        let centres = separation * scale * generator.normalMatrix(rows: classCount, columns: featureCount)
        func draw(_ count: Int, _ generator: inout G) -> (Matrix, [Int]) {
            let labels = (0..<count).map { _ in generator.integer(below: classCount) }
            let noise = generator.normalMatrix(rows: count, columns: featureCount)
            return (Matrix(rows: count, columns: featureCount) { centres[labels[$0], $1] + scale * noise[$0, $1] }, labels)
        }
        let (features, labels) = draw(sampleCount, &generator)
        let (validationFeatures, validationLabels) = draw(validationCount, &generator)
        return try MulticlassSVM(
            features: features, labels: labels, validationFeatures: validationFeatures, validationLabels: validationLabels,
            classCount: classCount)
    }

    /// W(x, θ) = Xᵀ(Y − x)/θ, [features, classes].
    public func weights(_ x: Tensor<Double>, logPenalty: Tensor<Double>) -> Tensor<Double> {
        matmul(features.transposed(), targets - x) / exp(logPenalty)
    }

    /// f, with ∇ₓf = Y − XW.
    public var dual: SmoothObjective<Tensor<Double>> {
        SmoothObjective { x, logPenalty in
            let weights = weights(x, logPenalty: logPenalty)
            return exp(logPenalty) * weights.squared().sum() * 0.5 + (x * targets).sum()
        } gradient: { x, logPenalty in
            targets - matmul(features, weights(x, logPenalty: logPenalty))
        }
    }

    /// ½‖X_val W(x, θ) − Y_val‖².
    public func validationLoss(_ x: Tensor<Double>, logPenalty: Tensor<Double>) -> Tensor<Double> {
        (matmul(validationFeatures, weights(x, logPenalty: logPenalty)) - validationTargets).squared().sum() * 0.5
    }

    /// Where all solvers begin: the centre of every simplex.
    public var start: Tensor<Double> {
        Tensor(repeating: 1 / Double(targets.shape[1]), shape: targets.shape)
    }

    /// How the inner problem is solved.
    public enum Solver: String, CaseIterable, Sendable {
        /// Mirror descent with the entropy, step 2/L: changes v of a point of a simplex have ‖v‖₁² ≥ 2‖v‖², so that the
        /// divergence is at least ‖v‖².
        case mirrorDescent
        /// The projected gradient method, step 1/L.
        case projectedGradient
        /// Exact minimisation of one sample's simplex after the other.
        case blockCoordinateDescent
    }

    /// By which fixed point the solution is differentiated.
    public enum FixedPoint: String, CaseIterable, Sendable {
        /// That of mirror descent.
        case mirrorDescent
        /// That of the projected gradient method.
        case projectedGradient
    }

    /// The fixed point of the solver's step at this λ.
    ///
    /// - Throws: `OptimisationError` if λ is not finite.
    public func condition(
        _ fixedPoint: FixedPoint, logPenalty: Double
    ) throws(OptimisationError) -> OptimalityCondition<Tensor<Double>> {
        let step = try step(logPenalty)
        return switch fixedPoint {
        case .mirrorDescent: .entropicMirrorDescent(of: dual, step: 2 * step)
        case .projectedGradient: .projectedGradient(of: dual, step: step) { point, _ in point.simplexProjected() }
        }
    }

    /// The solver with its steps at this λ.
    ///
    /// - Throws: `OptimisationError` if λ is not finite.
    public func solver(
        _ solver: Solver, logPenalty: Double
    ) throws(OptimisationError) -> DifferentiableSolver<Tensor<Double>> {
        switch solver {
        case .mirrorDescent: return .entropicMirrorDescent(of: dual, step: 2 * (try step(logPenalty)))
        case .projectedGradient:
            return .projectedGradient(of: dual, step: try step(logPenalty)) { point, _ in point.simplexProjected() }
        case .blockCoordinateDescent:
            let condition = try condition(.projectedGradient, logPenalty: logPenalty)
            let theta = exp(Tensor(logPenalty)).scalar
            // Of a sample without features the gradient does not depend on its own row.
            let steps = features.squared().sum(along: 1).scalars.map { $0 > 0 ? theta / $0 : theta }
            let rows = (0..<steps.count).map { features.sliced($0..<$0 + 1) }
            let columns = rows.map { $0.transposed() }
            let targetRows = (0..<steps.count).map { targets[$0] }
            return .blockCoordinateDescent(condition: condition, steps: steps) { x, logPenalty in
                weights(x, logPenalty: logPenalty)
            } rowGradient: { row, weights, _ in
                targetRows[row] - matmul(rows[row], weights)[0]
            } sharedUpdate: { row, change, weights, logPenalty in
                weights - matmul(columns[row], change.reshaped(to: [1, change.count]) / exp(logPenalty))
            } proximal: { row, _, _ in
                row.simplexProjected()
            }
        }
    }

    /// 1/L, L = λ(XXᵀ)/θ with the largest eigenvalue.
    private func step(_ logPenalty: Double) throws(OptimisationError) -> Double {
        try requireArgument(logPenalty.isFinite, "logPenalty", logPenalty, "a finite number")
        let norm = features.matrix.norm(.spectral)
        try requireArgument(norm > 0, "features", "all zero", "a number that is not zero")
        return exp(Tensor(logPenalty)).scalar / (norm * norm)
    }

    /// The validation loss at a penalty, and its derivative by λ.
    public struct HyperGradient: Sendable {
        /// ½‖X_val W − Y_val‖² at the inner solution.
        public let loss: Double
        /// Its derivative by λ.
        public let derivative: Double
    }

    /// The hyper-gradient by the implicit function theorem.
    ///
    /// - Parameters:
    ///   - logPenalty: λ.
    ///   - solver: of the inner problem.
    ///   - fixedPoint: by which the solution is differentiated.
    ///   - iterations: of the inner solver.
    ///   - linearSolver: of the one linear system.
    /// - Throws: `OptimisationError` for arguments out of range.
    public func implicitHyperGradient(
        logPenalty: Double, solver: Solver, fixedPoint: FixedPoint, iterations: Int,
        linearSolver: ImplicitLinearSolver<Double> = .normalConjugateGradient(tolerance: 1e-10)
    ) throws(OptimisationError) -> HyperGradient {
        let inner = try self.solver(solver, logPenalty: logPenalty)
        let condition = try condition(fixedPoint, logPenalty: logPenalty)
        return hyperGradient(logPenalty) {
            inner.implicit(
                from: start, parameters: $0, iterations: iterations, condition: condition, linearSolver: linearSolver)
        }
    }

    /// The hyper-gradient through every iteration, in reverse mode.
    ///
    /// - Throws: `OptimisationError` for arguments out of range.
    public func unrolledHyperGradient(
        logPenalty: Double, solver: Solver, iterations: Int
    ) throws(OptimisationError) -> HyperGradient {
        let inner = try self.solver(solver, logPenalty: logPenalty)
        return hyperGradient(logPenalty) { inner.unrolled(from: start, parameters: $0, iterations: iterations) }
    }

    private func hyperGradient(
        _ logPenalty: Double, _ solution: (Tensor<Double>) -> Tensor<Double>
    ) -> HyperGradient {
        let (loss, slope) = valueAndGradient(at: Tensor(logPenalty)) { validationLoss(solution($0), logPenalty: $0) }
        return HyperGradient(loss: loss.scalar, derivative: slope.scalar)
    }

    /// The central difference of the validation loss, each inner problem solved by so many iterations.
    ///
    /// - Throws: `OptimisationError` for arguments out of range.
    public func differenceQuotient(
        logPenalty: Double, step: Double = 1e-4, solver: Solver = .blockCoordinateDescent, iterations: Int
    ) throws(OptimisationError) -> Double {
        try requirePositive(step, "step")
        func loss(_ logPenalty: Double) throws(OptimisationError) -> Double {
            let point = Tensor(logPenalty)
            let run = try self.solver(solver, logPenalty: logPenalty)
                .run(from: start, parameters: point, iterations: iterations)
            return validationLoss(run.solution, logPenalty: point).scalar
        }
        return (try loss(logPenalty + step) - loss(logPenalty - step)) / (2 * step)
    }
}

// swiftcore: svm_hyper_gradient
/// The validation loss of a multiclass support vector machine and its derivative by the logarithm of the penalty, by
/// implicit differentiation of the dual's solution (`implicit-diff`, arXiv:2105.15183, section 4.1).
///
/// - Parameters:
///   - features: one sample a row.
///   - labels: their classes, from 0.
///   - validationFeatures: one sample a row.
///   - validationLabels: their classes.
///   - classCount: how many classes there are.
///   - logPenalty: λ with the penalty θ = e^λ.
///   - solver: of the dual.
///   - fixedPoint: by which the solution is differentiated.
///   - iterations: of the solver.
/// - Throws: `OptimisationError` where lengths do not fit or an argument is out of range.
public func svmHyperGradient(
    features: Matrix, labels: [Int], validationFeatures: Matrix, validationLabels: [Int], classCount: Int,
    logPenalty: Double, solver: MulticlassSVM.Solver = .projectedGradient,
    fixedPoint: MulticlassSVM.FixedPoint = .projectedGradient, iterations: Int = 2500
) throws(OptimisationError) -> MulticlassSVM.HyperGradient {
    try requireArgument(iterations >= 1, "iterations", iterations, "at least 1")
    return try MulticlassSVM(
        features: features, labels: labels, validationFeatures: validationFeatures, validationLabels: validationLabels,
        classCount: classCount
    ).implicitHyperGradient(logPenalty: logPenalty, solver: solver, fixedPoint: fixedPoint, iterations: iterations)
}
