import DeepLearning
import Mathematics

/// A transformer with every linear layer of its blocks in every quantiser of a palette, from which models are put
/// together (q-palette, arXiv:2509.20214).
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
                hessians.count == names.count, "hessians", "\(hessians.count) matrices",
                "\(names.count), one for each layer")
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

/// The relative squared errors at which the paper measures sensitivities: 16 steps up to 1/16 (q-palette,
/// arXiv:2509.20214).
public let sensitivityNoiseLevels = (1...16).map { Double($0) / 256 }

/// How strongly a model's loss grows with the relative squared error of each layer: a_l in q-palette
/// (arXiv:2509.20214).
///
/// Normal noise is added to one layer's weights at a time. The loss is the divergence of the noisy model's next-token
/// distributions from the model's own, KL in nats a token: on text that the model has learnt it is what the
/// cross-entropy grows by, without the cross-entropy's sampling noise. a_l is the slope of the least-squares line
/// through the origin of the divergence against ‖noise‖²/‖W‖².
///
/// - Parameters:
///   - model: the trained model.
///   - tokens: the texts, [batch, time]; the paper has the model write them.
///   - levels: the relative squared errors.
///   - generator: gives each noise a stream of its own.
/// - Returns: one slope for each of the model's `linearLayerNames`.
/// - Throws: `QuantizationError.invalidArgument` for levels that are none.
public func lossSensitivities(
    of model: TinyLM<Float>, tokens: Tensor<Int>, levels: [Double] = sensitivityNoiseLevels, using generator: Philox
) throws(QuantizationError) -> [Double] {
    try QuantizationError.require(!levels.isEmpty, "levels", "[]", "at least one")
    for (index, level) in levels.enumerated() where !(level > 0 && level.isFinite) {
        throw .invalidArgument(name: "levels[\(index)]", value: "\(level)", expected: "a positive number")
    }
    let names = model.linearLayerNames
    let reference = model.logits(tokens).logSoftmax()
    let probabilities = exp(reference)
    let places = Double(tokens.count)
    let divergences = parallelMap(names.count * levels.count) { (index: Int) -> Double in
        let name = names[index / levels.count], level = levels[index % levels.count]
        var own = generator.stream(index)
        var noisy = model
        let weight = model[name].weight
        let noise = Tensor<Float>.randomNormal(weight.shape, standardDeviation: 1, using: &own)
        let norm = Double(weight.squared().sum().scalar), size = Double(noise.squared().sum().scalar)
        noisy[name].weight = weight + noise * Float((level * norm / size).squareRoot())
        let divergence = (probabilities * (reference - noisy.logits(tokens).logSoftmax())).sum(along: -1)
        // In Double: a mean of many small numbers.
        return divergence.scalars.reduce(0) { $0 + Double($1) } / places
    }
    let squares = levels.reduce(0) { $0 + $1 * $1 }
    return names.indices.map { layer in
        levels.indices.reduce(0) { $0 + levels[$1] * divergences[layer * levels.count + $1] } / squares
    }
}
