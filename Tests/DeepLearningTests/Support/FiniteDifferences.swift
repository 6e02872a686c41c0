import DeepLearning
import Mathematics
import Testing

/// Checks every way of differentiating a tensor function against central differences: the gradient (reverse mode),
/// the derivative along a direction (forward mode), and second derivatives by forward over reverse, reverse over
/// reverse, reverse over forward and forward over forward mode.
///
/// The function f may have any shape. What is differentiated to a number is L = Σ (w ⊙ f + v ⊙ f² / 2) with random
/// w and v, so that a cotangent has no symmetry and the second order sees the first of linear functions. Differences
/// are of the fourth order, so that a kink must be farther than a few steps from where they are taken.
///
/// - Parameters:
///   - model: where to differentiate; every scalar is varied (a hundred of them, if there are more).
///   - step: of the differences: their error is that of the fifth derivative times its fourth power, and rounding over it.
///   - tolerance: of the error relative to 1 + the largest number it is compared with.
///   - checksSecondOrder: false where the second derivative does not exist.
func expectGradientsMatchFiniteDifferences<Model: Parameterized>(
    at model: Model, step h: Double = 1e-3, tolerance: Double = 1e-7, checksSecondOrder: Bool = true, seed: UInt64 = 1,
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ function: (Model) -> Tensor<Double>
) where Model.Scalar == Double {
    var generator = Philox(seed: seed)
    let value = function(model)
    let w = Tensor<Double>.randomNormal(value.shape, using: &generator)
    let v = Tensor<Double>.randomNormal(value.shape, using: &generator)
    func scalarFunction(_ model: Model) -> Tensor<Double> {
        let y = function(model)
        return (y * w + y * y * v * 0.5).sum()
    }
    var direction = model
    direction.forEachParameter { $0 = .randomNormal($0.shape, using: &generator) }

    func expectClose(_ a: [Double], _ b: [Double], _ what: String) {
        let scale = 1 + b.reduce(0) { max($0, $1.magnitude) }
        guard a.count == b.count else {
            Issue.record("\(what): \(a.count) numbers instead of \(b.count)", sourceLocation: sourceLocation)
            return
        }
        for (index, (x, y)) in zip(a, b).enumerated() where !((x - y).magnitude <= tolerance * scale) {
            Issue.record(
                "\(comment.map { "\($0): " } ?? "")\(what): element \(index) is \(x) instead of \(y)",
                sourceLocation: sourceLocation)
            return
        }
    }
    func flat(_ model: Model) -> [Double] { model.parameters.flatMap(\.scalars) }
    /// The model moved by a multiple of the direction.
    func moved(_ step: Double) -> Model { model.combined(with: direction) { $0 + $1 * step } }

    /// (8(f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h
    func difference(_ f: (Double) -> [Double]) -> [Double] {
        let (a, b, c, d) = (f(h), f(-h), f(2 * h), f(-2 * h))
        return a.indices.map { (8 * (a[$0] - b[$0]) - (c[$0] - d[$0])) / (12 * h) }
    }

    // Reverse mode.
    let (loss, slope) = valueAndGradient(at: model, scalarFunction)
    expectClose([loss.scalar], [scalarFunction(model).scalar], "value of valueAndGradient")
    let slopes = flat(slope)
    let total = slopes.count
    let places = total <= 100 ? Array(0..<total) : (0..<100).map { _ in Int(generator.uniform() * Double(total)) }
    func nudged(_ place: Int, _ step: Double) -> Model {
        var start = 0
        return model.mapParameters { parameter in
            defer { start += parameter.count }
            guard place >= start, place < start + parameter.count else { return parameter }
            var copy = parameter
            let index = place - start
            copy.withUnsafeMutableScalars { $0[index] += step }
            return copy
        }
    }
    let expected = places.map { place in difference { [scalarFunction(nudged(place, $0)).scalar] }[0] }
    expectClose(places.map { slopes[$0] }, expected, "gradient")

    // Forward mode.
    let (forwardValue, tangent) = valueAndDerivative(at: model, along: direction, function)
    expectClose(forwardValue.scalars, value.scalars, "value of valueAndDerivative")
    #expect(tangent.shape == value.shape, comment, sourceLocation: sourceLocation)
    expectClose(tangent.scalars, difference { function(moved($0)).scalars }, "derivative along a direction")

    guard checksSecondOrder else { return }
    let products = difference { flat(gradient(at: moved($0), scalarFunction)) }
    let (gradientBeside, product) = gradientAndHessianVectorProduct(at: model, along: direction, scalarFunction)
    expectClose(flat(gradientBeside), slopes, "gradient beside the Hessian-vector product")
    expectClose(flat(product), products, "Hessian-vector product, forward over reverse")
    let twice = gradient(at: model) { model in
        let slope = gradient(at: model, scalarFunction)
        return zip(slope.parameters, direction.parameters).reduce(Tensor(0.0)) { $0 + ($1.0 * $1.1).sum() }
    }
    expectClose(flat(twice), products, "gradient of the gradient")
    let mixed = gradient(at: model) { derivative(at: $0, along: direction, scalarFunction) }
    expectClose(flat(mixed), products, "Hessian-vector product, reverse over forward")
    let curvature = derivative(at: model, along: direction) { derivative(at: $0, along: direction, scalarFunction) }
    expectClose(
        [curvature.scalar], [zip(products, flat(direction)).reduce(0) { $0 + $1.0 * $1.1 }], "derivative of the derivative")
}

/// Checks that numbers agree with reference values to a tolerance relative to the largest of them.
func expectClose<S: TensorScalar>(
    _ tensor: Tensor<S>, _ expected: [S], shape: TensorShape? = nil, tolerance: Double = 1e-12,
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    if let shape { #expect(tensor.shape == shape, comment, sourceLocation: sourceLocation) }
    let scalars = tensor.scalars
    guard scalars.count == expected.count else {
        Issue.record("\(scalars.count) scalars instead of \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    let scale = 1 + expected.reduce(0.0) { $1.isFinite ? max($0, Double($1.magnitude)) : $0 }
    for (index, (x, y)) in zip(scalars, expected).enumerated() {
        let isClose = x == y || (x.isNaN && y.isNaN) || Double((x - y).magnitude) <= tolerance * scale
        if !isClose {
            Issue.record(
                "\(comment.map { "\($0): " } ?? "")element \(index) is \(x) instead of \(y)", sourceLocation: sourceLocation)
            return
        }
    }
}

/// Standard normal numbers of a shape.
func normal(_ shape: TensorShape, seed: UInt64 = 7) -> Tensor<Double> {
    var generator = Philox(seed: seed)
    return .randomNormal(shape, using: &generator)
}

/// Numbers uniform in a range.
func uniform(_ shape: TensorShape, _ range: ClosedRange<Double>, seed: UInt64 = 7) -> Tensor<Double> {
    var generator = Philox(seed: seed)
    return .randomUniform(shape, from: range.lowerBound, to: range.upperBound, using: &generator)
}

/// sin(0.7 i + phase) in the order of the axes: numbers that PyTorch makes as well,
/// `torch.sin(torch.arange(n) * 0.7 + phase).reshape(shape)`.
func waves(_ shape: TensorShape, _ phase: Double) -> Tensor<Double> {
    sin(Tensor<Double>.range(shape.scalarCount) * 0.7 + phase).reshaped(to: shape)
}
