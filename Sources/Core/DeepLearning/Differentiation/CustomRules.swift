/// A value with a pullback of one's own.
///
/// - Parameters:
///   - x: the argument.
///   - compute: the value, from the argument cut off from this level of differentiation.
///   - pullback: from the argument, the value and a cotangent of the value, the cotangent of the argument.
public func customDifferentiable<S: TensorScalar>(
    _ x: Tensor<S>, _ compute: (Tensor<S>) -> Tensor<S>,
    pullback: @escaping (_ x: Tensor<S>, _ y: Tensor<S>, _ cotangent: Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    Tensor.recording(x, .general, compute) { x, y in { pullback(x, y, $0) } }
}

/// A value of several tensors with a pullback of one's own.
///
/// - Parameters:
///   - arguments: the tensors that the value depends on.
///   - compute: the value, from the arguments cut off from this level of differentiation.
///   - pullback: from the arguments, the value and a cotangent of the value, the cotangents of the arguments;
///     nil for zero.
public func customDifferentiable<S: TensorScalar>(
    _ arguments: [Tensor<S>], _ compute: ([Tensor<S>]) -> Tensor<S>,
    pullback: @escaping (_ arguments: [Tensor<S>], _ y: Tensor<S>, _ cotangent: Tensor<S>) -> [Tensor<S>?]
) -> Tensor<S> {
    Tensor.recording(arguments, compute) { arguments, y in { cotangent, _ in pullback(arguments, y, cotangent) } }
}

/// The value of one tensor with the derivative of another: the straight-through estimator (Bengio et al. 2013,
/// arXiv:1308.3432).
///
/// ```swift
/// let quantized = straightThrough(round(weights), derivativeOf: weights)
/// ```
public func straightThrough<S: TensorScalar>(_ value: Tensor<S>, derivativeOf x: Tensor<S>) -> Tensor<S> {
    guard value.shape == x.shape else {
        shapesDoNotFit("straightThrough", value.shape, x.shape, "both have the same shape")
    }
    let fixed = value.detached()
    return Tensor.recording(x, .elementwise, { _ in fixed }) { _, _ in { $0 } }
}

/// The tensor itself, whose cotangent is a function of the one that arrives: gradient reversal, clipping,
/// scaling.
public func withCotangent<S: TensorScalar>(
    of x: Tensor<S>, _ transform: @escaping (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    Tensor.recording(x, .general, { $0 }) { _, _ in { transform($0) } }
}

/// A function of a model whose intermediate results are not kept for the backward pass but computed again
/// there (Chen et al. 2016, arXiv:1604.06174): less memory for one more evaluation.
///
/// The function must depend on differentiated tensors through its arguments alone; the program stops where it
/// uses one that it captured.
public func checkpoint<Model: Parameterized>(
    _ model: Model, _ function: @escaping (Model) -> Tensor<Model.Scalar>
) -> Tensor<Model.Scalar> {
    Tensor.recording(model.parameters) { parameters in
        let value = function(model.replacingParameters(with: parameters))
        guard value.trace == nil else {
            fatalError("checkpoint: the function uses a differentiated tensor that is not among its arguments")
        }
        return value
    } pullback: { parameters, _ in
        { cotangent, _ in
            let (_, pullback) = valueWithPullback(at: model.replacingParameters(with: parameters), function)
            return pullback(cotangent).parameters
        }
    }
}
