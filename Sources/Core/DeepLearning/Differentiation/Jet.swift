import CVectorMath

/// The values of a function at many points together with its derivatives there, carried forward through the
/// layers of a network.
///
/// With x₁ … x_k the directions and the first m of them spatial, a jet holds u, ∂u/∂x₁ … ∂u/∂x_k and (if asked
/// for) the Laplacian Σ_{i≤m} ∂²u/∂xᵢ², each of the shape [points, features]. All are ordinary tensors: a loss
/// made of them, the residual of a differential equation for example, is differentiated once, in reverse, to
/// train the network, where reverse mode alone would have to be applied three times.
public struct Jet<Scalar: TensorScalar>: Sendable {
    /// All parts, of the shape [1 + directions (+ 1), points, features].
    public let parts: Tensor<Scalar>
    /// k.
    public let directionCount: Int
    /// m, at most k.
    public let spatialCount: Int
    /// Whether the last part is the Laplacian.
    public let hasLaplacian: Bool

    init(parts: Tensor<Scalar>, directionCount: Int, spatialCount: Int, hasLaplacian: Bool) {
        self.parts = parts
        self.directionCount = directionCount
        self.spatialCount = spatialCount
        self.hasLaplacian = hasLaplacian
    }

    /// The jet of the variables themselves: each coordinate's derivative along itself is 1.
    ///
    /// - Parameters:
    ///   - points: shape [points, coordinates].
    ///   - directions: along how many of the first coordinates to differentiate; all by default.
    ///   - laplacianOver: over how many of the first coordinates the Laplacian is taken; nil for none.
    public init(variables points: Tensor<Scalar>, directions: Int? = nil, laplacianOver: Int? = nil) {
        let count = points.shape[0], coordinates = points.shape[1]
        let directions = directions ?? coordinates, spatial = laplacianOver ?? 0
        guard directions <= coordinates, spatial <= directions else {
            fatalError(
                "a jet of \(coordinates) coordinates cannot have \(directions) directions with a Laplacian over \(spatial)")
        }
        directionCount = directions
        spatialCount = spatial
        hasLaplacian = laplacianOver != nil
        var units = Tensor<Scalar>.zeros([directions + (laplacianOver == nil ? 0 : 1), count, coordinates])
        units.withUnsafeMutableScalars { units in
            for direction in 0..<directions {
                for point in 0..<count { units[(direction * count + point) * coordinates + direction] = 1 }
            }
        }
        parts = Tensor.concatenating([points.expandingShape(at: 0), units])
    }

    /// u, of the shape [points, features].
    public var value: Tensor<Scalar> { parts[0] }

    /// ∂u/∂x of one direction, of the shape [points, features].
    public func derivative(along direction: Int) -> Tensor<Scalar> { parts[1 + direction] }

    /// ∂u/∂x of all directions, of the shape [directions, points, features].
    public var derivatives: Tensor<Scalar> { parts[1..<1 + directionCount] }

    /// Σ ∂²u/∂xᵢ² over the spatial directions, of the shape [points, features].
    public var laplacian: Tensor<Scalar> {
        guard hasLaplacian else { fatalError("the jet was made without a Laplacian") }
        return parts[1 + directionCount]
    }

    /// The same directions with other parts.
    func with(_ parts: Tensor<Scalar>) -> Jet {
        Jet(parts: parts, directionCount: directionCount, spatialCount: spatialCount, hasLaplacian: hasLaplacian)
    }

    /// The jet behind an affine layer: a bias moves the values and no derivative.
    public func applying(_ layer: Linear<Scalar>) -> Jet {
        let product = matmul(parts, layer.weight)
        guard let bias = layer.bias else { return with(product) }
        return with(product.addingToFirst(bias))
    }

    /// The jet behind a smooth function of each feature: with σ and its derivatives at the values,
    /// σ(u), σ′ ∂u and σ′ Δu + σ″ Σ (∂ᵢu)².
    public func applying(_ activation: JetActivation<Scalar>) -> Jet {
        let (directions, spatial, laplacian) = (directionCount, spatialCount, hasLaplacian)
        let isDouble: Int32 = Scalar.usesDoubleKernels ? 1 : 0
        // The pullback asks for one derivative more than the value.
        let order = (laplacian ? 2 : directions > 0 ? 1 : 0) + (parts.trace == nil ? 0 : 1)
        var derivatives: [Tensor<Scalar>] = []
        let result = Tensor.recording(parts, .general) { z in
            let z = z.packed()
            let values = z[0]
            derivatives = activation.derivatives(values, order).map { $0.packed() }
            let y = Tensor<Scalar>(uninitialized: z.shape)
            y.pointer.update(from: derivatives[0].pointer, count: values.count)
            if directions > 0 || laplacian {
                vm_jet(
                    isDouble, values.count, Int32(directions), Int32(spatial), laplacian ? 1 : 0, z.pointer,
                    derivatives[1].pointer, derivatives[laplacian ? 2 : 1].pointer, y.pointer)
            }
            return y
        } pullback: { z, _ in
            let saved = derivatives
            return { cotangent in
                guard cotangent.trace == nil, z.trace == nil else {
                    return valueWithPullback(at: z) { inOperations(with($0), activation) }.pullback(cotangent)
                }
                let z = z.packed(), cotangent = cotangent.packed()
                let result = Tensor<Scalar>(uninitialized: z.shape)
                // Derivatives that are not there are not read.
                vm_jet_pullback(
                    isDouble, z.count / z.shape[0], Int32(directions), Int32(spatial), laplacian ? 1 : 0, z.pointer,
                    saved[1].pointer, saved[min(2, order)].pointer, saved[min(3, order)].pointer, cotangent.pointer,
                    result.pointer)
                return result
            }
        }
        return with(result)
    }

