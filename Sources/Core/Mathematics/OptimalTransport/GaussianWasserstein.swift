// swiftcore: gaussian_wasserstein_distance
/// The Wasserstein distance W₂ between two normal distributions, exactly.
///
/// W₂² = ‖m₁ − m₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁^{½} Σ₂ Σ₁^{½})^{½}); the second part is the squared Bures distance of the
/// covariances (Dowson and Landau, "The Fréchet distance between multivariate normal distributions", 1982).
///
/// - Parameters:
///   - firstMean: m₁.
///   - firstCovariance: Σ₁, symmetric and positive semidefinite.
///   - secondMean: m₂.
///   - secondCovariance: Σ₂, symmetric and positive semidefinite.
/// - Throws: `LinearAlgebraError` if the shapes do not fit or a covariance is not symmetric, finite and positive
///   semidefinite.
public func gaussianWassersteinDistance(
    mean firstMean: Vector, covariance firstCovariance: Matrix, mean secondMean: Vector,
    covariance secondCovariance: Matrix
) throws(LinearAlgebraError) -> Double {
    try secondMean.requireCount(firstMean.count, "secondMean", of: "firstMean", "(\(firstMean.count))")
    for (name, covariance) in [("firstCovariance", firstCovariance), ("secondCovariance", secondCovariance)] {
        try covariance.requireSquare(name)
        try covariance.requireRows(firstMean.count, name, of: "firstMean", "(\(firstMean.count))")
    }
    try firstMean.requireFinite("firstMean")
    try secondMean.requireFinite("secondMean")
    let difference = (firstMean - secondMean).norm
    let bures = try buresDistance(firstCovariance, secondCovariance)
    return (difference * difference + bures * bures).squareRoot()
}

// swiftcore: bures_distance
/// The Bures distance of two positive semidefinite matrices, (tr Σ₁ + tr Σ₂ − 2 tr(Σ₁^{½} Σ₂ Σ₁^{½})^{½})^{½}.
///
/// The trace of the root is the sum of the singular values of Σ₁^{½} Σ₂^{½}, which keeps twice the digits of
/// roots of eigenvalues. Still the difference of nearly equal matrices is right only to about 1e-8 of their size.
///
/// - Throws: `LinearAlgebraError` if the shapes differ or a matrix is not symmetric, finite and positive semidefinite.
public func buresDistance(_ first: Matrix, _ second: Matrix) throws(LinearAlgebraError) -> Double {
    try second.requireRows(first.rows, "second", of: "first", "(\(first.rows), \(first.columns))")
    let (firstRoot, secondRoot) = (try semidefiniteRoot(first, "first"), try semidefiniteRoot(second, "second"))
    if first.rows == 0 { return 0 }
    let singularValues = try SingularValueDecomposition(firstRoot * secondRoot).singularValues
    return max(0, first.trace + second.trace - 2 * singularValues.sum).squareRoot()
}

private func semidefiniteRoot(_ matrix: Matrix, _ argument: String) throws(LinearAlgebraError) -> Matrix {
    try matrix.requireHermitian(argument)
    try matrix.requireFinite(argument)
    let decomposition = try SymmetricEigendecomposition(matrix)
    let largest = decomposition.eigenvalues.maximumMagnitude
    if let lowest = decomposition.eigenvalues.first, lowest < -1e-10 * largest {
        throw .outOfRange(
            argument: "the smallest eigenvalue of \(argument)", value: lowest, expected: "at least 0 up to rounding")
    }
    return decomposition.applying { max($0, 0).squareRoot() }
}
