/// A comparison of two completions of one prompt.
public struct PreferencePair: Sendable, Equatable {
    public var chosen: TokenExample
    public var rejected: TokenExample

    public init(prompt: [Int], chosen: [Int], rejected: [Int]) {
        self.chosen = TokenExample(prompt: prompt, completion: chosen)
        self.rejected = TokenExample(prompt: prompt, completion: rejected)
    }

    /// Pairs of a better and a worse rollout of each group.
    ///
    /// - Parameters:
    ///   - rollouts: any number of each group.
    ///   - pairsPerGroup: at most so many of a group, drawn without replacement.
    ///   - generator: draws the pairs.
    public static func pairs<G: RandomNumberGenerator>(
        from rollouts: [Rollout], pairsPerGroup: Int, using generator: inout G
    ) -> [PreferencePair] {
        let groups = Dictionary(grouping: rollouts, by: \.group).sorted { $0.key < $1.key }.map(\.value)
        return groups.flatMap { group in
            var candidates: [(Int, Int)] = []
            for better in group.indices {
                for worse in group.indices where group[better].reward > group[worse].reward { candidates.append((better, worse)) }
            }
            let chosen = generator.sample(min(pairsPerGroup, candidates.count), withoutReplacementBelow: candidates.count)
            return chosen.map {
                PreferencePair(
                    prompt: group[candidates[$0].0].prompt, chosen: group[candidates[$0].0].completion,
                    rejected: group[candidates[$0].1].completion)
            }
        }
    }
}

/// A loss of the log-probabilities of a preferred completion y⁺ and a rejected one y⁻ under the trained model π and
/// a reference π₀.
///
/// With h = (ln π(y⁺) − ln π₀(y⁺)) − (ln π(y⁻) − ln π₀(y⁻)):
public enum PreferenceLoss: Sendable, Equatable {
    /// −ln σ(βh) (Rafailov et al. 2023, arXiv:2305.18290, equation 7).
    case dpo(beta: Double)
    /// −(1 − ε) ln σ(βh) − ε ln σ(−βh): DPO for labels that are wrong with the probability ε (Mitchell 2023).
    case conservativeDPO(beta: Double, flipProbability: Double)
    /// (h − 1/(2τ))² (Azar et al. 2023, arXiv:2310.12036, equation 17).
    case ipo(tau: Double)
    /// max(0, δ − ln π(y⁺) + ln π(y⁻)) − λ ln π(y⁺), without the reference (Zhao et al. 2023, arXiv:2305.10425,
    /// equation 1, with y⁺ as the target of the regularisation).
    case slic(margin: Double, regularization: Double)

    /// The loss of each pair.
    ///
    /// - Parameters: log-probabilities of whole completions, shape [pairs] each; the reference's are taken as
    ///   constants.
    public func losses<S: TensorScalar>(
        chosen: Tensor<S>, rejected: Tensor<S>, referenceChosen: Tensor<S>, referenceRejected: Tensor<S>
    ) -> Tensor<S> {
        let h = (chosen - rejected) - (referenceChosen - referenceRejected).detached()
        switch self {
        case .dpo(let beta): return -logSigmoid(h * S(beta))
        case .conservativeDPO(let beta, let flip):
            let scaled = h * S(beta)
            return -logSigmoid(scaled) * S(1 - flip) - logSigmoid(-scaled) * S(flip)
        case .ipo(let tau): return (h - S(1 / (2 * tau))).squared()
        case .slic(let margin, let weight): return relu(S(margin) - (chosen - rejected)) - chosen * S(weight)
        }
    }
}

/// The losses of Kahneman-Tversky optimisation (Ethayarajh et al. 2024, arXiv:2402.01306, equation 8), for
/// completions that are each good or bad, without pairs: λ_D(1 − σ(β(r − z))) for good ones and λ_U(1 − σ(β(z − r)))
/// for bad ones, with r = ln π(y) − ln π₀(y).
///
/// - Parameters:
///   - logRatios: r, shape [completions].
///   - isDesirable: which are good, shape [completions].
///   - divergence: z, the estimated KL(π ‖ π₀), such as the mean of the log-ratios of completions with the prompts of
///     others; taken as a constant, and not below 0.
///   - beta: β.
///   - weights: λ_D and λ_U.
/// - Returns: shape [completions].
public func kahnemanTverskyLosses<S: TensorScalar>(
    logRatios: Tensor<S>, isDesirable: Tensor<Bool>, divergence: Tensor<S>, beta: S = 0.1,
    weights: (desirable: S, undesirable: S) = (1, 1)
) -> Tensor<S> {
    guard logRatios.shape == isDesirable.shape else {
        shapesDoNotFit("kahnemanTverskyLosses", logRatios.shape, isDesirable.shape, "there is one flag a completion")
    }
    let baseline = relu(divergence.detached())
    let sign = isDesirable.mapped { $0 ? S(1) : -1 }
    let weight = isDesirable.mapped { $0 ? weights.desirable : weights.undesirable }
    return weight * (1 - sigmoid((logRatios - baseline) * sign * beta))
}

/// −ln σ(s⁺ − s⁻ − margin) of pairs of scores: the Bradley-Terry model's negative log-likelihood. Shape [pairs].
public func bradleyTerryLosses<S: TensorScalar>(chosen: Tensor<S>, rejected: Tensor<S>, margin: S = 0) -> Tensor<S> {
    requireSameShape("bradleyTerryLosses", chosen, rejected)
    return softplus(rejected - chosen + margin)
}
