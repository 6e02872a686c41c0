import DeepLearning
import Mathematics
import Testing

@Suite struct TinyLMTests {
    /// Small models of every kind.
    static let configurations: [TinyLMConfiguration] = [
        base { _ in },
        base {
            $0.positions = .rotary(base: 10_000)
            $0.normalization = .rootMeanSquare
            $0.feedForward = .swiGLU
            $0.keyHeads = 1
            $0.hasBias = false
            $0.tiesEmbeddings = false
        },
        base {
            $0.experts = .init(count: 3, perToken: 2)
            $0.window = 3
        },
    ]

    static func base(_ change: (inout TinyLMConfiguration) -> Void) -> TinyLMConfiguration {
        TinyLMConfiguration(vocabularySize: 7) {
            $0.contextLength = 8
            $0.width = 8
            $0.heads = 2
            change(&$0)
        }
    }

    func model(_ configuration: TinyLMConfiguration, seed: UInt64 = 1) throws -> TinyLM<Double> {
        var generator = Philox(seed: seed)
        var model = try TinyLM<Double>(configuration, using: &generator)
        // Small weights would hide mistakes.
        model.forEachParameter { $0 = $0 + Tensor.randomNormal($0.shape, standardDeviation: 0.2, using: &generator) }
        return model
    }

    let tokens: Tensor<Int> = Tensor(shape: [2, 6], scalars: [0, 3, 6, 2, 2, 5, 4, 4, 1, 0, 3, 6])

    /// One block of width 4 with 2 heads, written with torch.nn.functional: x = E[tok] + P; x += SDPA(causal) @ o + bo;
    /// x += gelu(n @ up + ub) @ dn + db; layer_norm(x) @ E.T, with E = wave((5,4),1.3), P = wave((3,4),1.4,.5),
    /// q k v o = wave((4,4),.1 … .4,.6), their biases wave((4,),.5 … .8,.3), up wave((4,8),.9,.5), wave((8,),1.,.2),
    /// down wave((8,4),1.1,.5), wave((4,),1.2,.2).
    @Test func agreesWithPyTorch() throws {
        var generator = Philox(seed: 1)
        let configuration = TinyLMConfiguration(vocabularySize: 5) {
            $0.contextLength = 3
            $0.width = 4
            $0.heads = 2
            $0.depth = 1
            $0.hiddenWidth = 8
        }
        let one = Tensor<Double>.ones([4]), zero = Tensor<Double>.zeros([4])
        let model = try TinyLM<Double>(configuration, using: &generator).replacingParameters(with: [
            wave([5, 4], 1.3), wave([3, 4], 1.4, 0.5), one, zero, wave([4, 4], 0.1, 0.6), wave([4], 0.5, 0.3),
            wave([4, 4], 0.2, 0.6), wave([4], 0.6, 0.3), wave([4, 4], 0.3, 0.6), wave([4], 0.7, 0.3), wave([4, 4], 0.4, 0.6),
            wave([4], 0.8, 0.3), one, zero, wave([4, 8], 0.9, 0.5), wave([8], 1, 0.2), wave([8, 4], 1.1, 0.5),
            wave([4], 1.2, 0.2), one, zero,
        ])
        expectClose(model.logits(Tensor(shape: [2, 3], scalars: [0, 3, 1, 4, 4, 2]))[1], [
            0.7788807797084498, -0.8894835693831784, 0.8973018017526112, -0.8014320384839226, 0.6129525406217365,
            -1.530084631758378, 0.779652396273466, 0.060872820308948916, -0.8943638587426683, 1.6245063964789908,
            1.6583518421745869, -1.326628391010863, 0.8416059733769157, -0.2593315093009818, -0.3529100899715052,
        ])
    }

    @Test(arguments: Self.configurations) func differentiates(_ configuration: TinyLMConfiguration) throws {
        var model = try model(configuration)
        // Vectors as long as the differences are short against: a normalisation is most curved near zero. The direction moves
        // all parameters together, some thousand of them, which is what the tolerance allows for.
        model.embedding.table = model.embedding.table * 5
        model.positionTable = model.positionTable.map { $0 * 5 }
        expectGradientsMatchFiniteDifferences(at: model, step: 1e-4, tolerance: 1e-6) { $0.logits(tokens[0..., 0..<3]) }
    }

