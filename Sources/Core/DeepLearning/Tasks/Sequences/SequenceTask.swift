import Mathematics

/// A sequence of tokens with what a model should say at some of its places.
public struct LabeledSequence: Sendable, Equatable {
    /// What the model reads.
    public var tokens: [Int]
    /// The right token at each place; nil where nothing is asked.
    public var targets: [Int?]

    public init(tokens: [Int], targets: [Int?]) {
        precondition(tokens.count == targets.count, "\(targets.count) targets for \(tokens.count) tokens: expected one for each")
        self.tokens = tokens
        self.targets = targets
    }
}

/// Sequences of one task as a model reads them.
public struct SequenceBatch<Scalar: TensorScalar>: Sendable {
    /// Shape [sequences, time].
    public let tokens: Tensor<Int>
    /// Shape [sequences, time]; 0 where nothing is asked.
    public let targets: Tensor<Int>
    /// 1 where a target is asked for, else 0; shape [sequences, time].
    public let weights: Tensor<Scalar>

    /// Sequences, filled up with a padding token to the longest.
    public init(_ sequences: [LabeledSequence], padding: Int) {
        let time = sequences.map(\.tokens.count).max() ?? 0
        var tokens: [Int] = [], targets: [Int] = [], weights: [Scalar] = []
        for sequence in sequences {
            let missing = time - sequence.tokens.count
            tokens += sequence.tokens + [Int](repeating: padding, count: missing)
            targets += sequence.targets.map { $0 ?? 0 } + [Int](repeating: 0, count: missing)
            weights += sequence.targets.map { $0 == nil ? 0 : 1 } + [Scalar](repeating: 0, count: missing)
        }
        let shape: TensorShape = [sequences.count, time]
        self.tokens = Tensor(shape: shape, scalars: tokens)
        self.targets = Tensor(shape: shape, scalars: targets)
        self.weights = Tensor(shape: shape, scalars: weights)
    }

    /// The mean cross-entropy of the targets under logits of the shape [sequences, time, vocabulary].
    public func loss(_ logits: Tensor<Scalar>) -> Tensor<Scalar> { crossEntropy(logits, targets, weights: weights) }

    /// The part of the targets that get the largest logit.
    public func accuracy(_ logits: Tensor<Scalar>) -> Double {
        DeepLearning.accuracy(logits, targets, mask: weights.mapped { $0 != 0 })
    }
}

/// Sequences of tokens that can be made in any number, with the right answer at each place that is asked about.
public protocol SequenceTask: Sendable {
    /// The task's name, for tables.
    var name: String { get }
    /// What each token stands for.
    var tokenNames: [String] { get }
    /// The token that fills up short sequences.
    var padding: Int { get }

    /// A random sequence; what `size` counts is said by each task.
    func sequence<G: RandomNumberGenerator>(size: Int, using generator: inout G) -> LabeledSequence
}

extension SequenceTask {
    /// The number of tokens.
    public var vocabularySize: Int { tokenNames.count }

    /// Random sequences, of the same size or of sizes drawn from a range.
    public func batch<Scalar: TensorScalar, G: RandomNumberGenerator>(
        count: Int, sizes: ClosedRange<Int>, as type: Scalar.Type = Scalar.self, using generator: inout G
    ) -> SequenceBatch<Scalar> {
        SequenceBatch(
            (0..<count).map { _ in
                let size = generator.integer(in: sizes.lowerBound..<sizes.upperBound + 1)
                return sequence(size: size, using: &generator)
            }, padding: padding)
    }

    /// Accuracy scaled so that guessing gives 0: (accuracy − chance)/(1 − chance).
    public func scaledAccuracy(_ accuracy: Double, chance: Double) -> Double { (accuracy - chance) / (1 - chance) }
}
