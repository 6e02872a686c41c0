import COpenBLAS
import ComplexModule
import RealModule

extension DenseMatrix {
    /// The matrix exponential eᴬ.
    ///
    /// Scaling and squaring with Padé approximants of degrees 3 to 13, chosen by ‖A‖₁ (Higham, SIAM J. Matrix
    /// Anal. Appl. 26 (2005) 1179, algorithm 2.3, its constants for double precision). About 10 to 20
    /// products.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or its exponential overflows.
    public func exponential() throws(LinearAlgebraError) -> DenseMatrix {
        try requireSquare("matrix")
        try requireFinite("matrix")
        let norm = Double(norm(.one))
        for (degree, bound) in zip([3, 5, 7, 9], [1.495585217958292e-2, 2.539398330063230e-1, 9.504178996162932e-1, 2.097847961257068])
        where norm <= bound {
            return try padeExponential(degree)
        }
        let limit = 5.371920351148152
        let squarings = norm > limit ? Int((norm / limit).exponent) + ((norm / limit).significand > 1 ? 1 : 0) : 0
        guard squarings < 1024 else {
            throw .outOfRange(argument: "‖matrix‖₁", value: norm, expected: "at most 1e300, for the exponential to be finite")
        }
        let scale = Double(sign: .plus, exponent: -squarings, significand: 1)
        var result = try (self * Scalar(Scalar.RealScalar(scale))).padeExponential(13)
        for _ in 0..<squarings { result = result * result }
        if typedHasNonfinite(result) {
            throw .outOfRange(argument: "‖matrix‖₁", value: norm, expected: "a matrix whose exponential does not overflow")
        }
        return result
    }

    /// q(A)⁻¹p(A) with p the numerator of eˣ's diagonal Padé approximant and q(x) = p(−x).
    private func padeExponential(_ degree: Int) throws(LinearAlgebraError) -> DenseMatrix {
        // cⱼ = (2m − j)! m! / ((2m)! (m − j)! j!), by their ratios; scaled, they need no factorials.
        var coefficients = [1.0]
        for j in 1...degree {
            coefficients.append(coefficients[j - 1] * Double(degree - j + 1) / Double(j * (2 * degree - j + 1)))
        }
        func coefficient(_ index: Int) -> Scalar { Scalar(Scalar.RealScalar(coefficients[index])) }
        let square = self * self
        var even: DenseMatrix
        var odd: DenseMatrix
        if degree < 13 {
            even = .identity(rows) * coefficient(0)
            odd = .identity(rows) * coefficient(1)
            var power = square
            for index in stride(from: 2, through: degree - 1, by: 2) {
                even.add(coefficient(index), times: power)
                odd.add(coefficient(index + 1), times: power)
                if index + 2 < degree { power = power * square }
            }
        } else {
            let fourth = square * square
            let sixth = square * fourth
            func half(_ offset: Int) -> DenseMatrix {
                var high = sixth * coefficient(12 + offset)
                high.add(coefficient(10 + offset), times: fourth)
                high.add(coefficient(8 + offset), times: square)
                var low = sixth * coefficient(6 + offset)
                low.add(coefficient(4 + offset), times: fourth)
                low.add(coefficient(2 + offset), times: square)
                low.addToDiagonal(coefficient(offset))
                low.accumulateProduct(sixth.view, high.view)
                return low
            }
            even = half(0)
            odd = half(1)
        }
        odd = self * odd
        return try (even - odd).solve(even + odd)
    }

    private func typedHasNonfinite(_ matrix: DenseMatrix) -> Bool {
        do throws(LinearAlgebraError) {
            try matrix.requireFinite("exponential")
            return false
        } catch { return true }
    }

    /// The principal square root: the one whose eigenvalues have positive real parts.
    ///
    /// Schur's form and Björck and Hammarling's recurrence (Higham, Functions of Matrices, algorithm 6.3), in
    /// complex numbers. For a Hermitian matrix `SymmetricEigendecomposition.applying` is faster.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or singular with a zero
    ///   eigenvalue that has no root.
    public func complexSquareRoot() throws(LinearAlgebraError) -> DenseMatrix<Complex<Scalar.RealScalar>> {
        let schur = try SchurDecomposition(self)
        let root = try schur.triangle.triangularSquareRoot()
        return (schur.vectors * root).multiplied(byAdjointOf: schur.vectors)
    }

