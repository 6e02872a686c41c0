import DeepLearning
import Mathematics

/// The coupling of drafts and emitted token with the largest acceptance probability, by linear programming: the exact
/// answer that `optimalAcceptance` gives in closed form, for vocabularies small enough to list all drafts
/// (optimal-mdsd, arXiv:2502.18779).
///
/// Drafts that differ in their order alone are one source; the mass that goes to a token among them is accepted.
public struct DraftCoupling: Sendable {
    /// The drafts that can be, each sorted.
    public let drafts: [[Int]]
    /// The probability of each.
    public let draftProbabilities: [Double]
    /// The joint probability of drafts and emitted token: one row a set of drafts, one column a token.
    public let plan: Matrix
    /// The mass on pairs whose token is among the drafts.
    public let acceptance: Double
    /// The rows of the plan that have a token.
    private let rows: [[Int]: [Double]]

    /// The best coupling, by the network simplex method. O(Vⁿ) sources.
    ///
    /// - Parameters:
    ///   - target: p, non-negative with a positive sum, by which they are divided.
    ///   - draft: q, as many; Vⁿ at most 20 000.
    ///   - drafts: n, as in `optimalAcceptance`.
    ///   - scheme: how the drafts are drawn.
    /// - Throws: `LanguageModelError.invalidArgument` naming the argument.
    public init(
        target: [Double], draft: [Double], drafts: Int, scheme: DraftScheme
    ) throws(LanguageModelError) {
        let place = try DraftedPlace(target: target, draft: draft, count: drafts, scheme: scheme)
        let sources = try draftSets(place, scheme)
        self.drafts = sources.map(\.drafts)
        draftProbabilities = sources.map(\.probability)
        let costs = Matrix(rows: sources.count, columns: target.count) { sources[$0].drafts.contains($1) ? -1 : 0 }
        do {
            plan = try OptimalTransport(
                costs: costs, sourceMasses: Vector(draftProbabilities), targetMasses: Vector(place.target)
            ).plan
        } catch {
            throw .invalidArgument(name: "target", value: "\(target)", expected: "a distribution: \(error)")
        }
        let plan = plan
        rows = Dictionary(
            uniqueKeysWithValues: sources.enumerated().compactMap { index, source in
                let row = Array(plan.row(index))
                return row.contains { $0 > 0 } ? (source.drafts, row) : nil
            })
        var accepted = 0.0
        for (row, source) in sources.enumerated() { for token in Set(source.drafts) { accepted += plan[row, token] } }
        acceptance = accepted
    }

    /// The emitted token's distribution, up to its sum, when certain drafts were drawn, in any order; nil for drafts
    /// that cannot be.
    func weights(after drafts: [Int]) -> [Double]? { rows[drafts.sorted()] }
}

/// α* as the value of the linear program itself, over all pairs of drafts and tokens, for vocabularies of a few tokens
/// (optimal-mdsd, arXiv:2502.18779): maximise Σ C(S, i) over i ∈ S with the marginals Q(S) and p(i).
///
/// Solved by Clp to its tolerance of 10⁻⁷ or better; the arguments are those of `DraftCoupling`.
///
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
public func acceptanceByLinearProgram(
    target: [Double], draft: [Double], drafts: Int, scheme: DraftScheme
) throws(LanguageModelError) -> Double {
    let place = try DraftedPlace(target: target, draft: draft, count: drafts, scheme: scheme)
    let sources = try draftSets(place, scheme)
    let tokens = target.count
    var program = LinearProgram(
        maximising: Vector(count: sources.count * tokens) { sources[$0 / tokens].drafts.contains($0 % tokens) ? 1 : 0 })
    for (row, source) in sources.enumerated() {
        program.constrain(
            indices: (0..<tokens).map { row * tokens + $0 }, coefficients: [Double](repeating: 1, count: tokens),
            .equalTo(source.probability))
    }
    // The last token's marginal follows from the others.
    for token in 0..<tokens - 1 {
        program.constrain(
            indices: sources.indices.map { $0 * tokens + token },
            coefficients: [Double](repeating: 1, count: sources.count), .equalTo(place.target[token]))
    }
    do {
        return try program.solve().value
    } catch {
        throw .invalidArgument(name: "target", value: "\(target)", expected: "a distribution: \(error)")
    }
}

/// All drafts, sorted, with their probabilities, in lexicographic order.
private func draftSets(
    _ place: DraftedPlace, _ scheme: DraftScheme
) throws(LanguageModelError) -> [(drafts: [Int], probability: Double)] {
    let vocabulary = place.draft.count
    var sources: [[Int]: Double] = [:]
    if scheme == .greedy {
        let top = place.greedyTokens
        for (token, probability) in place.rest(without: top).enumerated() where probability > 0 {
            sources[(top + [token]).sorted()] = probability
        }
    } else {
        var total = 1
        for _ in 0..<place.count { total = total > 20_000 ? total : total * vocabulary }
        guard total <= 20_000 else {
            throw .invalidArgument(
                name: "drafts", value: "\(place.count) of \(vocabulary) tokens",
                expected: "at most 20000 sequences of drafts, since all are listed")
        }
        func extend(_ sequence: [Int], _ probability: Double, _ left: Double) {
            if sequence.count == place.count {
                sources[sequence.sorted(), default: 0] += probability
                return
            }
            for (token, share) in place.draft.enumerated() where share > 0 {
                if scheme == .withReplacement {
                    extend(sequence + [token], probability * share, 1)
                } else if !sequence.contains(token) {
                    // Summed anew, since 1 less what was drawn can be all rounding.
                    let rest = place.draft.indices.reduce(0.0) {
                        $1 == token || sequence.contains($1) ? $0 : $0 + place.draft[$1]
                    }
                    extend(sequence + [token], probability * share / left, rest)
                }
            }
        }
        extend([], 1, 1)
    }
    return sources.map { ($0.key, $0.value) }.sorted { $0.drafts.lexicographicallyPrecedes($1.drafts) }
}
