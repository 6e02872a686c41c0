import RealModule

/// Which end of the spectrum is wanted.
public enum SpectrumEnd: Sendable {
    /// The largest eigenvalues, in descending order.
    case largest
    /// The smallest eigenvalues, in ascending order.
    case smallest
    /// The eigenvalues of largest absolute value, in its descending order.
    case largestMagnitude
}

/// A few eigenvalues and eigenvectors of a Hermitian map.
public struct PartialEigendecomposition<Scalar: BLASScalar>: Sendable {
    /// The eigenvalues, in the order asked for.
    public let eigenvalues: DenseVector<Scalar.RealScalar>

    /// The orthonormal eigenvectors as columns.
    public let eigenvectors: DenseMatrix<Scalar>

    /// ‖Av − λv‖ of each pair, as the recurrence gives it; each eigenvalue is within it of a true one.
    public let residualNorms: DenseVector<Scalar.RealScalar>

    /// The number of products with the matrix.
    public let products: Int
}

/// A few extremal eigenpairs of a Hermitian (symmetric, where real) map by Lanczos' method with full
/// reorthogonalisation and thick restarts (Wu and Simon, SIAM J. Matrix Anal. Appl. 22 (2000) 602).
///
/// Where an invariant subspace is exhausted, a new random direction is taken, so that multiple eigenvalues
/// of a small map are all found; of a large map, one copy of a multiple eigenvalue can be missed.
///
/// - Parameters:
///   - matrix: A, n × n and Hermitian, which is not checked.
///   - count: how many eigenpairs, 1 ... n.
///   - end: which ones.
///   - basisSize: the number of vectors between restarts; by default max(2 · count + 10, 20), at most n.
///   - tolerance: converged are pairs with ‖Av − λv‖ ≤ tolerance · the largest absolute value of an eigenvalue
///     seen.
///   - maximumProducts: at most about so many products with A; 100n + 1000 by default.
///   - generator: the source of the start.
/// - Throws: `LinearAlgebraError` if A is not square, a number is out of range, a product is not finite, or
///   the iteration does not converge.
public func lanczosEigenpairs<Matrix: LinearOperator>(
    _ matrix: Matrix, count: Int, _ end: SpectrumEnd = .largest, basisSize: Int? = nil,
    tolerance: Matrix.Scalar.RealScalar? = nil, maximumProducts: Int? = nil,
    using generator: inout some RandomNumberGenerator
) throws(LinearAlgebraError) -> PartialEigendecomposition<Matrix.Scalar> {
    typealias Scalar = Matrix.Scalar
    typealias Real = Scalar.RealScalar
    let (order, columns) = matrix.shape
    if order != columns { throw .notSquare(argument: "matrix", rows: order, columns: columns) }
    try require("count", count, count >= 1 && count <= order, "1 ... \(order)")
    let size = min(order, basisSize ?? max(2 * count + 10, 20))
    try require("basisSize", size, size >= min(order, count + 1), "at least count + 1, or n")
    let tolerance = tolerance ?? 10 * Real.ulpOfOne
    let limit = maximumProducts ?? 100 * order + 1000

    var basis: [DenseVector<Scalar>] = []
    var projected = DenseMatrix<Scalar>.zeros(size, size)
    var next = randomDirection(order, orthogonalTo: basis, &generator)
    var products = 0
    while true {
        var coupling: Real = 0
        while basis.count < size {
            let column = basis.count
            basis.append(next)
            var image = matrix.applied(to: next)
            products += 1
            try image.requireFinite("matrix * vector")
            let imageNorm = image.norm
            // Twice is enough; the coefficients are the column of VᴴAV.
            for _ in 0..<2 {
                for (index, vector) in basis.enumerated() {
                    let coefficient = vector.dot(image)
                    image.add(-coefficient, times: vector)
                    projected[index, column] += coefficient
                }
            }
            projected[column, column] = Scalar(projected[column, column].realPart)
            for index in 0..<column { projected[column, index] = projected[index, column].conjugated }
            coupling = image.norm
            if coupling > 10 * Real.ulpOfOne * imageNorm, coupling > 0 {
                image.scale(by: Scalar(1 / coupling))
                next = image
            } else {
                coupling = 0
                if basis.count < order { next = randomDirection(order, orthogonalTo: basis, &generator) }
            }
        }
        let small = try SymmetricEigendecomposition(projected)
        let values = small.eigenvalues
        let ranked = values.indices.sorted {
            switch end {
            case .largest: values[$0] > values[$1]
            case .smallest: values[$0] < values[$1]
            case .largestMagnitude: values[$0].magnitude > values[$1].magnitude
            }
        }
        let residuals = ranked.map { coupling * small.eigenvectors[size - 1, $0].modulus }
        let bound = tolerance * values.maximumMagnitude
        let converged = residuals.prefix(count).allSatisfy { $0 <= bound }
        if converged || size == order {
            let chosen = ranked.prefix(count)
            return PartialEigendecomposition(
                eigenvalues: DenseVector(chosen.map { values[$0] }),
                eigenvectors: combine(basis, small.eigenvectors.selectingColumns(chosen)),
                residualNorms: DenseVector(residuals.prefix(count)), products: products)
        }
        if products >= limit {
            throw .notConverged(argument: "matrix", shape: "(\(order), \(order))", routine: "Lanczos' method")
        }
        // Keep more pairs than are wanted: the extra ones speed up those at the edge.
        let kept = ranked.prefix(min(size - 1, count + (size - count) / 2))
        let vectors = combine(basis, small.eigenvectors.selectingColumns(kept))
        basis = (0..<kept.count).map { vectors.column($0) }
        projected = .zeros(size, size)
        for (index, place) in kept.enumerated() { projected[index, index] = Scalar(values[place]) }
    }
}

