import DeepLearning
import Mathematics

/// Mean acceptance probabilities over many places of text, of verifications and of the bounds that they cannot pass
/// (optimal-mdsd, arXiv:2502.18779).
public struct AcceptanceComparison: Sendable, Equatable {
    /// The mean over the places for each verifier.
    public let verifiers: [DraftVerifier: Double]
    /// The mean of α* for each way to draw drafts.
    public let bounds: [DraftScheme: Double]

    /// The verifiers that do not list all drafts.
    public static let scalableVerifiers: [DraftVerifier] = [
        .single, .recursiveRejection, .kSequential, .recursiveRejectionWithoutReplacement, .greedy,
    ]

    /// Measures all scalable verifiers and all bounds, several places at a time.
    ///
    /// Recursive rejection without replacement is exact with up to two drafts and estimated beyond.
    ///
    /// - Parameters:
    ///   - pairs: what both models say of each place, at least one.
    ///   - drafts: n.
    ///   - temperature: divides the logits of both models.
    ///   - paths: for the estimate at one place.
    ///   - generator: gives each place a stream of its own for the estimate.
    /// - Throws: `LanguageModelError.invalidArgument` naming the argument.
    public init(
        of pairs: [LogitPair], drafts: Int, temperature: Double = 1, paths: Int = 16, using generator: Philox
    ) throws(LanguageModelError) {
        guard !pairs.isEmpty else {
            throw .invalidArgument(name: "pairs", value: "[]", expected: "at least one place")
        }
        guard paths >= 1 else { throw .invalidArgument(name: "paths", value: "\(paths)", expected: "at least 1") }
        let rows = try pairs.indices.parallelMap { (index: Int) throws(LanguageModelError) -> [Double] in
            let (p, q) = try pairs[index].probabilities(temperature: temperature)
            var own = generator.stream(index)
            var row: [Double] = []
            for verifier in Self.scalableVerifiers {
                let step = try MultiDraftStep(verifier, target: p, draft: q, drafts: drafts)
                row.append(drafts <= 2 ? step.acceptance : step.estimatedAcceptance(paths: paths, using: &own))
            }
            for scheme in DraftScheme.allCases {
                row.append(try optimalAcceptance(target: p, draft: q, drafts: drafts, scheme: scheme).probability)
            }
            return row
        }
        func mean(_ column: Int) -> Double { rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        verifiers = Dictionary(uniqueKeysWithValues: Self.scalableVerifiers.enumerated().map { ($1, mean($0)) })
        bounds = Dictionary(
            uniqueKeysWithValues: DraftScheme.allCases.enumerated().map { ($1, mean(Self.scalableVerifiers.count + $0)) })
    }
}
