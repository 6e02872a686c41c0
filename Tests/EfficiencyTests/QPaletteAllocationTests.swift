import DeepLearning
import Efficiency
import Foundation
import Mathematics
import Testing

@Suite struct BitAllocationTests {
    /// ½ log₂ a = 0, 1, 2, −1 about their mean ½; with B = 0.25 only the first three have bits: C = (1 − 3)/3, clipped
    /// again at the first: C = (1 − 3)/2.
    @Test func optimalBitsByHand() throws {
        let a = [1, 4, 16, 0.25], n = [1.0, 1, 1, 1]
        for (bits, expected) in zip(try optimalBits(sensitivities: a, sizes: n, averageBits: 2.5), [2.0, 3, 4, 1]) {
            #expect(abs(bits - expected) < 1e-12)
        }
        for (bits, expected) in zip(try optimalBits(sensitivities: a, sizes: n, averageBits: 0.25), [0, 0, 1.0, 0]) {
            #expect(abs(bits - expected) < 1e-12)
        }
        for (bits, expected) in zip(try optimalBits(sensitivities: a, sizes: n, averageBits: 0.5), [0, 0.5, 1.5, 0]) {
            #expect(abs(bits - expected) < 1e-12)
        }
        // Twice the weights cost half a bit, with n·b in the budget: C = (8 − (2 · ½(−1)))/3.
        let unequal = try optimalBits(sensitivities: [1, 1], sizes: [1, 2], averageBits: 8.0 / 3)
        #expect(abs(unequal[0] - 3) < 1e-12 && abs(unequal[1] - 2.5) < 1e-12)
    }