/// The sums of the basis vectors with the weights of each column.
private func combine<Scalar: BLASScalar>(
    _ basis: [DenseVector<Scalar>], _ weights: DenseMatrix<Scalar>
) -> DenseMatrix<Scalar> {
    var rows = DenseMatrix<Scalar>.zeros(basis.count, basis.first?.count ?? 0)
    for (index, vector) in basis.enumerated() { rows.setRow(index, to: vector) }
    return rows.transposeMultiplied(by: weights)
}

/// A random unit vector orthogonal to a basis.
private func randomDirection<Scalar: BLASScalar>(
    _ count: Int, orthogonalTo basis: [DenseVector<Scalar>], _ generator: inout some RandomNumberGenerator
) -> DenseVector<Scalar> {
    var vector = DenseVector<Scalar>(count: count) { _ in Scalar(Scalar.RealScalar(generator.normal())) }
    for _ in 0..<3 {
        for other in basis { vector.add(-other.dot(vector), times: other) }
        vector = vector.normalized
    }
    return vector
}

/// The eigenvalue of largest absolute value and its eigenvector, by repeated products from a random start.
///
/// The error falls by |λ₂/λ₁| a step. Stops where ‖Av − λv‖ ≤ tolerance · |λ|; with two eigenvalues of largest
/// absolute value (such as λ and −λ, or a complex pair of a real map) it never does.
///
/// - Parameters:
///   - matrix: A, n × n.
///   - tolerance: the relative residual at which to stop.
///   - maximumIterations: at most so many products with A.
///   - generator: the source of the start.
/// - Throws: `LinearAlgebraError` if A is not square or has no rows, a product is not finite, or the iteration
///   does not converge.
public func powerIteration<Matrix: LinearOperator>(
    _ matrix: Matrix, tolerance: Matrix.Scalar.RealScalar = 1e-5, maximumIterations: Int = 10_000,
    using generator: inout some RandomNumberGenerator
) throws(LinearAlgebraError) -> (eigenvalue: Matrix.Scalar, eigenvector: DenseVector<Matrix.Scalar>, iterations: Int) {
    let (order, columns) = matrix.shape
    if order != columns { throw .notSquare(argument: "matrix", rows: order, columns: columns) }
    if order == 0 { throw .empty(argument: "matrix", shape: "(0, 0)") }
    var vector: DenseVector<Matrix.Scalar> = randomDirection(order, orthogonalTo: [], &generator)
    for iteration in 1...max(maximumIterations, 1) {
        let image = matrix.applied(to: vector)
        try image.requireFinite("matrix * vector")
        let eigenvalue = vector.dot(image)
        var residual = image
        residual.add(-eigenvalue, times: vector)
        if residual.norm <= tolerance * eigenvalue.modulus { return (eigenvalue, vector, iteration) }
        let norm = image.norm
        if norm == 0 { return (0, vector, iteration) }
        vector = image / Matrix.Scalar(norm)
    }
    throw .notConverged(argument: "matrix", shape: "(\(order), \(order))", routine: "power iteration")
}
