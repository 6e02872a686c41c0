import DeepLearning
import Mathematics

/// One image a class, learned so that a classifier trained on these alone is good on a whole training set
/// (`implicit-diff`, arXiv:2105.15183, section 4.2).
///
/// Inner problem: the multiclass logistic regression x*(θ) ∈ ℝ^{pixels × classes} on the images θ with the labels
/// 0, 1, …, the mean cross-entropy and (penalty/2)‖x‖². Outer problem: the mean cross-entropy of x*(θ) on the training set.
public struct DatasetDistillation: Sendable {
    /// The training images, [count, pixels].
    public let images: Tensor<Double>
    /// Their classes.
    public let labels: Tensor<Int>
    /// The number of classes.
    public let classCount: Int
    /// The inner problem's penalty.
    public let penalty: Double

    /// A training set to distil.
    ///
    /// - Throws: `OptimisationError` for a set without images or a penalty that is not positive.
    public init(_ set: LabeledImageSet, penalty: Double = 0.1) throws(OptimisationError) {
        try requirePositive(penalty, "penalty")
        try requireArgument(set.count > 0, "set", "empty", "at least one image")
        images = Self.rows(of: set)
        (labels, classCount) = (set.labels, set.classNames.count)
        self.penalty = penalty
    }

    /// A set's images as the rows of a matrix.
    public static func rows(of set: LabeledImageSet) -> Tensor<Double> {
        Tensor(set.images).reshaped(to: [set.count, set.images.count / max(set.count, 1)])
    }

    /// The inner objective, whose parameters are the distilled images [classes, pixels].
    public var innerObjective: SmoothObjective<Tensor<Double>> {
        let classes = Tensor((0..<classCount).map { $0 })
        return SmoothObjective { weights, distilled in
            crossEntropy(matmul(distilled, weights), classes) + weights.squared().sum() * (penalty / 2)
        }
    }

    /// Gradient descent on the inner objective with the step 1/L, L = λ(θᵀθ)/(2 classes) + penalty with the largest
    /// eigenvalue.
    public func innerSolver(for distilled: Tensor<Double>) -> DifferentiableSolver<Tensor<Double>> {
        let norm = distilled.detached().matrix.norm(.spectral)
        return .gradientDescent(of: innerObjective, step: 1 / (norm * norm / (2 * Double(classCount)) + penalty))
    }

    /// How the outer gradient is found.
    public enum Mode: String, CaseIterable, Sendable {
        /// By the optimality condition of the inner problem.
        case implicit
        /// Through every iteration of the inner solver.
        case unrolled
    }

    /// How often the inner solver steps.
    public struct InnerOptions: Sendable, Hashable {
        /// The most steps; as many as this where unrolled.
        public var iterations: Int
        /// The relative change at which implicit differentiation stops the solver.
        public var tolerance: Double

        /// 500 steps at most, as in the paper.
        public init(iterations: Int = 500, tolerance: Double = 1e-7) {
            (self.iterations, self.tolerance) = (iterations, tolerance)
        }
    }

    /// The weights trained on distilled images, outside any differentiation.
    public func trainedWeights(on distilled: Tensor<Double>, options: InnerOptions = InnerOptions()) -> Tensor<Double> {
        innerSolver(for: distilled).run(
            from: innerStart, parameters: distilled, iterations: options.iterations, tolerance: options.tolerance
        ).solution
    }

    /// The outer loss and its gradient by the distilled images.
    public func lossAndGradient(
        of distilled: Tensor<Double>, mode: Mode = .implicit, options: InnerOptions = InnerOptions()
    ) -> (loss: Double, gradient: Tensor<Double>) {
        let solver = innerSolver(for: distilled)
        let (loss, slope) = valueAndGradient(at: distilled) { distilled in
            let weights = switch mode {
            case .implicit:
                solver.implicit(
                    from: innerStart, parameters: distilled, iterations: options.iterations, tolerance: options.tolerance,
                    linearSolver: .conjugateGradient(tolerance: 1e-8))
            case .unrolled: solver.unrolled(from: innerStart, parameters: distilled, iterations: options.iterations)
            }
            return crossEntropy(matmul(images, weights), labels)
        }
        return (loss.scalar, slope)
    }

    /// The share of images whose class the weights give.
    public func accuracy(of weights: Tensor<Double>, on images: Tensor<Double>, labels: Tensor<Int>) -> Double {
        let guesses = matmul(images, weights).argmax()
        return Double(zip(guesses.scalars, labels.scalars).count { $0 == $1 }) / Double(max(labels.count, 1))
    }

    /// What distillation found.
    public struct Result: Sendable {
        /// The images, [classes, pixels].
        public let images: Tensor<Double>
        /// The outer loss before each step and after the last.
        public let losses: [Double]
    }

    /// Learns the images by Adam.
    ///
    /// - Parameters:
    ///   - start: the first images, [classes, pixels].
    ///   - steps: of Adam.
    ///   - learningRate: of Adam.
    ///   - options: of the inner solver.
    ///   - report: called after every step with its number and the loss before it.
    /// - Throws: `OptimisationError` for a start of another shape.
    public func distilled(
        from start: Tensor<Double>, steps: Int, learningRate: Double = 0.05, options: InnerOptions = InnerOptions(),
        report: (_ step: Int, _ loss: Double) -> Void = { _, _ in }
    ) throws(OptimisationError) -> Result {
        try requireArgument(
            start.shape == [classCount, images.shape[1]], "start", "of the shape \(start.shape)",
            "[\(classCount), \(images.shape[1])]")
        var optimizer = Adam<Tensor<Double>>(learningRate: learningRate)
        var current = start
        var losses: [Double] = []
        for step in 0..<steps {
            let (loss, slope) = lossAndGradient(of: current, options: options)
            losses.append(loss)
            optimizer.update(&current, along: slope)
            report(step, loss)
        }
        losses.append(crossEntropy(matmul(images, trainedWeights(on: current, options: options)), labels).scalar)
        return Result(images: current, losses: losses)
    }

    private var innerStart: Tensor<Double> { .zeros([images.shape[1], classCount]) }
}
