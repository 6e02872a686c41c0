/// A rule that moves the parameters of a model step by step against a gradient.
///
/// An optimiser is a value: copying it copies its moments, so that a run can be continued or tried out from any
/// step. Its state is made at the first update and belongs to the model of that update; the program stops where
/// a later model has another structure.
///
/// ```swift
/// var optimizer = Adam<Perceptron<Float>>(learningRate: 1e-3)
/// for step in 0..<1000 {
///     optimizer.learningRate = Float(schedule(step))
///     let (_, gradient) = valueAndGradient(at: model) { loss($0) }
///     optimizer.update(&model, along: gradient)
/// }
/// ```
public protocol Optimizer<Model> {
    /// What is trained.
    associatedtype Model: Parameterized

    /// The length of a step, η; a schedule may set it before each update.
    var learningRate: Model.Scalar { get set }

    /// Moves the model one step against the gradient, in place.
    mutating func update(_ model: inout Model, along gradient: Model)
}

extension Parameterized {
    /// Calls `body` with each parameter, its memory its own and contiguous, and the gradient's tensor in its
    /// place, contiguous too.
    ///
    /// Stops the program where shapes differ.
    mutating func updateParameters(
        along gradient: Self, _ body: (_ index: Int, _ parameter: inout Tensor<Scalar>, _ gradient: Tensor<Scalar>) -> Void
    ) {
        let gradients = gradient.parameters
        var index = 0
        forEachParameter { parameter in
            guard index < gradients.count, gradients[index].shape == parameter.shape else {
                shapesDoNotFit(
                    "update", parameter.shape, index < gradients.count ? gradients[index].shape : [],
                    "the gradient's tensor \(index) has the shape of the parameter")
            }
            parameter.trace = nil
            parameter.makeUnique()
            body(index, &parameter, gradients[index].packed())
            index += 1
        }
    }
}

/// The state that an optimiser keeps for each parameter: one tensor of its shape, zero at first.
struct ParameterState<Scalar: TensorScalar>: Sendable {
    private(set) var tensors: [Tensor<Scalar>] = []

    /// The memory of the state of a parameter, made where there is none yet.
    mutating func memory(_ index: Int, for parameter: Tensor<Scalar>) -> UnsafeMutablePointer<Scalar> {
        if index == tensors.count { tensors.append(.zeros(parameter.shape)) }
        guard tensors[index].shape == parameter.shape else {
            shapesDoNotFit(
                "update", tensors[index].shape, parameter.shape, "parameter \(index) has the shape of the first update")
        }
        tensors[index].makeUnique()
        return tensors[index].pointer
    }
}
