/// A value made of tensors that are trained: a layer, a model, or a tensor itself.
///
/// A model is a struct whose stored properties are tensors or other parameterised values; it says which by
/// visiting them. The gradient of a function of a model is a value of the same type with a gradient in
/// the place of each tensor, and what is not visited is copied.
///
/// ```swift
/// struct Perceptron: Parameterized {
///     var hidden: Linear<Float>
///     var output: Linear<Float>
///
///     mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
///         try hidden.forEachParameter(body)
///         try output.forEachParameter(body)
///     }
/// }
/// ```
public protocol Parameterized<Scalar> {
    /// The type of the numbers that are trained.
    associatedtype Scalar: TensorScalar

    /// Calls `body` with every trained tensor, always in the same order: that of the stored properties.
    mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows
}

extension Tensor: Parameterized where Scalar: TensorScalar {
    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows { try body(&self) }
}

extension Array: Parameterized where Element: Parameterized {
    public typealias Scalar = Element.Scalar

    public mutating func forEachParameter(_ body: (inout Tensor<Element.Scalar>) throws -> Void) rethrows {
        for index in indices { try self[index].forEachParameter(body) }
    }
}

extension Optional: Parameterized where Wrapped: Parameterized {
    public typealias Scalar = Wrapped.Scalar

    public mutating func forEachParameter(_ body: (inout Tensor<Wrapped.Scalar>) throws -> Void) rethrows {
        try self?.forEachParameter(body)
    }
}

extension Parameterized {
    /// The trained tensors, in the order in which they are visited.
    public var parameters: [Tensor<Scalar>] {
        var copy = self
        var list: [Tensor<Scalar>] = []
        copy.forEachParameter { list.append($0) }
        return list
    }

    /// The number of trained scalars.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// The value with other tensors in the place of the trained ones.
    ///
    /// Stops the program if there are not as many, or if one has another shape.
    public func replacingParameters(with tensors: [Tensor<Scalar>]) -> Self {
        var copy = self
        var index = 0
        copy.forEachParameter { parameter in
            guard index < tensors.count else {
                fatalError("replacingParameters: there are \(tensors.count) tensors for more parameters")
            }
            guard tensors[index].shape == parameter.shape else {
                shapesDoNotFit(
                    "replacingParameters", parameter.shape, tensors[index].shape, "tensor \(index) has the parameter's shape")
            }
            parameter = tensors[index]
            index += 1
        }
        guard index == tensors.count else {
            fatalError("replacingParameters: there are \(tensors.count) tensors for \(index) parameters")
        }
        return copy
    }

    /// The value with a function of each trained tensor in its place.
    public func mapParameters(_ transform: (Tensor<Scalar>) -> Tensor<Scalar>) -> Self {
        var copy = self
        copy.forEachParameter { $0 = transform($0) }
        return copy
    }

    /// Two values of the same structure, tensor by tensor.
    public func combined(with other: Self, _ combine: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>) -> Self {
        let others = other.parameters
        var copy = self
        var index = 0
        copy.forEachParameter { parameter in
            parameter = combine(parameter, others[index])
            index += 1
        }
        return copy
    }

    /// The value cut off from every differentiation.
    public func detached() -> Self { mapParameters { $0.detached() } }

    /// The root of the sum of the squares of all trained scalars.
    public var parameterNorm: Scalar {
        var total: Scalar = 0
        for parameter in parameters { total += parameter.detached().squared().sum().scalar }
        return total.squareRoot()
    }
}

/// Two parameterised values, differentiated together.
public struct ParameterPair<First: Parameterized, Second: Parameterized>: Parameterized where First.Scalar == Second.Scalar {
    public var first: First
    public var second: Second

    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    public mutating func forEachParameter(_ body: (inout Tensor<First.Scalar>) throws -> Void) rethrows {
        try first.forEachParameter(body)
        try second.forEachParameter(body)
    }
}

extension ParameterPair: Sendable where First: Sendable, Second: Sendable {}
