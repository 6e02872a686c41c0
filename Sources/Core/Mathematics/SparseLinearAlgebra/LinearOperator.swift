/// A linear map of vectors, known by what it does: a dense or sparse matrix, or a function.
///
/// The iterative solvers ask for nothing else.
public protocol LinearOperator<Scalar> {
    /// The type of the scalars.
    associatedtype Scalar: BLASScalar

    /// The lengths of the results and of the arguments.
    var shape: (rows: Int, columns: Int) { get }

    /// Ax.
    func applied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar>
}

/// A linear map that knows its adjoint.
public protocol AdjointableOperator<Scalar>: LinearOperator {
    /// Aᴴx.
    func adjointApplied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar>
}

extension DenseMatrix: AdjointableOperator {
    /// Ax.
    public func applied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar> { self * vector }

    /// Aᴴx.
    public func adjointApplied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        adjointMultiplied(by: vector)
    }
}

extension CompressedRowMatrix: AdjointableOperator {
    /// Ax.
    public func applied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar> { self * vector }

    /// Aᴴx.
    public func adjointApplied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        Scalar.blasType.isComplex
            ? transposeMultiplied(by: vector.conjugated).conjugated : transposeMultiplied(by: vector)
    }
}

/// A linear map given by functions.
///
/// ```swift
/// let laplacian = FunctionOperator<Double>(order: 100) { x in
///     Vector(count: 100) { i in 2 * x[i] - (i > 0 ? x[i - 1] : 0) - (i < 99 ? x[i + 1] : 0) }
/// }
/// ```
public struct FunctionOperator<Scalar: BLASScalar>: AdjointableOperator {
    /// The lengths of the results and of the arguments.
    public let shape: (rows: Int, columns: Int)

    private let function: (DenseVector<Scalar>) -> DenseVector<Scalar>
    private let adjointFunction: (DenseVector<Scalar>) -> DenseVector<Scalar>

    /// A square map that is its own adjoint, or whose adjoint is never asked for.
    public init(order: Int, _ function: @escaping (DenseVector<Scalar>) -> DenseVector<Scalar>) {
        self.init(rows: order, columns: order, function, adjoint: function)
    }

    /// A map and its adjoint.
    public init(
        rows: Int, columns: Int, _ function: @escaping (DenseVector<Scalar>) -> DenseVector<Scalar>,
        adjoint: @escaping (DenseVector<Scalar>) -> DenseVector<Scalar>
    ) {
        precondition(rows >= 0 && columns >= 0, "an operator cannot have the shape (\(rows), \(columns))")
        shape = (rows, columns)
        self.function = function
        adjointFunction = adjoint
    }

    /// Ax.
    public func applied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        checked(function(vector), shape.rows)
    }

    /// Aᴴx.
    public func adjointApplied(to vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        checked(adjointFunction(vector), shape.columns)
    }

    private func checked(_ result: DenseVector<Scalar>, _ count: Int) -> DenseVector<Scalar> {
        if result.count != count {
            shapeMismatch("function of an operator", "(\(result.count))", "(\(count))", "the result has a wrong length")
        }
        return result
    }
}

extension LinearOperator {
    /// Throws unless the map is square and `right` is a finite vector for it.
    func requireSystem(_ right: DenseVector<Scalar>, isSquare: Bool = true) throws(LinearAlgebraError) {
        let (rows, columns) = shape
        if isSquare, rows != columns { throw .notSquare(argument: "matrix", rows: rows, columns: columns) }
        try right.requireCount(rows, "right", of: "matrix", "(\(rows), \(columns))")
        try right.requireFinite("right")
    }

    /// The start of an iteration, and its residual b − Ax.
    func start(
        _ start: DenseVector<Scalar>?, _ right: DenseVector<Scalar>
    ) throws(LinearAlgebraError) -> (DenseVector<Scalar>, DenseVector<Scalar>) {
        let columns = shape.columns
        guard let start else { return (.zeros(columns), right) }
        try start.requireCount(columns, "start", of: "matrix", "(\(shape.rows), \(columns))")
        try start.requireFinite("start")
        var residual = right
        residual.add(-1, times: applied(to: start))
        return (start, residual)
    }
}

/// What an iterative solver found.
public struct IterativeSolution<Scalar: BLASScalar>: Sendable {
    /// The approximate solution.
    public let solution: DenseVector<Scalar>

    /// The number of products with the matrix.
    public let iterations: Int

    /// The norm of the residual before the first and after every iteration, as the recurrence gives it.
    public let residualNorms: [Scalar.RealScalar]

    /// Whether the last residual meets the tolerance.
    public let isConverged: Bool
}

extension DenseVector {
    /// self ← factor · self, where the factor is neither 0 nor infinite.
    mutating func scale(by factor: Scalar) { BLAS.scale(count, by: factor, mutablePointer) }
}
