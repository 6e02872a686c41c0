import DeepLearning
import Mathematics

/// Multi-step decoding with a tree of drafts: at every place of a text the small model proposes several tokens, behind
/// each of them several again, and one call of the large model judges the whole tree (optimal-mdsd, arXiv:2502.18779).
///
/// From the root on the drafts of a node are verified; behind an accepted one its own drafts, and so on. The first node
/// without an accepted draft emits the verification's other token, and a leaf one of the large model's own. The text
/// follows the large model's distribution exactly, whatever the small one is.
public struct TreeDecoding: Sendable {
    /// How drafts are drawn and verified.
    public let verifier: DraftVerifier
    /// How many drafts a node at each depth has.
    public let branching: [Int]

    /// What decoding gave.
    public struct Result: Sendable, Equatable {
        /// The new tokens.
        public var tokens: [Int]
        /// How many drafts each call of the large model accepted; each emitted one token more.
        public var accepted: [Int]

        /// The new tokens for each call of the large model, the block efficiency; before the text was cut to its length.
        public var tokensPerCall: Double {
            accepted.isEmpty ? 0 : Double(accepted.reduce(0, +) + accepted.count) / Double(accepted.count)
        }
    }

    /// - Parameters:
    ///   - verifier: how drafts are drawn and verified.
    ///   - branching: how many drafts a node at each depth has, at least one depth, each at least 1.
    /// - Throws: `LanguageModelError.invalidArgument` for a shape that cannot be.
    public init(_ verifier: DraftVerifier, branching: [Int]) throws(LanguageModelError) {
        guard !branching.isEmpty, branching.allSatisfy({ $0 >= 1 }) else {
            throw .invalidArgument(name: "branching", value: "\(branching)", expected: "at least one depth, each at least 1")
        }
        self.verifier = verifier
        self.branching = branching.map { verifier.draftCount($0) }
    }

    private struct Node {
        let text: [Int]
        var drafts: [Int] = []
        var children: [Int] = []
        var distribution: [Double] = []
    }

    /// Continues a text.
    ///
    /// - Parameters:
    ///   - prompt: what the models see at first.
    ///   - length: how many tokens to write; what the last call gives beyond is dropped.
    ///   - target: the large model's distributions after each of some texts; called once for a tree.
    ///   - draft: the small model's; called once a depth.
    ///   - generator: draws drafts and verifies.
    /// - Throws: `LanguageModelError.invalidArgument` for distributions that are none, or what the models throw.
    public func decode<G: RandomNumberGenerator>(
        prompt: [Int], length: Int, target: ([[Int]]) throws -> [[Double]], draft: ([[Int]]) throws -> [[Double]],
        using generator: inout G
    ) throws -> Result {
        var text = prompt
        var result = Result(tokens: [], accepted: [])
        while result.tokens.count < length {
            let tree = try grow(from: text, draft: draft, using: &generator)
            let judged = try target(tree.map(\.text))
            var node = 0, accepted = 0
            while true {
                let drafts = tree[node].drafts
                if drafts.isEmpty {
                    text.append(generator.index(weightedBy: try normalizedDistribution(judged[node], "target")))
                    break
                }
                let step = try MultiDraftStep(
                    verifier, target: judged[node], draft: tree[node].distribution, drafts: drafts.count)
                let emitted = step.verify(drafts, using: &generator)
                text.append(emitted.token)
                guard let child = emitted.acceptedDraft else { break }
                node = tree[node].children[child]
                accepted += 1
            }
            result.accepted.append(accepted)
            result.tokens = Array(text[prompt.count...])
        }
        result.tokens = Array(result.tokens.prefix(length))
        return result
    }

    private func grow<G: RandomNumberGenerator>(
        from text: [Int], draft: ([[Int]]) throws -> [[Double]], using generator: inout G
    ) throws -> [Node] {
        var tree = [Node(text: text)]
        var level = [0]
        for count in branching {
            let distributions = try draft(level.map { tree[$0].text })
            var next: [Int] = []
            for (index, distribution) in zip(level, distributions) {
                // The drafts depend on the small model alone.
                let step = try MultiDraftStep(verifier.drawing, target: distribution, draft: distribution, drafts: count)
                let drafts = step.drafts(using: &generator)
                tree[index].drafts = drafts
                tree[index].distribution = distribution
                for token in drafts {
                    tree[index].children.append(tree.count)
                    next.append(tree.count)
                    tree.append(Node(text: tree[index].text + [token]))
                }
            }
            level = next
        }
        return tree
    }
}

extension DraftVerifier {
    /// A verifier that draws the same drafts and needs no preparation.
    fileprivate var drawing: DraftVerifier {
        switch self {
        case .kSequential, .couplingWithReplacement: .recursiveRejection
        case .couplingWithoutReplacement: .recursiveRejectionWithoutReplacement
        default: self
        }
    }
}