    /// No exchange of bits between two layers lowers the loss, and the budget is spent.
    @Test func optimalBitsCannotBeImproved() throws {
        var generator = Philox(seed: 1)
        for trial in 0..<50 {
            let count = 2 + trial % 9
            let a = (0..<count).map { _ in exp(3 * generator.normal()) },
                n = (0..<count).map { _ in 1 + 9 * generator.uniform() }
            let budget = 3 * generator.uniform()
            let bits = try optimalBits(sensitivities: a, sizes: n, averageBits: budget)
            #expect(abs(zip(n, bits).reduce(0) { $0 + $1.0 * $1.1 } - budget * n.reduce(0, +)) < 1e-9)
            func loss(_ bits: [Double]) -> Double { zip(a, bits).reduce(0) { $0 + $1.0 * pow(4, -$1.1) } }
            for i in 0..<count {
                for j in 0..<count where i != j && bits[i] > 0 {
                    var moved = bits
                    let amount = min(1e-3, bits[i])
                    moved[i] -= amount
                    moved[j] += amount * n[i] / n[j]
                    #expect(loss(moved) >= loss(bits) - 1e-12 * loss(bits))
                }
            }
        }
        #expect(throws: QuantizationError.self) {
            try optimalBits(sensitivities: [1, 0], sizes: [1, 1], averageBits: 1)
        }
        #expect(throws: QuantizationError.self) { try optimalBits(sensitivities: [1], sizes: [1, 1], averageBits: 1) }
        #expect(throws: QuantizationError.self) { try optimalBits(sensitivities: [1], sizes: [1], averageBits: -1) }
    }

    /// Six layers and five quantisers, by all 15,625 choices; the greedy baseline is never better.
    @Test func allocationIsTheBruteForce() throws {
        var generator = Philox(seed: 2)
        let bits = [1.5, 2, 2.5, 3, 4], errors = [0.15, 0.075, 0.04, 0.02, 0.006]
        for trial in 0..<12 {
            let a = (0..<6).map { _ in exp(1.5 * generator.normal()) * 1e-3 }
            let n = (0..<6).map { _ in Double(64 * (1 + generator.integer(below: 5))) }
            let budget = 1.6 + 0.2 * Double(trial)
            let found = try allocateQuantizers(
                sensitivities: a, sizes: n, errors: errors, bits: bits, averageBits: budget)
            var best = Double.infinity
            for number in 0..<15_625 {
                var rest = number, loss = 0.0, memory = 0.0
                for layer in 0..<6 {
                    loss += a[layer] * errors[rest % 5]
                    memory += n[layer] * bits[rest % 5]
                    rest /= 5
                }
                if memory <= budget * n.reduce(0, +) { best = min(best, loss) }
            }
            #expect(abs(found.loss / best - 1) < 1e-9)
            #expect(found.averageBits <= budget * (1 + 1e-9))
            let options = try schemeOptions(sensitivities: a, sizes: n, errors: errors, bits: bits)
            let greedy = try greedyScheme(options, layerCount: 6, memoryLimit: budget * n.reduce(0, +))
            #expect(greedy.loss >= best * (1 - 1e-9) && greedy.memory <= budget * n.reduce(0, +) * (1 + 1e-9))
        }
        let infeasible = #expect(throws: QuantizationError.self) {
            try allocateQuantizers(sensitivities: [1], sizes: [1], errors: errors, bits: bits, averageBits: 1)
        }
        if case .infeasible = infeasible {} else { Issue.record("\(String(describing: infeasible))") }
    }

    /// Every partition of five layers into single ones, a fused query-key-value or its pairs, and a fused gate and up,
    /// with two quantisers, under limits of memory and time.
    @Test func fusionIsTheBruteForce() throws {
        let names = [LinearLayerName.Role.query, .key, .value, .gate, .up].map { LinearLayerName(block: 0, role: $0) }
        let sets = LayerFusion.fusedSets(of: names)
        #expect(sets == [[0, 1], [1, 2], [0, 2], [0, 1, 2], [3, 4]])
        var generator = Philox(seed: 3)
        let latency = LatencyModel(call: 2, bandwidth: 100, decoding: [0.001, 0.004])
        for _ in 0..<10 {
            let a = (0..<5).map { _ in exp(generator.normal()) },
                n = (0..<5).map { _ in 500 + 1000 * generator.uniform() }
            let errors = [0.1, 0.02], bits = [2.0, 4]
            func options(_ sets: [[Int]]) throws -> [SchemeOption] {
                try LayerFusion.options(sensitivities: a, sizes: n, errors: errors, bits: bits, sets: sets) {
                    layers, q in
                    latency.time(weights: layers.reduce(0) { $0 + n[$1] }, bits: bits[q], quantizer: q)
                }
            }
            let all = try options(sets)
            for limit in [18.0, 22, 30] {
                var best = Double.infinity, bestAlone = Double.infinity
                // Every way to cover the first uncovered layer, and then the others.
                func cover(_ chosen: [SchemeOption]) {
                    let covered = Set(chosen.flatMap(\.layers))
                    guard let layer = (0..<5).first(where: { !covered.contains($0) }) else {
                        guard chosen.reduce(0, { $0 + $1.time }) <= limit else { return }
                        let loss = chosen.reduce(0) { $0 + $1.loss }
                        best = min(best, loss)
                        if chosen.allSatisfy({ $0.layers.count == 1 }) { bestAlone = min(bestAlone, loss) }
                        return
                    }
                    for option in all where option.layers.contains(layer) && covered.isDisjoint(with: option.layers) {
                        cover(chosen + [option])
                    }
                }
                cover([])
                for (list, expected) in [(all, best), (try options([]), bestAlone)] {
                    if expected == .infinity {
                        #expect(throws: QuantizationError.self) {
                            try cheapestScheme(list, layerCount: 5, timeLimit: limit)
                        }
                    } else {
                        let found = try cheapestScheme(list, layerCount: 5, timeLimit: limit)
                        #expect(abs(found.loss - expected) < 1e-9 && found.time <= limit * (1 + 1e-9))
                        #expect(found.options.flatMap(\.layers).sorted() == [0, 1, 2, 3, 4])
                        for option in found.options {
                            for layer in option.layers { #expect(found.quantizers[layer] == option.quantizer) }
                        }
                    }
                }
                #expect(best <= bestAlone)
            }
        }
        // 2 + 1000 · (4/8/100 + 0.004)
        #expect(abs(latency.time(weights: 1000, bits: 4, quantizer: 1) - 11) < 1e-12)
    }

    @Test func optionsAreChecked() {
        let option = SchemeOption(layers: [0], quantizer: 0, loss: 1, memory: 1)
        #expect(throws: QuantizationError.self) { try cheapestScheme([option], layerCount: 2) }
        #expect(throws: QuantizationError.self) {
            try cheapestScheme([SchemeOption(layers: [2], quantizer: 0, loss: 1, memory: 1)], layerCount: 1)
        }
        #expect(throws: QuantizationError.self) {
            try cheapestScheme([SchemeOption(layers: [0], quantizer: 0, loss: .nan, memory: 1)], layerCount: 1)
        }
        #expect(throws: QuantizationError.self) { try greedyScheme([option], layerCount: 1, memoryLimit: 0.5) }
    }

    @Test func latencyTables() throws {
        let text = "layer,quantizer,ms\nblocks.0.query, NUQ 2 ,0.5\nb+a,TCQ 2.5,1e-3\n\n"
        let table = try LatencyTable(text: text, file: "times")
        #expect(try table.milliseconds(layers: ["blocks.0.query"], quantizer: "NUQ 2") == 0.5)
        #expect(try table.milliseconds(layers: ["a", "b"], quantizer: "TCQ 2.5") == 1e-3)
        func place(_ text: String) -> String? {
            #expect(throws: DataFileError.self) { _ = try LatencyTable(text: text, file: "times") }?.place
        }
        #expect(place("a,b\n") == "line 1")
        #expect(place("layer,quantizer,ms\na,b\n") == "line 2")
        #expect(place("layer,quantizer,ms\na,b,x\n") == "line 2, column ms")
        #expect(place("layer,quantizer,ms\na,b,-1\n") == "line 2, column ms")
        #expect(place("layer,quantizer,ms\na+c,b,1\nc+a,b,2\n") == "line 3")
        #expect(throws: DataFileError.self) { try table.milliseconds(layers: ["c"], quantizer: "NUQ 2") }
        #expect(throws: DataFileError.self) { try LatencyTable(path: "/no/such.csv") }
    }
}