    /// Token by token, in parts, and left-padded: as the whole sequence at once.
    @Test(arguments: Self.configurations) func cacheChangesNothing(_ configuration: TinyLMConfiguration) throws {
        let model = try model(configuration)
        let whole = model.logits(tokens)
        var cache = KeyValueCache<Double>(batch: 2)
        expectClose(model.logits(tokens[0..., 0..<2], cache: &cache), whole[0..., 0..<2].scalars)
        for t in 2..<6 {
            expectClose(model.logits(tokens[0..., t..<t + 1], cache: &cache), whole[0..., t..<t + 1].scalars)
        }
        #expect(cache.count == 6)
        // The second sequence without its first two tokens, beside the first.
        let short = model.logits(tokens[1..<2, 2...])
        var state = model.startDecoding(starts: [0, 2])
        var last = model.nextLogits(tokens[0..., 0..<4], state: &state)
        expectClose(last[0], whole[0, 3].scalars)
        expectClose(last[1], short[0, 1].scalars)
        state.selectRows([1, 0, 1])
        last = model.nextLogits(Tensor(shape: [3, 1], scalars: [3, 2, 3]), state: &state)
        expectClose(last[0], short[0, 2].scalars)
        expectClose(last[1], whole[0, 4].scalars)
        expectClose(last[2], short[0, 2].scalars)
    }

    @Test(arguments: Self.configurations) func seesOnlyThePast(_ configuration: TinyLMConfiguration) throws {
        let model = try model(configuration)
        var changed = tokens.scalars
        changed[4] = 0
        let other = model.logits(Tensor(shape: [2, 6], scalars: changed))
        expectClose(other[0, 0..<4], model.logits(tokens)[0, 0..<4].scalars)
        #expect(other[0, 4] != model.logits(tokens)[0, 4])
        var open = configuration
        open.isBidirectional = true
        let bidirectional = try self.model(open)
        #expect(bidirectional.logits(tokens)[0, 0] != bidirectional.logits(Tensor(shape: [2, 6], scalars: changed))[0, 0])
    }

    @Test func takesVectorsAndOneHots() throws {
        let model = try model(Self.configurations[1])
        let whole = model.logits(tokens)
        expectClose(model.logits(oneHot: .oneHot(tokens, count: 7)), whole.scalars)
        expectClose(model.logits(embeddings: model.embed(tokens)), whole.scalars)
        let soft = wave([1, 2, 8], 0.4)
        let mixed = model.embed(tokens, replacingColumns: [4, 1], with: soft)
        expectClose(mixed[1, 4], soft[0, 0].scalars)
        expectClose(mixed[0, 1], soft[0, 1].scalars)
        expectClose(mixed[1, 2], model.embed(tokens)[1, 2].scalars)
        expectGradientsMatchFiniteDifferences(at: Tensor<Double>.oneHot(tokens[0..<1, 0..<3], count: 7)) {
            model.logits(oneHot: $0).logSoftmax()
        }
    }

    /// Hooks see what is there, and what they write counts.
    @Test func hooksReadAndWrite() throws {
        let model = try model(Self.configurations[0])
        let whole = model.logits(tokens)
        var states: [Int: Tensor<Double>] = [:]
        var inputs: [LinearLayerName: Tensor<Double>] = [:]
        var weights: [Tensor<Double>] = []
        var hooks = TransformerHooks<Double>()
        hooks.hidden = { states[$0] = $1; return $1 }
        hooks.linearInput = { inputs[$0] = $1 }
        hooks.attentionWeights = { weights.append($1) }
        expectClose(model.logits(tokens, hooks: hooks), whole.scalars)
        #expect(states.keys.sorted() == [0, 1, 2])
        #expect(Set(inputs.keys) == Set(model.linearLayerNames))
        expectClose(weights[1].sum(along: -1), [Double](repeating: 1, count: 24))
        if let last = states[2] { expectClose(model.logits(hidden: model.finalNorm(last)), whole.scalars) }
        let down = LinearLayerName(block: 1, role: .down)
        if let input = inputs[down], let last = states[2], let first = states[1] {
            #expect(input.shape == [2, 6, 32])
            var attention: Tensor<Double>?
            var look = TransformerHooks<Double>()
            look.attentionOutput = { if $0 == 1 { attention = $1 }; return $1 }
            _ = model.logits(tokens, hooks: look)
            if let attention { expectClose(first + attention + model[down](input), last.scalars) }
        }
        // Values replaced by zeros leave the output's bias alone.
        var silent = TransformerHooks<Double>()
        silent.projections = { _, _, _, values in values = values * 0 }
        silent.attentionOutput = { block, output in
            expectClose(output[1, 3], model.blocks[block].attention.output.base.bias?.scalars ?? [])
            return output
        }
        _ = model.logits(tokens, hooks: silent)
        // A block that is skipped is a block that is not there.
        var skipping = TransformerHooks<Double>()
        skipping.skip(blocks: [0])
        var shorter = model
        shorter.blocks.removeFirst()
        expectClose(model.logits(tokens, hooks: skipping), shorter.logits(tokens).scalars)
    }

