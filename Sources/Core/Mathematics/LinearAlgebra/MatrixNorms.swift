import COpenBLAS

/// A norm of matrices.
public enum MatrixNorm: Sendable {
    /// The largest sum of absolute values in a column, ‖A‖₁.
    case one
    /// The largest singular value, ‖A‖₂.
    case spectral
    /// The largest sum of absolute values in a row, ‖A‖∞.
    case infinity
    /// √Σ|aᵢⱼ|².
    case frobenius
    /// The sum of the singular values.
    case nuclear
}

extension DenseMatrix {
    /// A norm of the matrix: 0 of one without elements, NaN of one that holds NaN, and infinite (or NaN, for the
    /// spectral and nuclear norms) of one that holds infinity.
    public func norm(_ norm: MatrixNorm) -> Scalar.RealScalar {
        switch norm {
        case .frobenius: return frobeniusNorm
        case .spectral, .nuclear:
            guard let values = try? singularValues() else { return .nan }
            return norm == .spectral ? values.first ?? 0 : values.sum
        case .infinity:
            return (0..<rows).reduce(0) { Self.larger($0, BLAS.absoluteSum(columns, memory.pointer + $1 * columns)) }
        case .one:
            var sums = [Double](repeating: 0, count: columns)
            typed_add_column_moduli(Scalar.blasType.rawValue, rows, columns, memory.pointer, &sums)
            return sums.reduce(0) { Self.larger($0, Scalar.RealScalar($1)) }
        }
    }

    private static func larger(_ a: Scalar.RealScalar, _ b: Scalar.RealScalar) -> Scalar.RealScalar {
        b > a || b.isNaN ? b : a
    }

    /// The largest singular value by power iteration on AᴴA, from a random start: from below, and good to about
    /// `tolerance` where the largest singular value stands apart from the next.
    ///
    /// - Parameters:
    ///   - generator: the source of the start.
    ///   - tolerance: the relative change at which the iteration stops.
    ///   - maximumIterations: at most so many products with A and with Aᴴ.
    public func estimatedSpectralNorm(
        using generator: inout some RandomNumberGenerator, tolerance: Double = 1e-10, maximumIterations: Int = 1000
    ) -> Scalar.RealScalar {
        guard count > 0 else { return 0 }
        var vector = DenseVector<Scalar>(real: .init(count: columns) { _ in Scalar.RealScalar(generator.normal()) })
        vector = vector.normalized
        var estimate: Scalar.RealScalar = 0
        for _ in 0..<maximumIterations {
            let image = self * vector
            let next = image.norm
            let back = adjointMultiplied(by: image)
            if next == 0 || !next.isFinite { return next }
            let hasConverged = abs(next - estimate) <= Scalar.RealScalar(tolerance) * next
            estimate = next
            if hasConverged { break }
            vector = back.normalized
        }
        return estimate
    }
}