@Suite struct QuantizedModelTests {
    private func model() throws -> TinyLM<Float> {
        var generator = Philox(seed: 4)
        return try TinyLM<Float>(
            TinyLMConfiguration(vocabularySize: 11) {
                $0.width = 32
                $0.depth = 1
                $0.hiddenWidth = 64
                $0.feedForward = .swiGLU
                $0.contextLength = 8
            }, using: &generator)
    }

    /// Errors of the layers are those of the model's weights, and near to the quantiser's distortion.
    @Test func versionsAreWhatTheySay() throws {
        let model = try model()
        var generator = Philox(seed: 5)
        let quantizers: [any WeightQuantizer] = [try LloydMaxQuantizer(bits: 2), try LloydMaxQuantizer(bits: 4)]
        let versions = try QuantizedVersions(of: model, quantizers: quantizers, using: &generator)
        #expect(versions.names.count == 7 && versions.sizes == [1024, 1024, 1024, 1024, 2048, 2048, 2048])
        let choice = [0, 1, 0, 1, 0, 1, 0]
        let quantized = versions.model(quantizers: choice)
        for (index, name) in versions.names.enumerated() {
            let original = model.weights(of: name), found = quantized.weights(of: name)
            #expect(original.rows == model[name].weight.shape[1])
            let difference = (found - original).frobeniusNorm / original.frobeniusNorm
            #expect(abs(difference * difference / versions.errors[index][choice[index]] - 1) < 1e-4)
            for (quantizer, distortion) in [(0, 0.11748), (1, 0.0095)] {
                #expect(abs(versions.errors[index][quantizer] / distortion - 1) < 0.15)
            }
        }
    }

