// Derivatives by the inputs of functions that treat each row of [points, coordinates] by itself.

/// The matrix of derivatives of a vector function of a vector by forward mode, one pass for each variable: for
/// functions with fewer variables than results.
///
/// - Returns: shape [results, variables].
public func forwardJacobian<S: TensorScalar>(at x: Tensor<S>, _ function: (Tensor<S>) -> Tensor<S>) -> Tensor<S> {
    let identity = Tensor<S>.identity(x.count)
    let columns = (0..<x.count).map {
        derivative(at: x, along: identity[$0].reshaped(to: x.shape), function).flattened()
    }
    return columns.isEmpty ? Tensor.zeros([function(x).count, 0]) : Tensor.stacking(columns, along: 1)
}

/// The Laplacian Σᵢ ∂²f/∂xᵢ² at many points, exactly: two nested forward passes for each coordinate.
///
/// - Parameters:
///   - points: shape [points, coordinates].
///   - function: from points to [points, ...], each row of the result depending on its point alone.
/// - Returns: the shape of the function's result.
public func laplacian<S: TensorScalar>(at points: Tensor<S>, _ function: (Tensor<S>) -> Tensor<S>) -> Tensor<S> {
    let coordinates = checkPoints(points, "laplacian")
    var sum: Tensor<S>?
    for coordinate in 0..<coordinates {
        let direction = Tensor<S>.identity(coordinates)[coordinate].expanded(to: points.shape)
        let term = secondDerivative(at: points, along: direction, function)
        sum = sum.map { $0 + term } ?? term
    }
    return sum ?? .zeros(function(points).shape)
}

/// Hutchinson's estimate of the Laplacian: the mean of vᵀHv over probes v of independent signs, whose expectation
/// is the trace of the Hessian H.
///
/// - Parameters:
///   - points: shape [points, coordinates].
///   - probeCount: how many directions to draw for each point; each costs two nested forward passes.
///   - generator: draws the directions.
///   - function: of many points at once, each row of the result depending on its point alone.
public func laplacianEstimate<S: TensorScalar, G: RandomNumberGenerator>(
    at points: Tensor<S>, probeCount: Int = 1, using generator: inout G, _ function: (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    _ = checkPoints(points, "laplacianEstimate")
    return meanOverProbes(probeCount, "laplacianEstimate") {
        secondDerivative(at: points, along: randomSigns(points.shape, using: &generator), function)
    }
}

/// The divergence Σᵢ ∂fᵢ/∂xᵢ of a vector field at many points, exactly: a forward pass for each coordinate.
///
/// - Parameters:
///   - points: shape [points, coordinates].
///   - field: from points to vectors of the same shape, each row depending on its point alone.
/// - Returns: shape [points].
public func divergence<S: TensorScalar>(at points: Tensor<S>, of field: (Tensor<S>) -> Tensor<S>) -> Tensor<S> {
    let coordinates = checkPoints(points, "divergence")
    var sum = Tensor<S>.zeros([points.shape[0]])
    for coordinate in 0..<coordinates {
        let direction = Tensor<S>.identity(coordinates)[coordinate].expanded(to: points.shape)
        sum = sum + derivative(at: points, along: direction, field).selecting(coordinate, along: 1)
    }
    return sum
}

/// Hutchinson's estimate of the divergence: the mean of v·Jv over probes v of independent signs, J the Jacobian
/// (FFJORD, Grathwohl et al. 2019, arXiv:1810.01367).
public func divergenceEstimate<S: TensorScalar, G: RandomNumberGenerator>(
    at points: Tensor<S>, probeCount: Int = 1, using generator: inout G, of field: (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    _ = checkPoints(points, "divergenceEstimate")
    return meanOverProbes(probeCount, "divergenceEstimate") {
        let probe = randomSigns(points.shape, using: &generator) as Tensor<S>
        return (derivative(at: points, along: probe, field) * probe).sum(along: 1)
    }
}

private func secondDerivative<S: TensorScalar>(
    at points: Tensor<S>, along direction: Tensor<S>, _ function: (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    derivative(at: points, along: direction) { derivative(at: $0, along: direction, function) }
}

private func meanOverProbes<S: TensorScalar>(_ count: Int, _ name: String, _ term: () -> Tensor<S>) -> Tensor<S> {
    guard count > 0 else { fatalError("\(name): \(count) probes: expected at least one") }
    var sum = term()
    for _ in 1..<count { sum = sum + term() }
    return sum / S(count)
}

private func randomSigns<S: TensorScalar, G: RandomNumberGenerator>(
    _ shape: TensorShape, using generator: inout G
) -> Tensor<S> {
    let result = Tensor<S>(uninitialized: shape)
    for index in 0..<result.count { result.pointer[index] = Bool.random(using: &generator) ? 1 : -1 }
    return result
}

private func checkPoints<S>(_ points: Tensor<S>, _ name: String) -> Int {
    guard points.rank == 2 else {
        fatalError("\(name): the points have the shape \(points.shape): expected [points, coordinates]")
    }
    return points.shape[1]
}
