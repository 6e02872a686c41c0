import DeepLearning
import Efficiency
import Foundation
import Mathematics
import Testing

@Suite struct SpeculativeSamplingTests {
    /// Three pairs follow 0: 0→1 twice, 0→0 once; with the smoothing 2 in the proportions of (4 + 1, 2 + 1, 0 + 1)/9.
    @Test func bigramsAreCounted() throws {
        let model = try BigramModel(TokenCorpus([0, 1, 0, 1, 0, 0]), vocabularySize: 3, smoothing: 2)
        let expected = [(1 + 2 * 5.0 / 9) / 5, (2 + 2 * 3.0 / 9) / 5, (2 * 1.0 / 9) / 5]
        for (value, probability) in zip(model.logits(after: [2, 0]), expected) { #expect(abs(exp(value) - probability) < 1e-15) }
        #expect(abs(model.logits(after: [1]).reduce(0) { $0 + exp($1) } - 1) < 1e-14)
        #expect(throws: LanguageModelError.self) { try BigramModel(TokenCorpus([3]), vocabularySize: 3) }
        #expect(throws: LanguageModelError.self) { try BigramModel(TokenCorpus([1]), vocabularySize: 3, smoothing: 0) }
    }

    /// Texts of unequal length in one pass, against each alone.
    @Test func logitsAfterEachText() throws {
        var generator = Philox(seed: 1)
        let model = try TinyLM<Float>(
            TinyLMConfiguration(vocabularySize: 9) {
                $0.contextLength = 6
                $0.width = 16
            }, using: &generator)
        let texts = [[1, 2, 3], [4], [5, 6, 7, 8, 0, 1, 2, 3]]
        let found = try model.logits(afterEach: texts)
        for (text, logits) in zip(texts, found) {
            let own = Array(text.suffix(6))
            let alone = model.logits(Tensor(shape: [1, own.count], scalars: own))[0, own.count - 1].scalars
            for (a, b) in zip(logits, alone) { #expect(abs(a - Double(b)) < 1e-5) }
        }
        #expect(throws: LanguageModelError.self) { try model.logits(afterEach: [[]]) }
        #expect(throws: LanguageModelError.self) { try model.logits(afterEach: [[9]]) }
    }

    /// A temperature of 0.5 squares the odds.
    @Test func temperatures() throws {
        let pair = LogitPair(target: [log(3), 0], draft: [0, log(2)])
        let (p, q) = try pair.probabilities(temperature: 0.5)
        #expect(abs(p[0] - 0.9) < 1e-15 && abs(q[1] - 0.8) < 1e-15)
        #expect(throws: LanguageModelError.self) { try pair.probabilities(temperature: 0) }
    }

    @Test func syntheticLogitsHaveTheirMoments() {
        var generator = Philox(seed: 2)
        let pair = LogitPair.synthetic(vocabularySize: 40_000, using: &generator)
        func spread(_ values: [Double]) -> Double { (values.reduce(0) { $0 + $1 * $1 } / 40_000).squareRoot() }
        #expect(abs(spread(pair.target) - 2.5) < 0.04)
        #expect(abs(spread(zip(pair.draft, pair.target).map { $0 - $1 }) - 1.2) < 0.02)
    }

    @Test func pairsAreReadFromFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pairs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ values: Vector, _ shape: [Int]) throws -> String {
            let path = folder.appendingPathComponent(name).path
            try NumPyFile.data(values, shape: shape).write(to: URL(fileURLWithPath: path))
            return path
        }
        let target = try file("target.npy", [1, 2, 3, 4, 5, -.infinity], [2, 3])
        let draft = try file("draft.npy", [0, 0, 1, 1, 2, 2], [2, 3])
        let pairs = try LogitPair.read(targetPath: target, draftPath: draft)
        #expect(pairs.map(\.target) == [[1, 2, 3], [4, 5, -.infinity]] && pairs.map(\.draft) == [[0, 0, 1], [1, 2, 2]])
        func failure(_ draft: String) -> String? {
            #expect(throws: DataFileError.self) { _ = try LogitPair.read(targetPath: target, draftPath: draft) }?.place
        }
        #expect(failure(try file("a.npy", [0, 0, 1, 1, 2, 2], [3, 2])) == "shape")
        #expect(failure(try file("b.npy", [0, 0, 1, 1, 2, 2], [6])) == "shape")
        #expect(failure(try file("c.npy", [0, 0, 1, 1, .nan, 2], [2, 3])) == "element (1, 1)")
        #expect(failure(try file("d.npy", [0, 0, 1, -.infinity, -.infinity, -.infinity], [2, 3])) == "row 1")
        #expect(failure(folder.appendingPathComponent("none.npy").path) == "file")
    }
}

@Suite struct TreeDecodingTests {
    /// Where the distributions are the same everywhere, d depths with the acceptance α give 1 + α + … + α^d tokens.
    @Test(arguments: DraftVerifier.allCases) func blockEfficiency(_ verifier: DraftVerifier) throws {
        let p = [0.5, 0.2, 0.2, 0.1], q = [0.2, 0.3, 0.1, 0.4]
        var generator = Philox(seed: 8)
        let decoding = try TreeDecoding(verifier, branching: [2, 2])
        let result = try decoding.decode(
            prompt: [0], length: 6000, target: { $0.map { _ in p } }, draft: { $0.map { _ in q } }, using: &generator)
        let alpha = try draftAcceptance(of: verifier, target: p, draft: q, drafts: 2)
        #expect(result.tokens.count == 6000)
        #expect(abs(result.tokensPerCall - (1 + alpha + alpha * alpha)) < 0.06)
        #expect(result.accepted.allSatisfy { 0...2 ~= $0 })
        #expect(result.accepted.reduce(0, +) + result.accepted.count - 6000 < 3)
    }

    /// The pairs of neighbouring tokens of a Markov chain, whatever the small model proposes.
    @Test(arguments: [DraftVerifier.greedy, .recursiveRejectionWithoutReplacement, .kSequential])
    func textFollowsTheTarget(_ verifier: DraftVerifier) throws {
        let rows = [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2]]
        let drafts = [[0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0.1, 0.1, 0.8]]
        var generator = Philox(seed: 9)
        let decoding = try TreeDecoding(verifier, branching: [2, 1, 2])
        let text = try decoding.decode(
            prompt: [0], length: 20_000, target: { $0.map { rows[$0[$0.count - 1]] } },
            draft: { $0.map { drafts[$0[$0.count - 1]] } }, using: &generator
        ).tokens
        for first in 0..<3 {
            var counts = [0.0, 0, 0]
            for (a, b) in zip(text, text.dropFirst()) where a == first { counts[b] += 1 }
            #expect(try chiSquaredTest(observed: counts, expected: rows[first]).pValue > 0.01)
        }
    }

    @Test func shapesAreChecked() {
        #expect(throws: LanguageModelError.self) { try TreeDecoding(.greedy, branching: []) }
        #expect(throws: LanguageModelError.self) { try TreeDecoding(.greedy, branching: [2, 0]) }
    }
}