    /// Error and rate of a matrix with heavy tails are those of a normal one: D of the scheme, whatever the weights
    /// were.
    @Test func weightsOfAnyDistribution() throws {
        var generator = Philox(seed: 10)
        let weights = Matrix(rows: 64, columns: 128) { _, _ in pow(generator.normal(), 3) }
        for (scheme, bits, low, high) in [
            (QuantizerPalette.Scheme.scalar, 2.0, 0.112, 0.123), (.pairs, 2, 0.103, 0.116),
            (.trellis, 2, 0.0625, 0.085),
            (.halfTrellis, 2.25, 0.045, 0.068),
        ] {
            let result = try quantizeWeights(weights, scheme: scheme, bits: bits, stateBits: 10, using: &generator)
            #expect(result.bits == bits && low < result.relativeError && result.relativeError < high, "\(scheme)")
            let error = (result.values - weights).frobeniusNorm / weights.frobeniusNorm
            #expect(abs(error * error - result.relativeError) < 1e-12)
        }
        #expect(throws: QuantizationError.self) {
            try quantizeWeights(weights, scheme: .scalar, bits: 2.5, using: &generator)
        }
        #expect(throws: QuantizationError.self) {
            try quantizeWeights(weights, scheme: .halfTrellis, bits: 2, using: &generator)
        }
        #expect(throws: QuantizationError.self) {
            try quantizeWeights(weights, scheme: .trellis, bits: 7, using: &generator)
        }
    }

    /// The moments of the first layer's inputs are those of the normalised embeddings; feedback lowers the error of the
    /// layer's output.
    @Test func inputMoments() throws {
        let model = try model()
        var generator = Philox(seed: 6)
        let tokens = Tensor<Int>(shape: [16, 8], scalars: (0..<128).map { _ in generator.integer(below: 11) })
        let moments = model.inputSecondMoments(tokens)
        #expect(moments.map(\.rows) == [32, 32, 32, 32, 32, 32, 64])
        // The norm before the layer gives Σ v/(v + 10⁻⁵) over the channels' variance v, 32 times.
        var variances: [Double] = []
        var hooks = TransformerHooks<Float>()
        hooks.hidden = { layer, state in
            if layer == 0 {
                let rows = Tensor<Double>(state.reshaped(to: [128, 32])).matrix
                variances = (0..<128).map { row in
                    let values = rows.row(row), mean = values.sum / 32
                    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 32
                }
            }
            return state
        }
        _ = model.logits(tokens, hooks: hooks)
        let expected = variances.reduce(0) { $0 + $1 / ($1 + 1e-5) } / 4
        #expect(abs(moments[0].trace - expected) < 1e-3)
        #expect((moments[0] - moments[1]).maximumMagnitude == 0)
        let quantizers: [any WeightQuantizer] = [try LloydMaxQuantizer(bits: 2)]
        func outputError(_ hessians: [Matrix]?) throws -> Double {
            var own = Philox(seed: 7)
            let versions = try QuantizedVersions(of: model, quantizers: quantizers, hessians: hessians, using: &own)
            let name = versions.names[5]
            let error =
                versions.model(quantizers: [Int](repeating: 0, count: 7)).weights(of: name) - model.weights(of: name)
            return (error * moments[5] * error.transposed).trace
        }
        #expect(try outputError(moments) < outputError(nil))
    }

    /// With one level the slope is the divergence over the level, here summed in Double over the vocabulary; with two
    /// it is the least-squares line through the origin.
    @Test func sensitivities() throws {
        let model = try model()
        var generator = Philox(seed: 8)
        let tokens = Tensor<Int>(shape: [8, 8], scalars: (0..<64).map { _ in generator.integer(below: 11) })
        func slopes(_ levels: [Double]) throws -> [Double] {
            try lossSensitivities(of: model, tokens: tokens, levels: levels, using: Philox(seed: 9))
        }
        let single = try slopes([0.5])
        let name = model.linearLayerNames[6], weight = model[name].weight
        func divergence(_ stream: Int, _ level: Double) -> Double {
            var noisy = model
            var own = Philox(seed: 9).stream(stream)
            let noise = Tensor<Float>.randomNormal(weight.shape, standardDeviation: 1, using: &own)
            func squares(_ tensor: Tensor<Float>) -> Double { Double(tensor.squared().sum().scalar) }
            noisy[name].weight = weight + noise * Float((level * squares(weight) / squares(noise)).squareRoot())
            func distributions(_ model: TinyLM<Float>) -> [[Double]] {
                let flat = model.logits(tokens).scalars.map(Double.init)
                return (0..<64).map { TokenDistribution.probabilities(Array(flat[11 * $0..<11 * $0 + 11])) }
            }
            var sum = 0.0
            for (plain, disturbed) in zip(distributions(model), distributions(noisy)) {
                for (p, q) in zip(plain, disturbed) { sum += p * log(p / q) }
            }
            return sum / 64
        }
        #expect(single.count == 7 && single.allSatisfy { $0 > 0 })
        #expect(abs(single[6] / (divergence(6, 0.5) / 0.5) - 1) < 1e-2)
        let (low, high) = (divergence(12, 0.2), divergence(13, 0.6))
        #expect(abs(try slopes([0.2, 0.6])[6] / ((0.2 * low + 0.6 * high) / (0.2 * 0.2 + 0.6 * 0.6)) - 1) < 1e-2)
        #expect(throws: QuantizationError.self) { try slopes([]) }
        #expect(throws: QuantizationError.self) { try slopes([0.1, -1]) }
    }
}
