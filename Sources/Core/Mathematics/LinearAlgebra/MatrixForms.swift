// Matrices with a form: Kronecker and Khatri–Rao products, blocks, Toeplitz and its relatives, vec.

extension DenseMatrix {
    /// The Kronecker product A ⊗ B: the blocks aᵢⱼB, (m·p) × (n·q).
    public func kroneckerProduct(_ other: DenseMatrix) -> DenseMatrix {
        var result = DenseMatrix.zeros(rows * other.rows, columns * other.columns)
        let target = result.mutablePointer
        for row in 0..<rows {
            for otherRow in 0..<other.rows {
                let start = target + (row * other.rows + otherRow) * result.columns
                for column in 0..<columns {
                    BLAS.add(
                        other.columns, memory.pointer[row * columns + column],
                        other.memory.pointer + otherRow * other.columns, to: start + column * other.columns)
                }
            }
        }
        return result
    }

    /// The Khatri–Rao product A ⊙ B: column j is aⱼ ⊗ bⱼ, (m·p) × n.
    public func khatriRaoProduct(_ other: DenseMatrix) -> DenseMatrix {
        if columns != other.columns {
            shapeMismatch("khatriRaoProduct", shapeText, other.shapeText, "the numbers of columns must be equal")
        }
        let result = Storage<Scalar>(uninitializedCount: rows * other.rows * columns)
        for row in 0..<rows {
            for otherRow in 0..<other.rows {
                let target = result.pointer + (row * other.rows + otherRow) * columns
                target.initialize(from: other.memory.pointer + otherRow * columns, count: columns)
                BLAS.multiplyElements(columns, by: memory.pointer + row * columns, target)
            }
        }
        return DenseMatrix(rows: rows * other.rows, columns: columns, storage: result)
    }

    /// The Hadamard (elementwise) product, the same as `.*`.
    public func hadamardProduct(_ other: DenseMatrix) -> DenseMatrix { self .* other }

    /// vec(A): the columns one below the other.
    public var vectorized: DenseVector<Scalar> { transposed.flattened }

    /// The matrix with the given columns one below the other in `vector`: unvec, the inverse of `vectorized`.
    public init(unvectorizing vector: DenseVector<Scalar>, rows: Int, columns: Int) {
        self = DenseMatrix(rows: columns, columns: rows, vector).transposed
    }

    /// The matrix of the given columns, which must have equal lengths.
    public init(columns vectors: [DenseVector<Scalar>]) {
        self = DenseMatrix(rows: vectors).transposed
    }

    /// The matrix made of blocks: those of one row must have equally many rows, those above each other equally
    /// many columns.
    public init(blocks: [[DenseMatrix]]) {
        let heights = blocks.map { $0.first?.rows ?? 0 }
        let widths = blocks.first?.map(\.columns) ?? []
        self = .zeros(heights.reduce(0, +), widths.reduce(0, +))
        var top = 0
        for (blockRow, line) in blocks.enumerated() {
            if line.count != widths.count {
                shapeMismatch(
                    "row \(blockRow) of blocks", "(\(line.count))", "(\(widths.count))",
                    "all rows must have equally many blocks")
            }
            var left = 0
            for (block, width) in zip(line, widths) {
                if block.rows != heights[blockRow] || block.columns != width {
                    shapeMismatch(
                        "block in row \(blockRow)", block.shapeText, "(\(heights[blockRow]), \(width))",
                        "blocks in one line must fit")
                }
                setBlock(top..<top + block.rows, left..<left + width, to: block.view)
                left += width
            }
            top += heights[blockRow]
        }
    }

    /// The matrix with the given square or oblong blocks along the diagonal and zeros elsewhere.
    public static func blockDiagonal(_ blocks: [DenseMatrix]) -> DenseMatrix {
        var result = zeros(blocks.reduce(0) { $0 + $1.rows }, blocks.reduce(0) { $0 + $1.columns })
        var (top, left) = (0, 0)
        for block in blocks {
            result.setBlock(top..<top + block.rows, left..<left + block.columns, to: block.view)
            top += block.rows
            left += block.columns
        }
        return result
    }

    /// The Toeplitz matrix tᵢⱼ = column[i − j] for i ≥ j and row[j − i] above the diagonal.
    ///
    /// - Parameters:
    ///   - column: the first column, at least one element.
    ///   - row: the first row, whose first element is not read; by default the conjugates of the column,
    ///     which makes the matrix Hermitian (symmetric, where real).
    public static func toeplitz(column: DenseVector<Scalar>, row: DenseVector<Scalar>? = nil) -> DenseMatrix {
        let row = row ?? column.conjugated
        return DenseMatrix(rows: column.count, columns: row.count) { $0 >= $1 ? column[$0 - $1] : row[$1 - $0] }
    }

    /// The Hankel matrix hᵢⱼ = sequence[i + j] with the given number of rows and all columns that fit.
    public static func hankel(_ sequence: DenseVector<Scalar>, rows: Int) -> DenseMatrix {
        precondition(
            rows >= 1 && rows <= sequence.count,
            "a Hankel matrix of \(sequence.count) elements cannot have \(rows) rows: expected 1 ... \(sequence.count)")
        return DenseMatrix(rows: rows, columns: sequence.count - rows + 1) { sequence[$0 + $1] }
    }

    /// The circulant matrix cᵢⱼ = column[(i − j) mod n]; its product with x is the circular convolution.
    public static func circulant(column: DenseVector<Scalar>) -> DenseMatrix {
        let order = column.count
        return DenseMatrix(rows: order, columns: order) { column[($0 - $1 + order) % order] }
    }

    /// The Vandermonde matrix vᵢⱼ = points[i]ʲ for j = 0, …, columns − 1.
    public static func vandermonde(_ points: DenseVector<Scalar>, columns: Int) -> DenseMatrix {
        precondition(columns >= 0, "a Vandermonde matrix cannot have \(columns) columns")
        var result = DenseMatrix(repeating: 1, rows: points.count, columns: columns)
        let pointer = result.mutablePointer
        for row in 0..<points.count {
            for column in 1..<Swift.max(columns, 1) {
                pointer[row * columns + column] = pointer[row * columns + column - 1] * points[row]
            }
        }
        return result
    }
}
