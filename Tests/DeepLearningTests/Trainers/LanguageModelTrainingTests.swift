import DeepLearning
import Mathematics
import Testing

struct LanguageModelTrainingTests {
    /// The best bigram model of a text is its conditional frequencies; its loss is their entropy.
    @Test func nextTokenTrainingFindsTheFrequencies() throws {
        var generator = Philox(seed: 1)
        // A Markov chain on three tokens.
        let chain: [[Double]] = [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.5, 0.25, 0.25]]
        var tokens = [0]
        for _ in 0..<20_000 { tokens.append(generator.index(weightedBy: chain[tokens[tokens.count - 1]])) }
        var model = BigramModel(vocabularySize: 3)
        var training = Training(Adam<BigramModel>(), steps: 400)
        training.schedule = .linear(from: 0.05, to: 0, steps: 400)
        let corpus = TokenCorpus(tokens)
        let history = try training.runNextToken(on: &model, corpus: corpus, batchSize: 32, windowLength: 16, using: &generator)
        #expect(history.losses.count == 400)
        var counts = [[Double]](repeating: [0, 0, 0], count: 3)
        for (a, b) in zip(tokens, tokens.dropFirst()) { counts[a][b] += 1 }
        let learned = model.table.softmax()
        var entropy = 0.0
        for a in 0..<3 {
            let total = counts[a].reduce(0, +)
            for b in 0..<3 {
                #expect(abs(learned[a, b].scalar - counts[a][b] / total) < 0.03)
                entropy -= counts[a][b] / 20_000 * log(Tensor(counts[a][b] / total)).scalar
            }
        }
        let loss = model.nextTokenLoss(try corpus.consecutiveWindows(length: 16)).scalar
        #expect(loss > entropy - 1e-3 && loss < entropy + 5e-3)
        #expect(throws: TrainingError.self) {
            try training.runNextToken(on: &model, corpus: corpus, batchSize: 4, windowLength: 18, using: &generator)
        }
    }

    @Test func lossOfCompletionsLeavesPromptsAlone() throws {
        let model = BigramModel(vocabularySize: 6)
        let batch = CompletionBatch<Double>([
            TokenExample(prompt: [0, 1, 2], completion: [3, 4]), TokenExample(prompt: [1], completion: [5]),
        ])
        #expect(batch.tokens.scalars == [0, 1, 2, 3, 4, 1, 5, 0, 0, 0])
        #expect(batch.mask.scalars == [0, 0, 1, 1, 1, 0, 0, 0])
        let (loss, gradient) = valueAndGradient(at: model) { $0.completionLoss(batch) }
        #expect(abs(loss.scalar - 1.791759469228055) < 1e-14)    // ln 6
        // Rows 2, 3 and 1 predict the three tokens of the completions; row 0 and the padding predict none.
        #expect(gradient.table[0].scalars.allSatisfy { $0 == 0 } && gradient.table[4].scalars.allSatisfy { $0 == 0 })
        for (row, target) in [(2, 3), (3, 4), (1, 5)] {
            #expect(abs(gradient.table[row, target].scalar - (1.0 / 6 - 1) / 3) < 1e-14)
        }
        let sums = model.completionLogProbabilities(batch).scalars
        #expect(abs(sums[0] + 2 * 1.791759469228055) < 1e-14 && abs(sums[1] + 1.791759469228055) < 1e-14)
        #expect(model.scores(batch).shape == [2] && batch.lastPlaces == [4, 1])
    }

    @Test func fineTuningLearnsToAnswer() throws {
        let task = BitParity()
        let vocabulary = task.vocabulary
        // A bigram model cannot tell the parity; it learns how often each answer comes, and to end behind it.
        var generator = Philox(seed: 2)
        let examples = try (0..<20 as Range<UInt64>).map { try TokenExample(task.example(seed: $0, difficulty: 3), vocabulary: vocabulary) }
        var model = BigramModel(vocabularySize: vocabulary.count)
        var training = Training(Adam<BigramModel>(learningRate: 0.1), steps: 200)
        _ = try training.runFineTuning(on: &model, examples: examples, batchSize: 8, using: &generator)
        let zero = try vocabulary.encode("0")[0]
        #expect(model.table.softmax()[zero, CharacterVocabulary.end].scalar > 0.95)
        let first = try vocabulary.encode("=")[0]
        let ones = Double(examples.count { vocabulary.decode($0.completion) == "1" }) / 20
        #expect(abs(model.table.softmax()[first, try vocabulary.encode("1")[0]].scalar - ones) < 0.1)
        #expect(throws: TrainingError.self) {
            let long = [TokenExample(prompt: [Int](repeating: 1, count: 17), completion: [2])]
            return try training.runFineTuning(on: &model, examples: long, batchSize: 1, using: &generator)
        }
    }

    @Test func samplesFollowTheModel() {
        var model = BigramModel(vocabularySize: 4)
        model.table = log([[0.1, 0.2, 0.3, 0.4], [1, 1, 1, 1], [1, 1, 1, 1], [0.25, 0.25, 0.25, 0.25]])
        var generator = Philox(seed: 3)
        let prompts = [[Int]](repeating: [3, 0], count: 4000)
        let samples = model.sampleCompletions(of: prompts, maximumTokens: 3, stopToken: 2, using: &generator)
        for (token, expected) in zip(0..<4, [0.1, 0.2, 0.3, 0.4]) {
            #expect(abs(Double(samples.count { $0.tokens[0] == token }) / 4000 - expected) < 0.03)
        }
        for sample in samples.prefix(50) {
            #expect(sample.tokens.count == 3 || sample.tokens.last == 2)
            #expect(!sample.tokens.dropLast().contains(2))
            let all = [3, 0] + sample.tokens
            let expected = model.logProbabilities(of: Tensor(shape: [1, all.count], scalars: all)).scalars.dropFirst()
            for (a, b) in zip(sample.logProbabilities, expected) { #expect(abs(a - b) < 1e-12) }
        }
        // At temperature 1/2 probabilities are squared: 0.16/0.3 for the last.
        let cold = model.sampleCompletions(of: prompts, maximumTokens: 1, stopToken: nil, temperature: 0.5, using: &generator)
        #expect(abs(Double(cold.count { $0.tokens == [3] }) / 4000 - 0.5333) < 0.03)
        #expect(model.sampleCompletions(of: [[0]], maximumTokens: 1, stopToken: nil, temperature: 0, using: &generator)[0].tokens == [3])
        // The context ends the sequence.
        #expect(model.sampleCompletions(of: [[3]], maximumTokens: 100, stopToken: nil, using: &generator)[0].tokens.count == 16)
        // What one sequence gets does not depend on the others.
        var a = Philox(seed: 9), b = Philox(seed: 9)
        #expect(model.sampleCompletions(of: [[0], [1, 1]], maximumTokens: 4, stopToken: nil, using: &a)[0]
            == model.sampleCompletions(of: [[0]], maximumTokens: 4, stopToken: nil, using: &b)[0])
    }
}