    @Test(arguments: Self.configurations) func adaptersAloneAreTrained(_ configuration: TinyLMConfiguration) throws {
        var model = try model(configuration)
        let before = model.logits(tokens)
        var generator = Philox(seed: 9)
        let roles: Set<LinearLayerName.Role> = [.query, .value, .up]
        model.addAdapters(rank: 2, scale: 0.5, to: roles, using: &generator)
        expectClose(model.logits(tokens), before.scalars)
        let adapted = model.linearLayerNames.filter { roles.contains($0.role) }
        #expect(model.parameters.count == 2 * adapted.count)
        let count = adapted.reduce(0) { $0 + 2 * (model[$1].weight.shape[0] + model[$1].weight.shape[1]) }
        #expect(model.parameterCount == count)
        model.forEachParameter { $0 = .randomNormal($0.shape, standardDeviation: 0.3, using: &generator) }
        let changed = model.logits(tokens)
        #expect(changed != before)
        expectGradientsMatchFiniteDifferences(at: model, tolerance: 1e-6, checksSecondOrder: false) {
            $0.logits(tokens[0..., 0..<2])
        }
        model.mergeAdapters()
        #expect(!model.isAdapted)
        expectClose(model.logits(tokens), changed.scalars)
    }

    @Test func namesReachLayers() throws {
        var model = try model(Self.configurations[2])
        #expect(model.linearLayerNames.map(\.description).contains("blocks.1.experts.2.down"))
        let name = LinearLayerName(block: 0, role: .key)
        model[name].weight = .zeros([8, 8])
        #expect(model[keyPath: \.blocks[0].attention.key.weight] == .zeros([8, 8]))
    }

    @Test func statisticsOfTokens() throws {
        let model = try model(Self.configurations[0])
        let statistics = model.statistics(of: tokens)
        let logits = model.logits(tokens)
        for b in 0..<2 {
            for t in 0..<5 {
                let weights = exp(logits[b, t]).scalars, total = weights.reduce(0, +)
                let p = weights.map { $0 / total }
                #expect(abs(statistics.logProbabilities[b, t].scalar - log(Tensor(p[tokens[b, t + 1].scalar])).scalar) < 1e-12)
                #expect(abs(statistics.entropies[b, t].scalar + p.reduce(0) { $0 + $1 * log(Tensor($1)).scalar }) < 1e-12)
            }
        }
        expectClose(model.logProbabilities(of: tokens), statistics.logProbabilities.scalars)
        expectClose(exp(statistics.distributions).sum(along: -1), [Double](repeating: 1, count: 10))
    }

    /// Entries that stand for several tokens: a doubled key weighs as much as two of them.
    @Test func cacheEntriesHaveMultiplicities() throws {
        var configuration = Self.configurations[1]
        configuration.positions = .none
        let model = try model(configuration)
        var twice = KeyValueCache<Double>(batch: 1), once = KeyValueCache<Double>(batch: 1)
        let first = Tensor<Int>(shape: [1, 2], scalars: [3, 3]), next = Tensor<Int>(shape: [1, 1], scalars: [5])
        _ = model.logits(first, cache: &twice)
        _ = model.logits(first[0..., 0..<1], cache: &once)
        for index in once.layers.indices { once.layers[index].bias = log(Tensor(2.0)).reshaped(to: [1, 1]) }
        expectClose(model.logits(next, cache: &once), model.logits(next, cache: &twice).scalars)
    }

    @Test func valueHeadAndInvalidShapes() throws {
        var generator = Philox(seed: 1)
        var model = try TinyLM<Double>(Self.base { $0.hasValueHead = true }, using: &generator)
        model.valueHead?.weight = .ones([8, 1])
        model.valueHead?.bias = [0.25]
        // The final layer norm without gain has rows that add up to zero.
        expectClose(model.values(tokens), [Double](repeating: 0.25, count: 12), shape: [2, 6])
        #expect(throws: LanguageModelError.invalidArgument(name: "width", value: "10", expected: "a positive multiple of the 4 heads")) {
            _ = try TinyLM<Double>(TinyLMConfiguration(vocabularySize: 3) { $0.width = 10 }, using: &generator)
        }
        #expect(throws: LanguageModelError.self) {
            _ = try TinyLM<Double>(Self.base { $0.experts = .init(count: 2, perToken: 3) }, using: &generator)
        }
    }

    /// It learns: a sequence with period 3 is predicted after a few dozen steps.
    @Test func learnsAPeriod() throws {
        var generator = Philox(seed: 1)
        var model = try TinyLM<Float>(
            TinyLMConfiguration(vocabularySize: 5) {
                $0.contextLength = 16
                $0.width = 16
            }, using: &generator)
        var adam = Adam<TinyLM<Float>>(learningRate: 0.01)
        let batch = Tensor<Int>(shape: [3, 12], scalars: (0..<3).flatMap { b in (0..<12).map { ($0 + b) % 3 } })
        for _ in 0..<60 {
            let slope = gradient(at: model) { -$0.logProbabilities(of: batch).mean() }
            adam.update(&model, along: slope)
        }
        let completions = try Sampler(maximumTokens: 6).greedy(from: model, prompts: [[0, 1], [2, 0, 1]])
        #expect(completions.map(\.tokens) == [[2, 0, 1, 2, 0, 1], [2, 0, 1, 2, 0, 1]])
    }
}
