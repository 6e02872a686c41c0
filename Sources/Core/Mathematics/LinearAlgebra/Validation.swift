import COpenBLAS

// Checks of arguments. Each names the argument, what it is, and what was expected.

extension DenseVector {
    func requireFinite(_ argument: String) throws(LinearAlgebraError) {
        try requireFiniteScalars(memory, argument)
    }

    func requireCount(
        _ count: Int, _ argument: String, of other: String, _ otherShape: String
    ) throws(LinearAlgebraError) {
        if self.count != count {
            throw .shapeMismatch(
                argument: argument, shape: "(\(self.count))", other: other, otherShape: otherShape,
                expected: "\(argument) to have \(count) elements")
        }
    }

    /// The vector as a matrix of one column on the same memory.
    var asColumn: DenseMatrix<Scalar> { DenseMatrix(rows: count, columns: 1, self) }
}

extension DenseMatrix {
    func requireFinite(_ argument: String) throws(LinearAlgebraError) {
        try requireFiniteScalars(memory, argument)
    }

    func requireSquare(_ argument: String) throws(LinearAlgebraError) {
        if rows != columns { throw .notSquare(argument: argument, rows: rows, columns: columns) }
    }

    func requireNotEmpty(_ argument: String) throws(LinearAlgebraError) {
        if count == 0 { throw .empty(argument: argument, shape: shapeText) }
    }

    /// Square, finite and Hermitian (symmetric, where real), up to the rounding of products that are so
    /// in exact arithmetic.
    func requireHermitian(_ argument: String) throws(LinearAlgebraError) {
        try requireSquare(argument)
        try requireFinite(argument)
        let epsilon = Scalar.blasType.isDouble ? Double.ulpOfOne : Double(Float.ulpOfOne)
        let place = Int(
            typed_asymmetry(
                Scalar.blasType.rawValue, rows, memory.pointer, Double(max(rows, 1)) * 16 * epsilon))
        guard place >= 0 else { return }
        let (row, column) = (place / columns, place % columns)
        let (element, mirrored) = (self[row, column], self[column, row])
        if Scalar.blasType.isComplex {
            throw .notHermitian(
                argument: argument, row: row, column: column, element: "\(element)", mirrored: "\(mirrored)")
        }
        throw .notSymmetric(
            argument: argument, row: row, column: column, element: Double(element.realPart),
            mirrored: Double(mirrored.realPart))
    }

    func requireRows(
        _ rows: Int, _ argument: String, of other: String, _ otherShape: String
    ) throws(LinearAlgebraError) {
        if self.rows != rows {
            throw .shapeMismatch(
                argument: argument, shape: shapeText, other: other, otherShape: otherShape,
                expected: "\(argument) to have \(rows) rows")
        }
    }
}

private func requireFiniteScalars<Scalar: BLASScalar>(
    _ storage: Storage<Scalar>, _ argument: String
) throws(LinearAlgebraError) {
    guard typed_has_nonfinite(Scalar.blasType.rawValue, storage.count, storage.pointer) != 0 else { return }
    for index in 0..<storage.count {
        let value = storage.pointer[index]
        if !value.isFinite {
            let part = value.realPart.isFinite ? value.imaginaryPart : value.realPart
            throw .notFinite(argument: argument, index: index, value: Double(part))
        }
    }
}

/// Throws unless `value` satisfies `condition`.
func require<Number: BinaryFloatingPoint>(
    _ argument: String, _ value: Number, _ condition: Bool, _ expected: String
) throws(LinearAlgebraError) {
    if !condition { throw .outOfRange(argument: argument, value: Double(value), expected: expected) }
}

/// Throws unless `value` satisfies `condition`.
func require(
    _ argument: String, _ value: Int, _ condition: Bool, _ expected: String
) throws(LinearAlgebraError) {
    if !condition { throw .outOfRange(argument: argument, value: Double(value), expected: expected) }
}
