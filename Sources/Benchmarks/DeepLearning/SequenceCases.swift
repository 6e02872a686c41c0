import BenchmarkMeasuring
import DeepLearning
import Mathematics

/// Models of sequences.
let sequenceCases: [(String, CaseMaker)] = [
    (
        "transformer, 2 layers of 64, batch 16x64, Adam step",
        { name in
            var generator = Philox(seed: 1)
            let vocabulary = 64, time = 64
            let model = try TinyLM<Float>(
                TinyLMConfiguration(vocabularySize: vocabulary) { $0.contextLength = time }, using: &generator)
            let ids = (0..<16 * (time + 1)).map { _ in generator.integer(below: vocabulary) }
            let tokens = Tensor<Int>(shape: [16, time + 1], scalars: ids)
            return trainingCase(
                name, peerName: "transformer_step",
                settings: [
                    "vocabulary": Double(vocabulary), "width": 64, "time": Double(time), "depth": 2, "heads": 4,
                ], model: model,
                inputs: [
                    "x": NumericArray(tokens[0..., 0..<time]), "y": NumericArray(tokens[0..., 1...]),
                ], bar: .neverSlower, tolerance: 1e-3, count: 16
            ) { model, rows in
                -model.logProbabilities(of: tokens.sliced(rows, along: 0)).sum() / Float(16 * time)
            }
        }
    ),
    (
        "LSTM, batch 32, time 32, width 64, Adam step",
        { name in
            var generator = Philox(seed: 2)
            let model = LastStateRegressor(
                recurrent: LSTM(inputs: 16, width: 64, using: &generator),
                head: Linear(inputs: 64, outputs: 1, using: &generator))
            let x = Tensor<Float>.randomNormal([32, 32, 16], using: &generator)
            let y = Tensor<Float>.randomNormal([32, 1], using: &generator)
            return trainingCase(
                name, peerName: "lstm_step", settings: ["inputs": 16, "width": 64], model: model,
                inputs: ["x": NumericArray(x), "y": NumericArray(y)], bar: .overhead, tolerance: 1e-3, count: 32
            ) { model, rows in
                (model(x.sliced(rows, along: 0)) - y.sliced(rows, along: 0)).squared().sum() / 32
            }
        }
    ),
    (
        "selective-scan block of 64, batch 16x64, Adam step",
        { name in
            var generator = Philox(seed: 3)
            let model = MambaBlock<Float>(width: 64, using: &generator)
            let x = Tensor<Float>.randomNormal([16, 64, 64], using: &generator)
            let y = Tensor<Float>.randomNormal([16, 64, 64], using: &generator)
            return trainingCase(
                name, peerName: "selective_scan_step",
                settings: ["width": 64, "channels": 128, "states": 16, "rank": 4, "taps": 4], model: model,
                inputs: ["x": NumericArray(x), "y": NumericArray(y)], bar: .neverSlower, tolerance: 1e-3
            ) { model in
                (model(x) - y).squared().mean()
            }
        }
    ),
]

/// A number from the last state of a sequence.
private struct LastStateRegressor: Parameterized, Sendable {
    var recurrent: LSTM<Float>
    var head: Linear<Float>

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { head(recurrent.last(x)) }

    mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
        try recurrent.forEachParameter(body)
        try head.forEachParameter(body)
    }
}

extension NumericArray {
    init(_ indices: Tensor<Int>) { self.init(indices.scalars.map(Float.init), shape: indices.shape.map { $0 }) }
}
