import DeepLearning
import Mathematics

/// A transformer with every linear layer of its blocks in every quantiser of a palette, from which models are put together
/// (q-palette, arXiv:2509.20214).
public struct QuantizedVersions: Sendable {
    /// The layers.
    public let names: [LinearLayerName]
    /// n_l: how many weights each has.
    public let sizes: [Double]
    /// ‖W − Ŵ‖²/‖W‖² for each layer and quantiser.
    public let errors: [[Double]]
    private let model: TinyLM<Float>
    /// Ŵ for each layer and quantiser.
    private let weights: [[Tensor<Float>]]

    /// Turns every layer's weights, quantises them with each quantiser and turns them back.
    ///
    /// - Parameters:
    ///   - model: whose sides are multiples of 32.
    ///   - quantizers: the palette.
    ///   - hessians: second moments Σ xxᵀ of each layer's inputs, for error feedback between columns; nil without.
    ///   - generator: draws the signs of the rotations.
    ///   - report: called after each layer.
    /// - Throws: `QuantizationError.invalidArgument` for a layer that does not fit.
    public init<G: RandomNumberGenerator>(
        of model: TinyLM<Float>, quantizers: [any WeightQuantizer], hessians: [Matrix]? = nil, using generator: inout G,
        report: () -> Void = {}
    ) throws(QuantizationError) {
        names = model.linearLayerNames
        self.model = model
        if let hessians {
            try QuantizationError.require(
                hessians.count == names.count, "hessians", "\(hessians.count) matrices", "\(names.count), one for each layer")
        }
        var weights: [[Tensor<Float>]] = [], errors: [[Double]] = [], sizes: [Double] = []
        for (index, name) in names.enumerated() {
            let original = model.weights(of: name)
            let turned = try IncoherentWeights(original, using: &generator)
            let hessian = try hessians.map { hessians throws(QuantizationError) in
                try turned.rotated(hessian: damped(hessians[index]))
            }
            let norm = original.flattened.dot(original.flattened)
            var versions: [Tensor<Float>] = [], own: [Double] = []
            for quantizer in quantizers {
                let rounded: Matrix
                if let hessian {
                    rounded = try quantizeWithFeedback(turned.values, hessian: hessian, quantizer: quantizer)
                } else {
                    rounded = try quantizer.quantize(turned.values).values
                }
                let restored = turned.restore(rounded)
                let difference = (restored - original).flattened
                own.append(difference.dot(difference) / norm)
                versions.append(Tensor<Float>(Tensor<Double>(restored.transposed)))
            }
            weights.append(versions)
            errors.append(own)
            sizes.append(Double(original.rows * original.columns))
            report()
        }
        self.weights = weights
        self.errors = errors
        self.sizes = sizes
    }

    /// The model with one of the quantisers for each layer.
    ///
    /// Stops the program if there are not as many as layers.
    public func model(quantizers: [Int]) -> TinyLM<Float> {
        precondition(quantizers.count == names.count, "\(quantizers.count) quantisers for \(names.count) layers")
        var result = model
        for (index, name) in names.enumerated() { result[name].weight = weights[index][quantizers[index]] }
        return result
    }
}

/// H with a hundredth of its mean diagonal on the diagonal, so that it is positive definite.
private func damped(_ hessian: Matrix) -> Matrix {
    let damping = max(hessian.trace / Double(max(hessian.rows, 1)) / 100, 1e-12)
    return Matrix(rows: hessian.rows, columns: hessian.columns) { hessian[$0, $1] + ($0 == $1 ? damping : 0) }
}

extension TinyLM where Scalar == Float {
    /// A layer's weights, one row an output.
    public func weights(of name: LinearLayerName) -> Matrix {
        let weight = self[name].weight
        return Tensor<Double>(weight).matrix.transposed
    }

    /// The second moments H = Σ xxᵀ/N of what each linear layer of the blocks is applied to, in the order of
    /// `linearLayerNames`.
    ///
    /// - Parameter tokens: calibration data, [batch, time].
    public func inputSecondMoments(_ tokens: Tensor<Int>) -> [Matrix] {
        var moments: [LinearLayerName: Matrix] = [:]
        var hooks = TransformerHooks<Float>()
        hooks.linearInput = { name, input in
            let width = input.shape[input.rank - 1]
            let rows = Tensor<Double>(input.reshaped(to: [input.count / width, width])).matrix
            moments[name] = rows.columnGram / Double(rows.rows)
        }
        _ = logits(tokens, hooks: hooks)
        return linearLayerNames.map { moments[$0] ?? .zeros(0, 0) }
    }
}

/// How strongly a model's loss grows with the relative squared error of each layer: a_l in q-palette (arXiv:2509.20214).
///
/// Normal noise is added to one layer's weights at a time; a_l is the slope of the least-squares line through the origin
/// of the growth of the loss against ‖noise‖²/‖W‖².
///
/// - Parameters:
///   - model: the trained model.
///   - tokens: data for the loss, [batch, time].
///   - levels: the relative squared errors; the paper has 16 noises a layer.
///   - generator: gives each noise a stream of its own.
/// - Returns: one slope for each of the model's `linearLayerNames`, at least 10⁻⁶ of the largest, since one that is not positive
///   is noise.
/// - Throws: `QuantizationError.invalidArgument` for levels that are none.
public func lossSensitivities(
    of model: TinyLM<Float>, tokens: Tensor<Int>, levels: [Double], using generator: Philox
) throws(QuantizationError) -> [Double] {
    try QuantizationError.require(!levels.isEmpty, "levels", "[]", "at least one")
    for (index, level) in levels.enumerated() where !(level > 0 && level.isFinite) {
        throw .invalidArgument(name: "levels[\(index)]", value: "\(level)", expected: "a positive number")
    }
    let names = model.linearLayerNames
    let reference = Double(model.nextTokenLoss(tokens).scalar)
    let growths = parallelMap(names.count * levels.count) { (index: Int) -> (error: Double, growth: Double) in
        let name = names[index / levels.count], level = levels[index % levels.count]
        var own = generator.stream(index)
        var noisy = model
        let weight = model[name].weight
        let noise = Tensor<Float>.randomNormal(weight.shape, standardDeviation: 1, using: &own)
        let norm = Double(weight.squared().sum().scalar), size = Double(noise.squared().sum().scalar)
        noisy[name].weight = weight + noise * Float((level * norm / size).squareRoot())
        return (level, Double(noisy.nextTokenLoss(tokens).scalar) - reference)
    }
    let slopes = names.indices.map { layer in
        let own = growths[layer * levels.count..<(layer + 1) * levels.count]
        return own.reduce(0) { $0 + $1.error * $1.growth } / own.reduce(0) { $0 + $1.error * $1.error }
    }
    let floor = (slopes.max() ?? 0) * 1e-6
    return slopes.map { max($0, floor) }
}
