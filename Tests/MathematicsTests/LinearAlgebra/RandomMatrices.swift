import ComplexModule
import Mathematics
import Testing

/// A matrix of standard normal numbers (complex ones where the type is).
func randomMatrix<Scalar: BLASScalar>(_ type: Scalar.Type, _ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix<Scalar> {
    var generator = Philox(seed: seed)
    return DenseMatrix(rows: rows, columns: columns) { _, _ in randomNumber(type, &generator) }
}

func randomVector<Scalar: BLASScalar>(_ type: Scalar.Type, _ count: Int, seed: UInt64) -> DenseVector<Scalar> {
    randomMatrix(type, count, 1, seed: seed).flattened
}

private func randomNumber<Scalar: BLASScalar>(_ type: Scalar.Type, _ generator: inout Philox) -> Scalar {
    let (real, imaginary) = (generator.normal(), generator.normal())
    switch type {
    case is Float.Type: return Float(real) as! Scalar
    case is Double.Type: return real as! Scalar
    case is Complex<Float>.Type: return Complex(Float(real), Float(imaginary)) as! Scalar
    default: return Complex(real, imaginary) as! Scalar
    }
}

/// AB by its definition, for blocks of any type.
func productByDefinition<Scalar: BLASScalar>(_ a: DenseMatrix<Scalar>, _ b: DenseMatrix<Scalar>) -> DenseMatrix<Scalar> {
    DenseMatrix(rows: a.rows, columns: b.columns) { row, column in
        (0..<a.columns).reduce(0) { $0 + a[row, $1] * b[$1, column] }
    }
}

func adjointByDefinition<Scalar: BLASScalar>(_ a: DenseMatrix<Scalar>) -> DenseMatrix<Scalar> {
    DenseMatrix(rows: a.columns, columns: a.rows) { a[$1, $0].conjugated }
}

/// ‖a − b‖ ≤ factor · ε · ‖b‖ in the precision of the type.
func expectNear<Scalar: BLASScalar>(
    _ a: DenseMatrix<Scalar>, _ b: DenseMatrix<Scalar>, _ factor: Scalar.RealScalar = 200,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard a.rows == b.rows, a.columns == b.columns else {
        Issue.record("shapes \(a.shape) and \(b.shape)", sourceLocation: sourceLocation)
        return
    }
    let bound = factor * Scalar.RealScalar.ulpOfOne * Swift.max(b.frobeniusNorm, Scalar.RealScalar.leastNonzeroMagnitude)
    #expect((a - b).frobeniusNorm <= bound, "\(a)\n\(b)", sourceLocation: sourceLocation)
}

func expectNear<Scalar: BLASScalar>(
    _ a: DenseVector<Scalar>, _ b: DenseVector<Scalar>, _ factor: Scalar.RealScalar = 200,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectNear(
        DenseMatrix(rows: 1, columns: a.count, a), DenseMatrix(rows: 1, columns: b.count, b), factor,
        sourceLocation: sourceLocation)
}
