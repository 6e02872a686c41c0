import ComplexModule

extension DenseVector {
    /// The vector of real scalars as one of this type.
    public init(real: DenseVector<Scalar.RealScalar>) {
        if let same = real as? DenseVector { self = same } else { self.init(count: real.count) { Scalar(real[$0]) } }
    }

    /// The real parts.
    public var realParts: DenseVector<Scalar.RealScalar> { parts(0) }

    /// The imaginary parts; zeros where the scalars are real.
    public var imaginaryParts: DenseVector<Scalar.RealScalar> {
        Scalar.blasType.isComplex ? parts(1) : .zeros(count)
    }

    /// Every second (where complex) real number in memory.
    private func parts(_ first: Int) -> DenseVector<Scalar.RealScalar> {
        let width = Scalar.blasType.isComplex ? 2 : 1
        var result = DenseVector<Scalar.RealScalar>(storage: Storage(uninitializedCount: count))
        let target = result.mutablePointer
        memory.pointer.withMemoryRebound(to: Scalar.RealScalar.self, capacity: count * width) {
            BLAS.copy(count, $0 + first, stride: width, to: target)
        }
        return result
    }

    /// The absolute values.
    @inlinable
    public var moduli: DenseVector<Scalar.RealScalar> {
        DenseVector<Scalar.RealScalar>(count: count) { memory.pointer[$0].modulus }
    }

    /// The complex conjugates.
    public var conjugated: DenseVector {
        guard Scalar.blasType.isComplex else { return self }
        var result = self
        let target = result.mutablePointer
        target.withMemoryRebound(to: Scalar.RealScalar.self, capacity: 2 * count) {
            BLAS.scale(count, by: -1, $0 + 1, stride: 2)
        }
        return result
    }

    /// The same numbers as complex ones.
    public var complex: DenseVector<Complex<Scalar.RealScalar>> {
        self as? DenseVector<Complex<Scalar.RealScalar>>
            ?? DenseVector<Complex<Scalar.RealScalar>>(real: realParts, imaginary: .zeros(count))
    }

    /// The complex vector with the given parts, of equal lengths.
    public init<Real>(real: DenseVector<Real>, imaginary: DenseVector<Real>) where Scalar == Complex<Real> {
        if real.count != imaginary.count {
            shapeMismatch("complex vector", "(\(real.count))", "(\(imaginary.count))", "the lengths must be equal")
        }
        self.init(storage: Storage(uninitializedCount: real.count))
        memory.pointer.withMemoryRebound(to: Real.self, capacity: 2 * count) {
            BLAS.copy(real.count, real.memory.pointer, to: $0, by: 2)
            BLAS.copy(real.count, imaginary.memory.pointer, to: $0 + 1, by: 2)
        }
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
