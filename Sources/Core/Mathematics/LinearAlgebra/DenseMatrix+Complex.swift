import ComplexModule

extension DenseVector {
    /// The vector of real scalars as one of this type.
    public init(real: DenseVector<Scalar.RealScalar>) {
        if let same = real as? DenseVector { self = same } else { self.init(count: real.count) { Scalar(real[$0]) } }
    }

    /// The real parts.
    @inlinable
    public var realParts: DenseVector<Scalar.RealScalar> {
        DenseVector<Scalar.RealScalar>(count: count) { memory.pointer[$0].realPart }
    }

    /// The imaginary parts; zeros where the scalars are real.
    @inlinable
    public var imaginaryParts: DenseVector<Scalar.RealScalar> {
        DenseVector<Scalar.RealScalar>(count: count) { memory.pointer[$0].imaginaryPart }
    }

    /// The absolute values.
    @inlinable
    public var moduli: DenseVector<Scalar.RealScalar> {
        DenseVector<Scalar.RealScalar>(count: count) { memory.pointer[$0].modulus }
    }

    /// The complex conjugates.
    @inlinable
    public var conjugated: DenseVector { map { $0.conjugated } }

    /// The same numbers as complex ones.
    @inlinable
    public var complex: DenseVector<Complex<Scalar.RealScalar>> {
        DenseVector<Complex<Scalar.RealScalar>>(count: count) {
            Complex(memory.pointer[$0].realPart, memory.pointer[$0].imaginaryPart)
        }
    }

    /// The complex vector with the given parts, of equal lengths.
    public init<Real>(real: DenseVector<Real>, imaginary: DenseVector<Real>) where Scalar == Complex<Real> {
        if real.count != imaginary.count {
            shapeMismatch("complex vector", "(\(real.count))", "(\(imaginary.count))", "the lengths must be equal")
        }
        self.init(count: real.count) { Complex(real.memory.pointer[$0], imaginary.memory.pointer[$0]) }
    }
}

extension DenseMatrix {
    /// The matrix of real scalars as one of this type.
    public init(real: DenseMatrix<Scalar.RealScalar>) {
        self.init(rows: real.rows, columns: real.columns, DenseVector(real: real.flattened))
    }

    /// The real parts.
    public var realParts: DenseMatrix<Scalar.RealScalar> {
        DenseMatrix<Scalar.RealScalar>(rows: rows, columns: columns, flattened.realParts)
    }

    /// The imaginary parts; zeros where the scalars are real.
    public var imaginaryParts: DenseMatrix<Scalar.RealScalar> {
        DenseMatrix<Scalar.RealScalar>(rows: rows, columns: columns, flattened.imaginaryParts)
    }

    /// The absolute values.
    public var moduli: DenseMatrix<Scalar.RealScalar> {
        DenseMatrix<Scalar.RealScalar>(rows: rows, columns: columns, flattened.moduli)
    }

    /// The complex conjugates, not transposed.
    public var conjugated: DenseMatrix { DenseMatrix(rows: rows, columns: columns, flattened.conjugated) }

    /// The same numbers as complex ones.
    public var complex: DenseMatrix<Complex<Scalar.RealScalar>> {
        DenseMatrix<Complex<Scalar.RealScalar>>(rows: rows, columns: columns, flattened.complex)
    }

    /// The complex matrix with the given parts, of equal shapes.
    public init<Real>(real: DenseMatrix<Real>, imaginary: DenseMatrix<Real>) where Scalar == Complex<Real> {
        if real.rows != imaginary.rows || real.columns != imaginary.columns {
            shapeMismatch("complex matrix", real.shapeText, imaginary.shapeText, "the shapes must be equal")
        }
        self.init(
            rows: real.rows, columns: real.columns,
            DenseVector(real: real.flattened, imaginary: imaginary.flattened))
    }
}
