import CVectorMath

// Arithmetic element by element. Two tensors broadcast: sizes agree from the last axis on, or one is 1 or
// missing. Cotangents are summed over the axes along which an argument was repeated.

extension Tensor where Scalar: TensorScalar {
    /// The sum, element by element, with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        recording(a, b, { VectorMath.binary(VM_ADD, "+", $0, $1) }) { _, _, y in
            let shape = y.shape
            return ({ $0.expanded(to: shape) }, { $0.expanded(to: shape) })
        } pullbacks: { a, b, _ in
            let (aShape, bShape) = (a.shape, b.shape)
            return ({ $0.summed(to: aShape) }, { $0.summed(to: bShape) })
        }
    }

    /// The difference, element by element, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        recording(a, b, { VectorMath.binary(VM_SUBTRACT, "-", $0, $1) }) { _, _, y in
            let shape = y.shape
            return ({ $0.expanded(to: shape) }, { -$0.expanded(to: shape) })
        } pullbacks: { a, b, _ in
            let (aShape, bShape) = (a.shape, b.shape)
            return ({ $0.summed(to: aShape) }, { -$0.summed(to: bShape) })
        }
    }

    /// The product, element by element, with broadcasting. Matrices are multiplied by `matmul`.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        recording(a, b, { VectorMath.binary(VM_MULTIPLY, "*", $0, $1) }) { a, b, _ in
            ({ $0 * b }, { a * $0 })
        } pullbacks: { a, b, _ in
            let (aShape, bShape) = (a.shape, b.shape)
            return ({ ($0 * b).summed(to: aShape) }, { ($0 * a).summed(to: bShape) })
        }
    }

    /// The quotient, element by element, with broadcasting.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        recording(a, b, { VectorMath.binary(VM_DIVIDE, "/", $0, $1) }) { _, b, y in
            ({ $0 / b }, { -($0 * y / b) })
        } pullbacks: { a, b, y in
            let (aShape, bShape) = (a.shape, b.shape)
            return ({ ($0 / b).summed(to: aShape) }, { -($0 * y / b).summed(to: bShape) })
        }
    }

    /// Each element with its sign changed.
    public static prefix func - (x: Tensor) -> Tensor {
        recording(x, .linear, { VectorMath.unary(VM_NEGATE, $0) }) { _, _ in { -$0 } }
    }

    /// Each element plus a number.
    public static func + (x: Tensor, number: Scalar) -> Tensor {
        recording(x, .elementwise, { VectorMath.binary(VM_ADD, $0, number) }) { _, _ in { $0 } }
    }

    /// A number plus each element.
    public static func + (number: Scalar, x: Tensor) -> Tensor { x + number }

    /// Each element less a number.
    public static func - (x: Tensor, number: Scalar) -> Tensor {
        recording(x, .elementwise, { VectorMath.binary(VM_SUBTRACT, $0, number) }) { _, _ in { $0 } }
    }

    /// A number less each element.
    public static func - (number: Scalar, x: Tensor) -> Tensor {
        recording(x, .elementwise, { VectorMath.binary(VM_SUBTRACT, $0, number, swapped: true) }) { _, _ in { -$0 } }
    }

    /// Each element times a number.
    public static func * (x: Tensor, number: Scalar) -> Tensor {
        recording(x, .linear, { VectorMath.binary(VM_MULTIPLY, $0, number) }) { _, _ in { $0 * number } }
    }

    /// A number times each element.
    public static func * (number: Scalar, x: Tensor) -> Tensor { x * number }

    /// Each element divided by a number.
    public static func / (x: Tensor, number: Scalar) -> Tensor {
        recording(x, .linear, { VectorMath.binary(VM_DIVIDE, $0, number) }) { _, _ in { $0 / number } }
    }

    /// A number divided by each element.
    public static func / (number: Scalar, x: Tensor) -> Tensor {
        recording(x, .elementwise, { VectorMath.binary(VM_DIVIDE, $0, number, swapped: true) }) { x, y in
            { -($0 * y / x) }
        }
    }

    public static func += (a: inout Tensor, b: Tensor) { a = a + b }
    public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
    public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
    public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
    public static func += (a: inout Tensor, number: Scalar) { a = a + number }
    public static func -= (a: inout Tensor, number: Scalar) { a = a - number }
    public static func *= (a: inout Tensor, number: Scalar) { a = a * number }
    public static func /= (a: inout Tensor, number: Scalar) { a = a / number }
}

/// The larger of two, element by element, with broadcasting. Where they are equal the first counts in a
/// derivative; NaN in either gives NaN.
public func maximum<Scalar: TensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
    selecting(VM_MAXIMUM, "maximum", a, b) { VectorMath.binary(VM_LESS_OR_EQUAL, "maximum", $1, $0) }
}

/// The smaller of two, element by element, with broadcasting. Where they are equal the first counts in a
/// derivative.
public func minimum<Scalar: TensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
    selecting(VM_MINIMUM, "minimum", a, b) { VectorMath.binary(VM_LESS_OR_EQUAL, "minimum", $0, $1) }
}

private func selecting<Scalar: TensorScalar>(
    _ operation: vm_binary_operation, _ name: StaticString, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
    _ isFirst: @escaping (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
) -> Tensor<Scalar> {
    Tensor.recording(a, b, { VectorMath.binary(operation, name, $0, $1) }) { a, b, _ in
        let first = isFirst(a.detached(), b.detached())
        return ({ $0 * first }, { $0 * (1 - first) })
    } pullbacks: { a, b, _ in
        let first = isFirst(a.detached(), b.detached())
        let (aShape, bShape) = (a.shape, b.shape)
        return ({ ($0 * first).summed(to: aShape) }, { ($0 * (1 - first)).summed(to: bShape) })
    }
}

extension Tensor where Scalar: TensorScalar {
    /// The elements, none below `lower` or above `upper`; the derivative is zero outside.
    public func clamped(from lower: Scalar = -.infinity, to upper: Scalar = .infinity) -> Tensor {
        minimum(maximum(self, Tensor(lower)), Tensor(upper))
    }
}
