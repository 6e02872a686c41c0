import DeepLearning
import Mathematics
import Testing

@Suite struct ExpertTests {
    func layer(_ scoring: MixtureOfExperts<Double>.Scoring) -> MixtureOfExperts<Double> {
        var generator = Philox(seed: 4)
        return MixtureOfExperts(
            width: 3, hiddenWidth: 5, expertCount: 4, expertsPerToken: 2, kind: .swiGLU, scoring: scoring,
            standardDeviation: 0.5, using: &generator)
    }

    /// Token by token: the weighted sum of the networks with the largest biased scores.
    @Test(arguments: MixtureOfExperts<Double>.Scoring.allCases)
    func isTheWeightedSum(_ scoring: MixtureOfExperts<Double>.Scoring) {
        var layer = layer(scoring)
        layer.selectionBias = [0.2, -0.1, 0, 0.05]
        let x = wave([2, 3, 3], 0.4, 2)
        let (y, routing) = layer(x)
        var loads = [0, 0, 0, 0]
        for b in 0..<2 {
            for t in 0..<3 {
                let products = matmul(x[b, t], layer.router)
                let scores = (scoring == .softmax ? exp(products) / exp(products).sum() : 1 / (exp(-products) + 1)).scalars
                let order = (0..<4).sorted { scores[$0] + layer.selectionBias[$0] > scores[$1] + layer.selectionBias[$1] }
                let chosen = order[0..<2], total = chosen.reduce(0) { $0 + scores[$1] }
                var sum = Tensor<Double>.zeros([3])
                for expert in chosen {
                    loads[expert] += 1
                    sum = sum + layer.experts[expert](x[b, t]) * (scores[expert] / total)
                }
                expectClose(y[b, t], sum.scalars)
                #expect(routing.chosen[b * 3 + t].scalars == Array(chosen))
                expectClose(routing.scores[b * 3 + t], scores)
            }
        }
        #expect(routing.loads == loads)
        expectGradientsMatchFiniteDifferences(at: ParameterPair(layer, x)) { pair in
            let (y, routing) = pair.first(pair.second)
            return .concatenating([y.flattened(), routing.balanceLoss.reshaped(to: [1])])
        }
    }

    @Test func tiesGoToTheLowerIndexAndBiasBalances() {
        var layer = layer(.softmax)
        layer.router = .zeros([3, 4])
        let (_, routing) = layer(wave([1, 5, 3], 0.1))
        #expect(routing.chosen.scalars == Array(repeating: [0, 1], count: 5).flatMap { $0 })
        #expect(routing.loads == [5, 5, 0, 0])
        // Uniform scores have the loss 1 whatever the loads are.
        #expect(abs(routing.balanceLoss.scalar - 1) < 1e-12)
        layer.balanceLoads(routing.loads, rate: 0.01)
        #expect(layer.selectionBias == [-0.01, -0.01, 0.01, 0.01])
    }
}
