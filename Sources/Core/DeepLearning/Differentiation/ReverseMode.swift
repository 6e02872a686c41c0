/// The value of a scalar function of a model and its gradient: a model with the derivative in the place of each
/// parameter.
///
/// ```swift
/// let (loss, gradient) = valueAndGradient(at: model) { model in
///     (model(inputs) - targets).squared().mean()
/// }
/// ```
///
/// Inside `function`, whatever is computed from its argument is differentiated, and nothing else. Calls nest:
/// the gradient of a function that calls `gradient` is a second derivative.
///
/// - Parameters:
///   - model: where to differentiate.
///   - function: its result must be a single number; the program stops on any other shape.
/// - Returns: the value, and zero for parameters it does not depend on.
public func valueAndGradient<Model: Parameterized, E: Error>(
    at model: Model, _ function: (Model) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> (value: Tensor<Model.Scalar>, gradient: Model) {
    let level = TraceCounter.next()
    let (variables, traces) = variables(of: model, level)
    let result = try function(variables)
    guard result.count == 1 else {
        fatalError("valueAndGradient: the function's result has the shape \(result.shape): expected a single number")
    }
    let pass = BackwardPass(from: [result], level: level)
    let cotangents = pass.cotangents(of: traces, seeds: [Tensor.ones(result.shape)])
    pass.release()
    return (result.lowered(below: level), model.replacing(with: cotangents))
}

/// The gradient of a scalar function of a model. See `valueAndGradient`.
public func gradient<Model: Parameterized, E: Error>(
    at model: Model, _ function: (Model) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> Model {
    try valueAndGradient(at: model, function).gradient
}

/// The value and gradient of the first of a function's two results; the second comes along, cut off from this
/// differentiation: predictions, metrics, new running statistics.
public func valueAndGradient<Model: Parameterized, Extra, E: Error>(
    at model: Model, carrying function: (Model) throws(E) -> (Tensor<Model.Scalar>, Extra)
) throws(E) -> (value: Tensor<Model.Scalar>, gradient: Model, extra: Extra) {
    var extra: Extra?
    let (value, gradient) = try valueAndGradient(at: model) { variables throws(E) in
        let (value, carried) = try function(variables)
        extra = carried
        return value
    }
    guard let extra else { fatalError("the function was not called") }
    return (value, gradient, extra)
}

/// The value of a tensor function of a model, and the function that takes a cotangent of the value to the
/// cotangent of the model (the vector-Jacobian product), which may be called any number of times.
public func valueWithPullback<Model: Parameterized, E: Error>(
    at model: Model, _ function: (Model) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> (value: Tensor<Model.Scalar>, pullback: (Tensor<Model.Scalar>) -> Model) {
    let level = TraceCounter.next()
    let (variables, traces) = variables(of: model, level)
    let result = try function(variables)
    let pass = BackwardPass(from: [result], level: level)
    let shape = result.shape
    return (
        result.lowered(below: level),
        { cotangent in
            guard cotangent.shape == shape else {
                shapesDoNotFit("pullback", cotangent.shape, shape, "the cotangent has the shape of the value")
            }
            return model.replacing(with: pass.cotangents(of: traces, seeds: [cotangent]))
        }
    )
}

/// The matrix of derivatives of a vector function of a vector: row i is the gradient of result i.
///
/// - Returns: shape [results, variables]; one backward pass for each result.
public func jacobian<S: TensorScalar, E: Error>(
    at x: Tensor<S>, _ function: (Tensor<S>) throws(E) -> Tensor<S>
) throws(E) -> Tensor<S> {
    let (value, pullback) = try valueWithPullback(at: x, function)
    let identity = Tensor<S>.identity(value.count)
    let rows = (0..<value.count).map { pullback(identity[$0].reshaped(to: value.shape)).flattened() }
    return rows.isEmpty ? Tensor.zeros([0, x.count]) : Tensor.stacking(rows)
}

/// The matrix of second derivatives of a scalar function of a tensor, in the order of its elements.
public func hessian<S: TensorScalar>(at x: Tensor<S>, _ function: (Tensor<S>) -> Tensor<S>) -> Tensor<S> {
    jacobian(at: x) { x in gradient(at: x, function).flattened() }
}

extension Parameterized {
    /// The value with each variable's cotangent in its place, zeros where there is none.
    func replacing(with cotangents: [Tensor<Scalar>?]) -> Self {
        var copy = self
        var index = 0
        copy.forEachParameter { parameter in
            parameter = cotangents[index] ?? .zeros(parameter.shape)
            index += 1
        }
        return copy
    }
}

/// The model with its tensors made variables of a level, and their records.
private func variables<Model: Parameterized>(
    of model: Model, _ level: UInt64
) -> (Model, [ReverseTrace<Model.Scalar>]) {
    var copy = model
    var traces: [ReverseTrace<Model.Scalar>] = []
    copy.forEachParameter { parameter in
        let trace = ReverseTrace(level: level, lower: parameter.trace, rule: .leaf)
        traces.append(trace)
        parameter.trace = trace
    }
    return (copy, traces)
}