    /// The principal logarithm: the one whose eigenvalues have imaginary parts between −π and π.
    ///
    /// Schur's form, square roots until ‖T − 1‖₁ ≤ 0.25, and the Padé approximant of degree 8 of ln(1 + x) in
    /// its partial fractions, whose nodes are those of Gauss and Legendre (Higham, Functions of Matrices,
    /// algorithm 11.9 and theorem 11.6), in complex numbers.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or is singular.
    public func complexLogarithm() throws(LinearAlgebraError) -> DenseMatrix<Complex<Scalar.RealScalar>> {
        typealias Number = Complex<Scalar.RealScalar>
        let schur = try SchurDecomposition(self)
        if let zero = schur.triangle.diagonal.firstIndex(of: 0) {
            throw .singular(argument: "matrix", rows: rows, pivot: zero + 1)
        }
        var triangle = schur.triangle
        var roots = 0
        var rest = triangle - .identity(rows)
        while rest.norm(.one) > 0.25, roots < 100 {
            triangle = try triangle.triangularSquareRoot()
            roots += 1
            rest = triangle - .identity(rows)
        }
        var sum = DenseMatrix<Number>.zeros(rows, rows)
        let nodes = [0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363]
        let weights = [0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763]
        for (node, weight) in zip(nodes, weights) {
            for sign in [-1.0, 1.0] {
                // w · X(1 + tX)⁻¹ with t = (1 ± node)/2; both factors are functions of X and commute.
                let t = Number(Scalar.RealScalar((1 + sign * node) / 2))
                var denominator = rest * t
                denominator.addToDiagonal(1)
                sum.add(
                    Number(Scalar.RealScalar(weight / 2)), times: try denominator.solveTriangular(.upper, rest))
            }
        }
        sum *= Number(Scalar.RealScalar(sign: .plus, exponent: Scalar.RealScalar.Exponent(roots), significand: 1))
        return (schur.vectors * sum).multiplied(byAdjointOf: schur.vectors)
    }

    /// The principal square root of a matrix for which it has this scalar type.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, has a zero eigenvalue without a
    ///   root or, where real, an eigenvalue on the negative real axis: see `complexSquareRoot()`.
    public func squareRoot() throws(LinearAlgebraError) -> DenseMatrix {
        try Self.narrowed(try complexSquareRoot(), "square root")
    }

    /// The principal logarithm of a matrix for which it has this scalar type.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, is singular or, where real, has
    ///   an eigenvalue on the negative real axis: see `complexLogarithm()`.
    public func logarithm() throws(LinearAlgebraError) -> DenseMatrix {
        try Self.narrowed(try complexLogarithm(), "logarithm")
    }

    /// The same matrix in this scalar type, unless it is real and the imaginary parts are more than rounding.
    private static func narrowed(
        _ matrix: DenseMatrix<Complex<Scalar.RealScalar>>, _ name: String
    ) throws(LinearAlgebraError) -> DenseMatrix {
        if let same = matrix as? DenseMatrix { return same }
        let imaginary = matrix.imaginaryParts.maximumMagnitude
        let bound = matrix.maximumMagnitude * Scalar.RealScalar.ulpOfOne.squareRoot()
        if !(imaginary <= bound) {
            throw .outOfRange(
                argument: "the largest imaginary part of the \(name)", value: Double(imaginary),
                expected: "at most rounding, as of a matrix without negative real eigenvalues")
        }
        return DenseMatrix(real: matrix.realParts)
    }
}

extension DenseMatrix where Scalar: ComplexNumberOfBLAS {
    /// The principal square root of an upper triangle, by the recurrence of Björck and Hammarling.
    fileprivate func triangularSquareRoot() throws(LinearAlgebraError) -> DenseMatrix {
        let roots = DenseVector<Scalar>(count: rows) { Scalar.principalRoot(memory.pointer[$0 * (rows + 1)]) }
        var root = DenseMatrix.zeros(rows, rows)
        var transposed = DenseMatrix.zeros(rows, rows)
        let failed = typed_triangular_root(
            Scalar.blasType.rawValue, rows, memory.pointer, roots.memory.pointer, root.mutablePointer,
            transposed.mutablePointer)
        // Two zero eigenvalues that are coupled have no root.
        if failed != 0 { throw .singular(argument: "matrix", rows: rows, pivot: failed) }
        return root
    }
}

/// The complex scalars, whose numbers have square roots.
protocol ComplexNumberOfBLAS: BLASScalar {
    static func principalRoot(_ number: Self) -> Self
}

extension Complex: ComplexNumberOfBLAS where RealType: LinearAlgebraScalar {
    static func principalRoot(_ number: Complex) -> Complex { .sqrt(number) }
}
