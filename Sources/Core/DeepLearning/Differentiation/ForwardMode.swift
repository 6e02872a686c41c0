/// The value of a tensor function of a model and its derivative along a direction (the Jacobian-vector product),
/// in one forward pass.
///
/// - Parameters:
///   - model: where to differentiate.
///   - direction: a value of the same structure: the tangent of each parameter.
///   - function: what to differentiate.
public func valueAndDerivative<Model: Parameterized, E: Error>(
    at model: Model, along direction: Model, _ function: (Model) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> (value: Tensor<Model.Scalar>, derivative: Tensor<Model.Scalar>) {
    let level = TraceCounter.next()
    let result = try function(dual(model, direction, level))
    return split(result, level)
}

/// The derivative of a tensor function of a model along a direction.
public func derivative<Model: Parameterized, E: Error>(
    at model: Model, along direction: Model, _ function: (Model) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> Tensor<Model.Scalar> {
    try valueAndDerivative(at: model, along: direction, function).derivative
}

/// The product of the Hessian of a scalar function with a direction, and the gradient on the way: the forward
/// derivative of the gradient (Pearlmutter 1994), at a small multiple of the gradient's cost.
public func gradientAndHessianVectorProduct<Model: Parameterized>(
    at model: Model, along direction: Model, _ function: (Model) -> Tensor<Model.Scalar>
) -> (gradient: Model, product: Model) {
    let level = TraceCounter.next()
    let slope = gradient(at: dual(model, direction, level), function)
    return (slope.mapParameters { split($0, level).value }, slope.mapParameters { split($0, level).derivative })
}

/// The product of the Hessian of a scalar function with a direction: the gradient of its derivative along the
/// direction, which does not compute the gradient of the function itself.
public func hessianVectorProduct<Model: Parameterized>(
    at model: Model, along direction: Model, _ function: (Model) -> Tensor<Model.Scalar>
) -> Model {
    gradient(at: model) { derivative(at: $0, along: direction, function) }
}

private func dual<Model: Parameterized>(_ model: Model, _ direction: Model, _ level: UInt64) -> Model {
    model.combined(with: direction) { parameter, tangent in
        guard parameter.shape == tangent.shape else {
            shapesDoNotFit("derivative", parameter.shape, tangent.shape, "the direction has the shapes of the parameters")
        }
        return parameter.traced(ForwardTrace(level: level, lower: parameter.trace, tangent: tangent))
    }
}

private func split<S: TensorScalar>(
    _ result: Tensor<S>, _ level: UInt64
) -> (value: Tensor<S>, derivative: Tensor<S>) {
    guard let trace = result.trace, trace.level == level, trace.isForward else {
        return (result.lowered(below: level), .zeros(result.shape))
    }
    return (result.lowered, unsafeDowncast(trace, to: ForwardTrace<S>.self).tangent)
}
