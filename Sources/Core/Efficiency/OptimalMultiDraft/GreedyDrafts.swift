import DeepLearning

/// Greedy drafts and their optimal verification (optimal-mdsd, arXiv:2502.18779).
///
/// The drawn draft j is accepted with min(1, p_j/q′_j); else the token comes from p on the fixed drafts and
/// (p − q′)₊ outside. A token j outside comes out with min(p_j, q′_j) + (p_j − q′_j)₊ = p_j, a fixed one with the rejected
/// mass's share, which is p.
struct GreedyDrafts: Sendable {
    /// T: the n − 1 most probable tokens of the draft model.
    let fixed: [Int]
    /// q′: the draft's distribution without them.
    let rest: [Double]
    /// What is drawn from when the drawn draft is rejected; p where rounding has left nothing.
    let residual: [Double]
    /// p(T) + Σ_{i ∉ T} min(pᵢ, q′ᵢ).
    let acceptance: Double

    init(_ place: DraftedPlace) {
        let p = place.target
        fixed = place.greedyTokens
        rest = place.rest(without: fixed)
        var residual = [Double](repeating: 0, count: p.count)
        var accepted = 0.0
        for token in p.indices {
            residual[token] = max(p[token] - rest[token], 0)
            accepted += min(p[token], rest[token])
        }
        // q′ is 0 on the fixed tokens.
        for token in fixed {
            residual[token] = p[token]
            accepted += p[token]
        }
        self.residual = residual.contains { $0 > 0 } ? residual : p
        acceptance = min(accepted, 1)
    }
}
