import BenchmarkMeasuring
import COpenBLAS
import DeepLearning

/// A case of the suite by its name.
typealias CaseMaker = @Sendable (_ name: String) throws -> ComparedCase

/// A training step with Adam: the loss, its gradient, the update. The first step's loss and gradients are compared.
///
/// - Parameters:
///   - peerName: the function of the peer's script.
///   - model: its weights go to the peer as p0, p1, ….
///   - inputs: what else the peer gets.
///   - loss: of a model.
func trainingCase<Model: Parameterized>(
    _ name: String, peerName: String, settings: [String: Double] = [:], model: Model, inputs: [String: NumericArray],
    bar: Bar, note: String = "", tolerance: Double = 1e-4, loss: @escaping (Model) -> Tensor<Float>
) -> ComparedCase where Model.Scalar == Float {
    trainingCase(
        name, peerName: peerName, settings: settings, model: model, inputs: inputs, bar: bar, note: note,
        tolerance: tolerance, lossAndGradient: { valueAndGradient(at: $0, loss) })
}

/// The same for a batch of `count` items that is cut in two where there are two threads, one half for each.
///
/// - Parameter loss: the share of the mean loss that the items of a range have.
func trainingCase<Model: Parameterized & Sendable>(
    _ name: String, peerName: String, settings: [String: Double] = [:], model: Model, inputs: [String: NumericArray],
    bar: Bar, tolerance: Double = 1e-4, count: Int, loss: @escaping @Sendable (Model, Range<Int>) -> Tensor<Float>
) -> ComparedCase where Model.Scalar == Float {
    trainingCase(
        name, peerName: peerName, settings: settings, model: model, inputs: inputs, bar: bar, note: "",
        tolerance: tolerance
    ) { model in
        let threads = Int(openblas_get_num_threads())
        if threads == 1 { return valueAndGradient(at: model) { loss($0, 0..<count) } }
        return valueAndGradient(at: model, shards: threads, maximumThreads: threads) { model, shard in
            loss(model, shardRange(shard, of: threads, count: count))
        }
    }
}

private func trainingCase<Model: Parameterized>(
    _ name: String, peerName: String, settings: [String: Double], model: Model, inputs: [String: NumericArray],
    bar: Bar, note: String, tolerance: Double,
    lossAndGradient: @escaping (Model) -> (value: Tensor<Float>, gradient: Model)
) -> ComparedCase where Model.Scalar == Float {
    var model = model
    var optimizer = Adam<Model>(learningRate: 1e-3)
    var arrays = inputs
    for (index, parameter) in model.parameters.enumerated() { arrays["p\(index)"] = NumericArray(parameter) }
    return ComparedCase(name, peerName: peerName, settings: settings, inputs: arrays, bar: bar, note: note) {
        let (value, gradient) = lossAndGradient(model)
        optimizer.update(&model, along: gradient)
        return (value.scalar, gradient)
    } results: { value, gradient in
        // Some gradients are zero but for rounding: that of the keys' biases, for one.
        let parts = gradient.parameters.map { $0.scalars.map(Double.init) }
        let largest = parts.joined().reduce(0) { max($0, $1.magnitude) }
        return [Output("loss", [Double(value)], tolerance: tolerance)]
            + parts.enumerated().map { index, part in
                Output("gradient \(index)", part, tolerance: tolerance, floor: 0.01 * largest)
            }
    }
}

extension NumericArray {
    init(_ tensor: Tensor<Float>) { self.init(tensor.scalars, shape: tensor.shape.map { $0 }) }
}
