/// What is made as large as possible at each token, as a function of how much more probable it has become.
public protocol PolicySurrogate: Sendable {
    /// The objective of each token.
    ///
    /// - Parameters:
    ///   - logRatios: ln π(token) − ln π_old(token), shape [sequences, time].
    ///   - advantages: the same shape.
    ///   - mask: 1 at tokens of completions, else 0; the same shape.
    /// - Returns: the same shape; what stands under 0 of the mask does not matter.
    func terms<S: TensorScalar>(logRatios: Tensor<S>, advantages: Tensor<S>, mask: Tensor<S>) -> Tensor<S>
}

/// min(ρA, clip(ρ, 1 − ε, 1 + ε′)A) with the token's ratio ρ (PPO, Schulman et al. 2017, arXiv:1707.06347, equation
/// 7; with a higher upper bound, DAPO, Yu et al. 2025, arXiv:2503.14476).
public struct ClippedTokenRatio: PolicySurrogate {
    /// ε.
    public var lower: Double
    /// ε′.
    public var upper: Double

    public init(lower: Double = 0.2, upper: Double = 0.2) {
        self.lower = lower
        self.upper = upper
    }

    public func terms<S: TensorScalar>(logRatios: Tensor<S>, advantages: Tensor<S>, mask: Tensor<S>) -> Tensor<S> {
        let ratios = exp(logRatios)
        return minimum(ratios * advantages, ratios.clamped(from: S(1 - lower), to: S(1 + upper)) * advantages)
    }
}

/// The same with the ratio of a whole sequence, s = exp(mean over its tokens of ln ρ), at each of its tokens (GSPO,
/// Zheng et al. 2025, arXiv:2507.18071, equations 5 to 7).
public struct ClippedSequenceRatio: PolicySurrogate {
    public var lower: Double
    public var upper: Double

    public init(lower: Double = 3e-4, upper: Double = 4e-4) {
        self.lower = lower
        self.upper = upper
    }

    public func terms<S: TensorScalar>(logRatios: Tensor<S>, advantages: Tensor<S>, mask: Tensor<S>) -> Tensor<S> {
        let counts = maximum(mask.sum(along: 1, keepingAxes: true), Tensor(1))
        let ratios = exp((logRatios * mask).sum(along: 1, keepingAxes: true) / counts)
        return minimum(ratios * advantages, ratios.clamped(from: S(1 - lower), to: S(1 + upper)) * advantages)
    }
}

/// ρA, without a bound.
public struct UnclippedRatio: PolicySurrogate {
    public init() {}

    public func terms<S: TensorScalar>(logRatios: Tensor<S>, advantages: Tensor<S>, mask: Tensor<S>) -> Tensor<S> {
        exp(logRatios) * advantages
    }
}

/// A ln π: REINFORCE (Williams 1992), whose gradient does not weigh how probable a token was before.
public struct LogLikelihoodSurrogate: PolicySurrogate {
    public init() {}

    public func terms<S: TensorScalar>(logRatios: Tensor<S>, advantages: Tensor<S>, mask: Tensor<S>) -> Tensor<S> {
        logRatios * advantages
    }
}

/// What the tokens of a minibatch are summed up to.
public enum TokenAggregation: Sendable, Equatable {
    /// The mean over the sequences of the mean over their tokens (GRPO).
    case perSequence
    /// The mean over all tokens (DAPO).
    case perToken
    /// The sum over all tokens divided by the number of sequences and a constant (Dr. GRPO): usually the largest
    /// length of a completion.
    case constant(Double)

    func reduce<S: TensorScalar>(_ terms: Tensor<S>, _ mask: Tensor<S>) -> Tensor<S> {
        let masked = terms * mask
        switch self {
        case .perSequence:
            let counts = maximum(mask.sum(along: 1), Tensor(1))
            return (masked.sum(along: 1) / counts).mean()
        case .perToken: return masked.sum() / max(mask.sum().scalar, 1)
        case .constant(let length): return masked.sum() / (S(length) * S(mask.shape[0]))
        }
    }
}

/// The loss of a policy on tokens it wrote earlier: minus the surrogate, plus the divergence from a reference, minus
/// the entropy.
public struct PolicyLoss: Sendable {
    public var surrogate: any PolicySurrogate
    public var aggregation: TokenAggregation
    /// The weight of exp(d) − d − 1, d = ln π_ref − ln π, which estimates KL(π ‖ π_ref) (k3, Schulman 2020).
    public var divergenceWeight: Double
    /// The weight of the entropy of the next token's distribution.
    public var entropyWeight: Double

    public init(
        _ surrogate: any PolicySurrogate = ClippedTokenRatio(), aggregation: TokenAggregation = .perSequence,
        divergenceWeight: Double = 0, entropyWeight: Double = 0
    ) {
        self.surrogate = surrogate
        self.aggregation = aggregation
        self.divergenceWeight = divergenceWeight
        self.entropyWeight = entropyWeight
    }

    /// The loss, a single number.
    ///
    /// - Parameters: all of the shape [sequences, time].
    ///   - logProbabilities: ln π of the tokens.
    ///   - behavior: ln π_old of the tokens, constants.
    ///   - advantages: constants.
    ///   - mask: 1 at tokens of completions, else 0.
    ///   - reference: ln π_ref of the tokens; needed where `divergenceWeight` is not 0.
    ///   - entropies: needed where `entropyWeight` is not 0.
    public func callAsFunction<S: TensorScalar>(
        logProbabilities: Tensor<S>, behavior: Tensor<S>, advantages: Tensor<S>, mask: Tensor<S>,
        reference: Tensor<S>? = nil, entropies: Tensor<S>? = nil
    ) -> Tensor<S> {
        // Places outside completions are set to equal values, so that nothing overflows under the mask.
        let logRatios = (logProbabilities - behavior.detached()) * mask
        var terms = surrogate.terms(logRatios: logRatios, advantages: advantages.detached(), mask: mask)
        if divergenceWeight != 0 {
            guard let reference else { fatalError("PolicyLoss: a divergence weight of \(divergenceWeight) needs a reference") }
            let d = (reference.detached() - logProbabilities) * mask
            terms = terms - (expm1(d) - d) * S(divergenceWeight)
        }
        if entropyWeight != 0 {
            guard let entropies else { fatalError("PolicyLoss: an entropy weight of \(entropyWeight) needs entropies") }
            terms = terms + entropies * S(entropyWeight)
        }
        return -aggregation.reduce(terms, mask)
    }
}
