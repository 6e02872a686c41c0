/// A tensor of complex numbers, as a pair of tensors of one shape: the real and the imaginary parts.
///
/// Everything made of it can be differentiated by the parts. A gradient is again a pair: the derivatives by the real
/// and by the imaginary parts.
public struct ComplexTensor<Scalar: TensorScalar>: Parameterized, Sendable {
    public var real: Tensor<Scalar>
    public var imaginary: Tensor<Scalar>

    /// Numbers of given parts; the parts broadcast.
    public init(real: Tensor<Scalar>, imaginary: Tensor<Scalar>) {
        guard let shape = real.shape.broadcast(with: imaginary.shape) else {
            shapesDoNotFit("ComplexTensor", real.shape, imaginary.shape, "the parts broadcast")
        }
        self.real = real.expanded(to: shape)
        self.imaginary = imaginary.expanded(to: shape)
    }

    /// Real numbers.
    public init(real: Tensor<Scalar>) { self.init(real: real, imaginary: Tensor(0)) }

    /// The numbers r e^{iφ}; modulus and angle broadcast.
    public init(modulus: Tensor<Scalar>, angle: Tensor<Scalar>) {
        self.init(real: modulus * cos(angle), imaginary: modulus * sin(angle))
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&real)
        try body(&imaginary)
    }

    /// The sizes of the axes.
    public var shape: TensorShape { real.shape }

    /// x + iy to x − iy.
    public var conjugate: ComplexTensor { ComplexTensor(real: real, imaginary: -imaginary) }

    /// x² + y².
    public var squaredMagnitude: Tensor<Scalar> { real.squared() + imaginary.squared() }

    /// √(x² + y²); its derivative at zero is zero.
    public var magnitude: Tensor<Scalar> { Tensor.stacking([real, imaginary]).norm(along: 0) }

    /// The angle in −π ... π, 0 of zero.
    public var angle: Tensor<Scalar> {
        let quotient = Tensor.recording(imaginary, real, { y, x in
            let (y, x) = (y.packed(), x.packed())
            let result = Tensor<Scalar>(uninitialized: x.shape)
            for index in 0..<x.count { result.pointer[index] = Scalar.atan2(y: y.pointer[index], x: x.pointer[index]) }
            return result
        }) { y, x, _ in
            ({ $0 * x / (x * x + y * y) }, { -($0 * y / (x * x + y * y)) })
        } pullbacks: { y, x, _ in
            ({ $0 * x / (x * x + y * y) }, { -($0 * y / (x * x + y * y)) })
        }
        return quotient
    }

    public static func + (a: ComplexTensor, b: ComplexTensor) -> ComplexTensor {
        ComplexTensor(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
    }

    public static func - (a: ComplexTensor, b: ComplexTensor) -> ComplexTensor {
        ComplexTensor(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
    }

    public static prefix func - (a: ComplexTensor) -> ComplexTensor { ComplexTensor(real: -a.real, imaginary: -a.imaginary) }

    /// The product, element by element, with broadcasting.
    public static func * (a: ComplexTensor, b: ComplexTensor) -> ComplexTensor {
        ComplexTensor(
            real: a.real * b.real - a.imaginary * b.imaginary, imaginary: a.real * b.imaginary + a.imaginary * b.real)
    }

    /// The product with real numbers, element by element, with broadcasting.
    public static func * (a: ComplexTensor, b: Tensor<Scalar>) -> ComplexTensor {
        ComplexTensor(real: a.real * b, imaginary: a.imaginary * b)
    }

    public static func * (a: ComplexTensor, number: Scalar) -> ComplexTensor {
        ComplexTensor(real: a.real * number, imaginary: a.imaginary * number)
    }

    /// The quotient, element by element, with broadcasting.
    public static func / (a: ComplexTensor, b: ComplexTensor) -> ComplexTensor {
        let product = a * b.conjugate, divisor = b.squaredMagnitude
        return ComplexTensor(real: product.real / divisor, imaginary: product.imaginary / divisor)
    }

    /// The same elements in the same order under another shape.
    public func reshaped(to shape: TensorShape) -> ComplexTensor {
        ComplexTensor(real: real.reshaped(to: shape), imaginary: imaginary.reshaped(to: shape))
    }

    /// The matrices in the last two axes, transposed without conjugation.
    public func transposed() -> ComplexTensor { ComplexTensor(real: real.transposed(), imaginary: imaginary.transposed()) }

    /// The matrices in the last two axes, transposed and conjugated.
    public func adjoint() -> ComplexTensor { transposed().conjugate }

    /// The same real linear operation on both parts: a view, a slice, a gathering.
    ///
    /// ```swift
    /// let firstRow = z.mappingParts { $0[0] }
    /// ```
    public func mappingParts(_ transform: (Tensor<Scalar>) -> Tensor<Scalar>) -> ComplexTensor {
        ComplexTensor(real: transform(real), imaginary: transform(imaginary))
    }

    /// The sum of all elements.
    public func sum() -> ComplexTensor { ComplexTensor(real: real.sum(), imaginary: imaginary.sum()) }

    /// The sums along some axes.
    public func sum(along axes: Int..., keepingAxes: Bool = false) -> ComplexTensor {
        ComplexTensor(
            real: real.sum(along: axes, keepingAxes: keepingAxes), imaginary: imaginary.sum(along: axes, keepingAxes: keepingAxes))
    }
}

/// e^{x + iy} = e^x (cos y + i sin y) of each element.
public func exp<S: TensorScalar>(_ z: ComplexTensor<S>) -> ComplexTensor<S> {
    ComplexTensor(modulus: exp(z.real), angle: z.imaginary)
}

/// The matrix product of complex matrices over the last two axes, as four real products.
public func matmul<S: TensorScalar>(_ a: ComplexTensor<S>, _ b: ComplexTensor<S>) -> ComplexTensor<S> {
    ComplexTensor(
        real: matmul(a.real, b.real) - matmul(a.imaginary, b.imaginary),
        imaginary: matmul(a.real, b.imaginary) + matmul(a.imaginary, b.real))
}
