import DeepLearning
import Mathematics

/// A dictionary learned for a classification: the codes are sparse, the classifier sees the codes alone
/// (`implicit-diff`, arXiv:2105.15183, section 4.3; Mairal, Bach and Ponce 2012).
///
/// Inner problem, for every sample: c*(D) = argmin ½‖y − cD‖² + λ‖c‖₁ + (μ/2)‖c‖². Outer problem: the mean logistic loss of
/// c*(D)w + b, and (ρ/2)‖w‖².
public struct TaskDrivenDictionary: Sendable {
    /// The samples, [count, features].
    public let samples: Tensor<Double>
    /// Their classes, 0 or 1.
    public let labels: Tensor<Double>
    /// λ.
    public let sparsity: Double
    /// μ.
    public let elasticity: Double
    /// ρ.
    public let weightPenalty: Double

    /// A problem.
    ///
    /// - Throws: `OptimisationError` for labels that are not 0 or 1 or do not fit, or penalties that are not positive.
    public init(
        samples: Matrix, labels: [Int], sparsity: Double = 0.1, elasticity: Double = 0.01, weightPenalty: Double = 0.01
    ) throws(OptimisationError) {
        if labels.count != samples.rows { throw .lengthMismatch(argument: "labels", count: labels.count, expected: samples.rows) }
        for (index, label) in labels.enumerated() where label != 0 && label != 1 {
            throw .invalid(argument: "labels[\(index)]", value: "\(label)", expected: "0 or 1")
        }
        try requireFinite(samples.flattened, "samples")
        try requirePositive(sparsity, "sparsity")
        try requirePositive(elasticity, "elasticity")
        try requirePositive(weightPenalty, "weightPenalty")
        self.samples = Tensor(samples)
        self.labels = Tensor(labels.map(Double.init))
        (self.sparsity, self.elasticity, self.weightPenalty) = (sparsity, elasticity, weightPenalty)
    }

    /// A dictionary and the classifier of its codes.
    public struct Model: Parameterized, Sendable {
        /// D, [atoms, features], its rows in the unit ball.
        public var dictionary: Tensor<Double>
        /// w.
        public var weights: Tensor<Double>
        /// b.
        public var bias: Tensor<Double>

        public mutating func forEachParameter(_ body: (inout Tensor<Double>) throws -> Void) rethrows {
            try body(&dictionary)
            try body(&weights)
            try body(&bias)
        }
    }

    /// A model whose atoms are random samples of length one and whose classifier is zero.
    public func randomModel<G: RandomNumberGenerator>(atomCount: Int, using generator: inout G) -> Model {
        let rows = samples.rows(Array(generator.permutation(samples.shape[0]).prefix(atomCount)))
        return Model(
            dictionary: rows / rows.norm(along: 1, keepingAxes: true), weights: .zeros([atomCount]), bias: Tensor(0.0))
    }

    /// The codes of samples, [count, atoms], as a function of the dictionary, by FISTA and its fixed point.
    public func codes(
        of samples: Tensor<Double>, dictionary: Tensor<Double>, iterations: Int = 300, tolerance: Double = 1e-8
    ) -> Tensor<Double> {
        let norm = dictionary.detached().matrix.norm(.spectral)
        let objective = SmoothObjective<Tensor<Double>> { codes, dictionary in
            (matmul(codes, dictionary) - samples).squared().sum() * 0.5 + codes.squared().sum() * (elasticity / 2)
        } gradient: { codes, dictionary in
            matmul(matmul(codes, dictionary) - samples, dictionary.transposed()) + codes * elasticity
        }
        let solver = DifferentiableSolver.proximalGradient(of: objective, step: 1 / (norm * norm + elasticity)) {
            point, step, _ in point.softThresholded(by: Tensor(sparsity * step))
        }
        return solver.implicit(
            from: .zeros([samples.shape[0], dictionary.shape[0]]), parameters: dictionary, iterations: iterations,
            tolerance: tolerance, linearSolver: .normalConjugateGradient(tolerance: 1e-8))
    }

    /// The mean squared error of the samples' reconstructions, ½‖y − cD‖² a sample: what an unsupervised dictionary
    /// minimises.
    public func reconstructionLoss(_ model: Model) -> Tensor<Double> {
        let codes = codes(of: samples, dictionary: model.dictionary)
        return (matmul(codes, model.dictionary) - samples).squared().sum() * (0.5 / Double(samples.shape[0]))
    }

