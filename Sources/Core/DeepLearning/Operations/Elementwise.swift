import CVectorMath
import RealModule

// Functions of one element at a time.

/// eˣ of each element.
public func exp<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_EXP, $0) }) { _, y in { $0 * y } }
}

/// eˣ − 1 of each element, exact near zero.
public func expm1<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_EXPM1, $0) }) { _, y in { $0 * (y + 1) } }
}

/// The natural logarithm of each element; −∞ of 0, NaN of negative ones.
public func log<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_LOG, $0) }) { x, _ in { $0 / x } }
}

/// ln(1 + x) of each element, exact near zero.
public func log1p<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_LOG1P, $0) }) { x, _ in { $0 / (x + 1) } }
}

/// The sine of each element, in radians.
public func sin<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_SIN, $0) }) { x, _ in { $0 * cos(x) } }
}

/// The cosine of each element, in radians.
public func cos<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_COS, $0) }) { x, _ in { -($0 * sin(x)) } }
}

/// The tangent of each element, in radians.
public func tan<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_TAN, $0) }) { _, y in { $0 * (y * y + 1) } }
}

/// The arc tangent of each element.
public func atan<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_ATAN, $0) }) { x, _ in { $0 / (x * x + 1) } }
}

/// The hyperbolic sine of each element.
public func sinh<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_SINH, $0) }) { x, _ in { $0 * cosh(x) } }
}

/// The hyperbolic cosine of each element.
public func cosh<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_COSH, $0) }) { x, _ in { $0 * sinh(x) } }
}

/// The hyperbolic tangent of each element.
public func tanh<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_TANH, $0) }) { _, y in
        { activationPullback(VM_TANH_PULLBACK, $0, y) { $0 * (1 - $1 * $1) } }
    }
}

/// The error function of each element.
public func erf<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_ERF, $0) }) { x, _ in
        { $0 * exp(-(x * x)) * (2 / S.pi.squareRoot()) }
    }
}

/// The absolute value of each element; its derivative at 0 is 0.
public func abs<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_ABS, $0) }) { x, _ in
        let sign = sign(x)
        return { $0 * sign }
    }
}

/// −1, 0 or 1 by the sign of each element; NaN of NaN. Its derivative is zero.
public func sign<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> { VectorMath.unary(VM_SIGN, x.detached()) }

/// The largest integer not above each element. Its derivative is zero.
public func floor<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> { VectorMath.unary(VM_FLOOR, x.detached()) }

/// The nearest integer to each element, halves to the even one. Its derivative is zero; see `straightThrough`.
public func round<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> { VectorMath.unary(VM_ROUND, x.detached()) }

/// The square root of each element; NaN of negative ones.
public func sqrt<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_SQRT, $0) }) { _, y in { $0 / (y * 2) } }
}

/// The reciprocal square root of each element.
public func rsqrt<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> { 1 / sqrt(x) }

extension Tensor where Scalar: TensorScalar {
    fileprivate func raised(to power: Scalar) -> Tensor {
        let x = packed()
        let result = Tensor(uninitialized: shape)
        vm_power(Scalar.usesDoubleKernels ? 1 : 0, count, Double(power), x.pointer, result.pointer)
        return result
    }

    /// The square of each element.
    public func squared() -> Tensor {
        Tensor.recording(self, .elementwise, { VectorMath.unary(VM_SQUARE, $0) }) { x, _ in { $0 * x * 2 } }
    }
}

/// Each element to a constant power: x^p, as the C library's `pow` has it.
public func pow<S: TensorScalar>(_ x: Tensor<S>, _ power: S) -> Tensor<S> {
    if power == 2 { return x.squared() }
    if power == 1 { return x }
    if power == 0 { return Tensor.ones(x.shape) }
    return Tensor.recording(x, .elementwise, { $0.raised(to: power) }) { x, _ in
        { $0 * pow(x, power - 1) * power }
    }
}

/// a^b element by element, with broadcasting, for positive a.
public func pow<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> { exp(log(a) * b) }

/// max(x, 0) of each element; its derivative at 0 is 0.
public func relu<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_RELU, $0) }) { x, _ in
        let x = x.detached()
        return {
            activationPullback(VM_RELU_PULLBACK, $0, x) { $0 * VectorMath.binary(VM_LESS, $1, 0, swapped: true) }
        }
    }
}

/// x where it is positive, slope · x elsewhere.
public func leakyRelu<S: TensorScalar>(_ x: Tensor<S>, slope: S = 0.01) -> Tensor<S> {
    relu(x) * (1 - slope) + x * slope
}

/// x where it is positive, a(eˣ − 1) elsewhere.
public func elu<S: TensorScalar>(_ x: Tensor<S>, _ a: S = 1) -> Tensor<S> {
    relu(x) + expm1(-relu(-x)) * a
}

/// 1 / (1 + e⁻ˣ) of each element.
public func sigmoid<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_SIGMOID, $0) }) { _, y in
        { activationPullback(VM_SIGMOID_PULLBACK, $0, y) { $0 * (y - $1 * $1) } }
    }
}

/// ln(1 + e^(βx)) / β of each element, without overflow.
public func softplus<S: TensorScalar>(_ x: Tensor<S>, beta: S = 1) -> Tensor<S> {
    if beta != 1 { return softplus(x * beta) / beta }
    return Tensor.recording(x, .elementwise, { VectorMath.unary(VM_SOFTPLUS, $0) }) { x, _ in { $0 * sigmoid(x) } }
}

/// ln(1 / (1 + e⁻ˣ)) of each element, without overflow.
public func logSigmoid<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> { -softplus(-x) }

/// x / (1 + e⁻ˣ) of each element (swish).
public func silu<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_SILU, $0) }) { x, _ in
        {
            activationPullback(VM_SILU_PULLBACK, $0, x) {
                let s = sigmoid($1)
                return $0 * (s * ($1 * (1 - s) + 1))
            }
        }
    }
}

/// xΦ(x) of each element, Φ the standard normal distribution function.
public func gelu<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    Tensor.recording(x, .elementwise, { VectorMath.unary(VM_GELU, $0) }) { x, _ in
        {
            activationPullback(VM_GELU_PULLBACK, $0, x) {
                let distribution = (erf($1 * S(0.5).squareRoot()) + 1) * 0.5
                let density = exp($1.squared() * -0.5) * (1 / (2 * S.pi).squareRoot())
                return $0 * (distribution + $1 * density)
            }
        }
    }
}

/// GELU's approximation x/2 · (1 + tanh(√(2/π)(x + 0.044715x³))), as GPT-2 uses it.
public func geluTanh<S: TensorScalar>(_ x: Tensor<S>) -> Tensor<S> {
    x * 0.5 * (tanh((x + x * x * x * 0.044715) * (2 / S.pi).squareRoot()) + 1)
}

/// A pullback in one pass over memory where nobody differentiates it, and in tensor operations where somebody
/// does.
@inline(__always)
private func activationPullback<S: TensorScalar>(
    _ operation: vm_binary_operation, _ cotangent: Tensor<S>, _ argument: Tensor<S>,
    _ inOperations: (Tensor<S>, Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    if cotangent.trace == nil, argument.trace == nil, cotangent.shape == argument.shape {
        return VectorMath.binary(operation, "pullback", cotangent, argument)
    }
    return inOperations(cotangent, argument)
}