    /// The same in tensor operations, which can be differentiated any number of times.
    private func inOperations(_ jet: Jet, _ activation: JetActivation<Scalar>) -> Tensor<Scalar> {
        let derivatives = activation.derivatives(jet.value, hasLaplacian ? 2 : 1)
        var parts = [derivatives[0]]
        for direction in 0..<directionCount { parts.append(derivatives[1] * jet.derivative(along: direction)) }
        if hasLaplacian {
            var sum = derivatives[1] * jet.laplacian
            for direction in 0..<spatialCount {
                sum = sum + derivatives[2] * jet.derivative(along: direction).squared()
            }
            parts.append(sum)
        }
        return Tensor.stacking(parts)
    }
}

/// A smooth function of one number with its first three derivatives.
public struct JetActivation<Scalar: TensorScalar>: Sendable {
    /// σ and as many of its derivatives as asked for, at each element.
    let derivatives: @Sendable (_ x: Tensor<Scalar>, _ order: Int) -> [Tensor<Scalar>]
    /// The kernel that computes them, with softplus's β; nil for a function of one's own.
    let kernel: (kind: vm_activation_kind, beta: Scalar)?

    /// A function of one's own.
    ///
    /// - Parameter derivatives: from x and an order of at most 3, the list σ(x), σ′(x), … of that many derivatives
    ///   (or more), in tensor operations.
    public init(_ derivatives: @escaping @Sendable (_ x: Tensor<Scalar>, _ order: Int) -> [Tensor<Scalar>]) {
        self.derivatives = derivatives
        kernel = nil
    }

    private init(
        _ kind: vm_activation_kind, beta: Scalar = 1,
        _ derivatives: @escaping @Sendable (_ x: Tensor<Scalar>, _ order: Int) -> [Tensor<Scalar>]
    ) {
        self.derivatives = derivatives
        kernel = (kind, beta)
    }

    /// ln(1 + e^(βx)) / β.
    public static func softplus(beta: Scalar = 1) -> JetActivation {
        JetActivation(VM_ACTIVATION_SOFTPLUS, beta: beta) { x, order in
            if x.trace == nil { return softplusDerivatives(x.packed(), beta, order) }
            let scaled = x * beta
            var list = [DeepLearning.softplus(scaled) / beta]
            if order >= 1 { list.append(sigmoid(scaled)) }
            if order >= 2 { list.append((list[1] - list[1].squared()) * beta) }
            if order >= 3 { list.append(list[2] * (beta - list[1] * (2 * beta))) }
            return list
        }
    }

    /// The hyperbolic tangent.
    public static var tanh: JetActivation {
        JetActivation(VM_ACTIVATION_TANH) { x, order in
            let value = DeepLearning.tanh(x)
            var list = [value]
            if order >= 1 { list.append(1 - value.squared()) }
            if order >= 2 { list.append(value * list[1] * -2) }
            if order >= 3 { list.append(list[1].squared() * -2 - value * list[2] * 2) }
            return list
        }
    }

    /// The sine.
    public static var sine: JetActivation {
        JetActivation(VM_ACTIVATION_SINE) { x, order in
            var list = [sin(x)]
            if order >= 1 { list.append(cos(x)) }
            if order >= 2 { list.append(-list[0]) }
            if order >= 3 { list.append(-list[1]) }
            return list
        }
    }
}

/// In one pass, with one exponential for all.
private func softplusDerivatives<Scalar: TensorScalar>(
    _ x: Tensor<Scalar>, _ beta: Scalar, _ order: Int
) -> [Tensor<Scalar>] {
    let list = (0...order).map { _ in Tensor<Scalar>(uninitialized: x.shape) }
    func pointer(_ index: Int) -> UnsafeMutablePointer<Scalar>? { index <= order ? list[index].pointer : nil }
    vm_softplus_derivatives(
        Scalar.usesDoubleKernels ? 1 : 0, x.count, Double(beta), Int32(order), x.pointer, list[0].pointer, pointer(1),
        pointer(2), pointer(3))
    return list
}

extension Tensor where Scalar: TensorScalar {
    /// The tensor with a row added to the part at index 0 of the first axis.
    func addingToFirst(_ row: Tensor) -> Tensor {
        Tensor.recording(self, row, { x, row in
            var result = x.packed()
            result.makeUnique()
            let first = result[0], row = row.packed()
            vm_binary(
                VM_ADD, VM_ROW, 0, Scalar.usesDoubleKernels ? 1 : 0, first.count / row.count, row.count, first.pointer,
                row.pointer, first.pointer)
            return result
        }) { x, row, _ in
            let rowShape = row.shape
            return ({ $0 }, { $0[0].summed(to: rowShape) })
        }
    }
}