    /// The outer objective.
    public func taskLoss(_ model: Model) -> Tensor<Double> {
        let logits = logits(model, samples)
        return binaryCrossEntropy(logits, labels) + model.weights.squared().sum() * (weightPenalty / 2)
    }

    /// c*(D)w + b of samples.
    public func logits(_ model: Model, _ samples: Tensor<Double>) -> Tensor<Double> {
        matmul(codes(of: samples, dictionary: model.dictionary), model.weights) + model.bias
    }

    /// The share of samples on the right side of the classifier.
    public func accuracy(_ model: Model, samples: Matrix, labels: [Int]) -> Double {
        let logits = logits(model, Tensor(samples)).scalars
        return Double(zip(logits, labels).count { ($0 > 0) == ($1 == 1) }) / Double(max(labels.count, 1))
    }

    /// What the dictionary is learned for.
    public enum Goal: String, CaseIterable, Sendable {
        /// The samples' reconstruction; the classifier is then trained on fixed codes.
        case reconstruction
        /// The classification.
        case task
    }

    /// Learns dictionary and classifier by Adam.
    ///
    /// - Parameters:
    ///   - model: the start.
    ///   - goal: what the dictionary is learned for.
    ///   - steps: of Adam, for the dictionary; as many again for a classifier of fixed codes.
    ///   - learningRate: of Adam.
    ///   - report: called after every step with its loss.
    public func learned(
        from model: Model, goal: Goal, steps: Int, learningRate: Double = 0.02, report: (Double) -> Void = { _ in }
    ) -> Model {
        var current = model
        var optimizer = Adam<Model>(learningRate: learningRate)
        for _ in 0..<steps {
            let (loss, slope) = valueAndGradient(at: current) { goal == .task ? taskLoss($0) : reconstructionLoss($0) }
            optimizer.update(&current, along: slope)
            current.dictionary = current.dictionary.l2BallProjected()
            report(loss.scalar)
        }
        guard goal == .reconstruction else { return current }
        let codes = codes(of: samples, dictionary: current.dictionary)
        var classifier = [current.weights, current.bias]
        var second = Adam<[Tensor<Double>]>(learningRate: learningRate)
        for _ in 0..<steps {
            let slope = gradient(at: classifier) { parts in
                binaryCrossEntropy(matmul(codes, parts[0]) + parts[1], labels)
                    + parts[0].squared().sum() * (weightPenalty / 2)
            }
            second.update(&classifier, along: slope)
        }
        (current.weights, current.bias) = (classifier[0], classifier[1])
        return current
    }

    /// Samples of sparse combinations of random atoms, whose class depends on a few atoms of small weight: what matters for
    /// the class is not what matters for the reconstruction.
    ///
    /// - Parameters:
    ///   - count: how many samples.
    ///   - featureCount: their length.
    ///   - loudAtomCount: atoms that make most of the samples and say nothing about the class.
    ///   - quietAtomCount: atoms with a fifth of the weight; the class is the sign of the sum of their weights.
    ///   - noise: the standard deviation of the noise on each feature.
    ///   - generator: draws all.
    public static func syntheticSamples<G: RandomNumberGenerator>(
        count: Int, featureCount: Int = 30, loudAtomCount: Int = 8, quietAtomCount: Int = 2, noise: Double = 0.05,
        using generator: inout G
    ) -> (samples: Matrix, labels: [Int]) {
        let atomCount = loudAtomCount + quietAtomCount
        let atoms = generator.normalMatrix(rows: atomCount, columns: featureCount)
        let scale = 1 / Double(featureCount).squareRoot()
        var labels: [Int] = []
        var coefficients: [[Double]] = []
        for _ in 0..<count {
            let loud = (0..<loudAtomCount).map { _ in generator.uniform() < 0.3 ? generator.normal() : 0 }
            let quiet = (0..<quietAtomCount).map { _ in 0.2 * generator.normal() }
            coefficients.append(loud + quiet)
            labels.append(quiet.reduce(0, +) > 0 ? 1 : 0)
        }
        let weights = Matrix(rows: count, columns: atomCount) { coefficients[$0][$1] }
        let errors = generator.normalMatrix(rows: count, columns: featureCount)
        return (scale * (weights * atoms) + noise * errors, labels)
    }
}
