import CVectorMath

/// A multilayer perceptron with one smooth activation between its layers, which can be evaluated with its
/// derivatives by the inputs.
///
/// The value, its gradient, its derivative along a direction and the gradient of that (`hessianVectorProduct`) are computed
/// by kernels for the whole network; whatever else is differentiated goes through its layers one by one.
public struct Perceptron<Scalar: TensorScalar>: Parameterized, Sendable {
    public var layers: [Linear<Scalar>]
    /// The activation between the layers; none behind the last.
    public let activation: JetActivation<Scalar>

    /// Layers of the given widths: inputs, hidden layers, outputs.
    public init<G: RandomNumberGenerator>(
        widths: [Int], activation: JetActivation<Scalar>, using generator: inout G
    ) {
        layers = zip(widths, widths.dropFirst()).map { Linear(inputs: $0, outputs: $1, using: &generator) }
        self.activation = activation
    }

    /// [points, inputs] gives [points, outputs].
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        let arguments = [x] + parameters
        if let kernel = activation.kernel, x.rank == 2, canFuse(x) {
            switch Differentiation(arguments) {
            case .first:
                return fused(arguments, Jet(parts: x, directionCount: 0, spatialCount: 0, hasLaplacian: false), kernel)
            case .alongDirection(let level): return withDerivative(arguments, level, kernel)
            case .other: break
            }
        }
        let jet = Jet(parts: x.expandingShape(at: 0), directionCount: 0, spatialCount: 0, hasLaplacian: false)
        return layerByLayer(jet).value
    }

    /// The outputs with their derivatives.
    public func callAsFunction(_ jet: Jet<Scalar>) -> Jet<Scalar> {
        let arguments = [jet.parts] + parameters
        if let kernel = activation.kernel, jet.parts.rank == 3, canFuse(jet.parts), case .first = Differentiation(arguments) {
            return jet.with(fused(arguments, jet, kernel))
        }
        return layerByLayer(jet)
    }

    private func layerByLayer(_ jet: Jet<Scalar>) -> Jet<Scalar> {
        var jet = jet
        for (index, layer) in layers.enumerated() {
            jet = jet.applying(layer)
            if index < layers.count - 1 { jet = jet.applying(activation) }
        }
        return jet
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try layers.forEachParameter(body)
    }
}

/// How some tensors are differentiated.
private enum Differentiation<Scalar: TensorScalar> {
    /// Not, or once in reverse.
    case first
    /// Along a direction at this level, and below it not or once in reverse.
    case alongDirection(level: UInt64)
    case other

    init(_ arguments: [Tensor<Scalar>]) {
        let level = arguments.reduce(0) { max($0, $1.level) }
        guard level > 0 else {
            self = .first
            return
        }
        func isReverseOnce(_ trace: Trace<Scalar>?) -> Bool { trace.map { !$0.isForward && $0.lower == nil } ?? true }
        var isForward = false
        for argument in arguments {
            if let trace = argument.trace, trace.level == level, trace.isForward {
                isForward = true
                let tangent = unsafeDowncast(trace, to: ForwardTrace<Scalar>.self).tangent
                guard isReverseOnce(trace.lower), isReverseOnce(tangent.trace) else {
                    self = .other
                    return
                }
            } else if !isReverseOnce(argument.trace) {
                self = .other
                return
            }
        }
        self = isForward ? .alongDirection(level: level) : .first
    }
}

extension Perceptron {
    /// The kernels take [points, inputs], or jets of them; whatever does not fit is reported by the first layer.
    private func canFuse(_ x: Tensor<Scalar>) -> Bool {
        guard let first = layers.first, first.weight.rank == 2, x.shape[x.rank - 1] == first.weight.shape[0] else {
            return false
        }
        let isWellFormed = layers.allSatisfy { layer in
            layer.weight.rank == 2 && (layer.bias.map { $0.shape == [layer.weight.shape[1]] } ?? true)
        }
        return isWellFormed
            && zip(layers, layers.dropFirst()).allSatisfy { $0.weight.shape[1] == $1.weight.shape[0] }
    }

    private func fused(
        _ arguments: [Tensor<Scalar>], _ jet: Jet<Scalar>, _ kernel: (kind: vm_activation_kind, beta: Scalar),
        hasTangents: Bool = false
    ) -> Tensor<Scalar> {
        let kernels = PerceptronKernels(
            activation: kernel.kind, beta: kernel.beta, directionCount: jet.directionCount, spatialCount: jet.spatialCount,
            hasLaplacian: jet.hasLaplacian, hasBias: layers.map { $0.bias != nil }, hasTangents: hasTangents)
        let model = mapParameters { $0.detached() }
        return Tensor.fused(arguments) { arguments in
            model.reference(arguments, jet, hasTangents)
        } compute: { arguments, isDifferentiated in
            kernels.forward(arguments, isDifferentiated)
        } pullback: { arguments, _, kept, cotangent, wanted in
            kernels.pullback(arguments, kept, cotangent, wanted)
        }
    }

    /// The same in operations on tensors.
    private func reference(_ arguments: [Tensor<Scalar>], _ like: Jet<Scalar>, _ hasTangents: Bool) -> Tensor<Scalar> {
        let count = parameters.count
        let model = replacingParameters(with: Array(arguments[1..<count + 1]))
        guard hasTangents else {
            // Without directions the points may come without an axis for the parts.
            if arguments[0].rank == 2 {
                return model.layerByLayer(like.with(arguments[0].expandingShape(at: 0))).value
            }
            return model.layerByLayer(like.with(arguments[0])).parts
        }
        let tangents = replacingParameters(with: Array(arguments[(count + 1)...]))
        var jet = like.with(arguments[0])
        for (index, (layer, tangent)) in zip(model.layers, tangents.layers).enumerated() {
            let value = jet.value
            jet = jet.applying(layer)
            jet = jet.with(.stacking([jet.value, jet.derivative(along: 0) + tangent(value)]))
            if index < layers.count - 1 { jet = jet.applying(activation) }
        }
        return jet.parts
    }

    /// The value with its derivative along the direction of a level, by the inputs and the parameters together.
    private func withDerivative(
        _ arguments: [Tensor<Scalar>], _ level: UInt64, _ kernel: (kind: vm_activation_kind, beta: Scalar)
    ) -> Tensor<Scalar> {
        func tangent(_ argument: Tensor<Scalar>) -> Tensor<Scalar>? {
            guard let trace = argument.trace, trace.level == level else { return nil }
            return unsafeDowncast(trace, to: ForwardTrace<Scalar>.self).tangent
        }
        let lowered = arguments.map { $0.lowered(below: level) }
        let tangents = arguments.map(tangent)
        let hasTangents = tangents.dropFirst().contains { $0 != nil }
        let parts = Tensor.stacking([lowered[0], tangents[0] ?? .zeros(lowered[0].shape)])
        let ofParameters = hasTangents ? zip(lowered, tangents).dropFirst().map { $1 ?? .zeros($0.shape) } : []
        let both = fused(
            [parts] + lowered.dropFirst() + ofParameters,
            Jet(parts: parts, directionCount: 1, spatialCount: 0, hasLaplacian: false), kernel, hasTangents: hasTangents)
        let value = both[0]
        return value.traced(ForwardTrace(level: level, lower: value.trace, tangent: both[1]))
    }
}
