import DeepLearning
import Mathematics
import RealModule

/// The factor γ of K-SEQ (Sun et al. 2023, arXiv:2310.15141): the root of 1 − (1 − β)ⁿ = γβ in [1, n], where
/// β = Σ min(pᵢ/γ, qᵢ) is the probability that one draft is accepted.
///
/// The left side falls with γ and γβ = Σ min(pᵢ, γqᵢ) rises, so that there is one root.
struct KSequentialRule {
    let gamma: Double
    /// 1 − (1 − β)ⁿ.
    let acceptance: Double
    /// (p − γq)₊, what is drawn from when all drafts are rejected; p where rounding has left nothing.
    let residual: [Double]

    init(_ place: DraftedPlace) {
        func mass(_ gamma: Double) -> Double {
            var sum = 0.0
            for index in place.target.indices { sum += min(place.target[index], gamma * place.draft[index]) }
            return sum
        }
        func excess(_ gamma: Double) -> Double {
            let mass = mass(gamma)
            return 1 - Double.pow(max(1 - mass / gamma, 0), place.count) - mass
        }
        var (low, high) = (1.0, Double(place.count))
        // Until neighbouring numbers: excess is piecewise smooth with as many kinks as there are tokens.
        while true {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if excess(middle) > 0 { low = middle } else { high = middle }
        }
        gamma = high
        acceptance = min(1 - Double.pow(max(1 - mass(high) / high, 0), place.count), 1)
        let rest = place.target.indices.map { max(place.target[$0] - high * place.draft[$0], 0) }
        residual = rest.contains { $0 > 0 } ? rest : place.target
    }
}

/// The factor γ by which K-SEQ lowers the probability that a draft is accepted (optimal-mdsd, arXiv:2502.18779; Sun
/// et al. 2023, arXiv:2310.15141).
///
/// - Parameters:
///   - target: p, non-negative with a positive sum, by which they are divided.
///   - draft: q, as many.
///   - drafts: n, at least 1.
/// - Returns: γ in [1, n].
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
// swiftcore: k_sequential_factor
public func kSequentialFactor(
    target: [Double], draft: [Double], drafts: Int
) throws(LanguageModelError) -> Double {
    KSequentialRule(try DraftedPlace(target: target, draft: draft, count: drafts, scheme: .withReplacement)).gamma
}
