/// The B-spline basis functions of a degree on a knot vector.
///
/// With n + degree + 1 knots there are n functions; on the domain, from knot `degree` to knot n, they are
/// not negative and sum to 1. Cox-de Boor's recurrence (de Boor, "A Practical Guide to Splines", chapter X).
public struct BSplineBasis: Sendable, Equatable {
    /// The non-decreasing knots.
    public let knots: Vector
    /// The degree of the pieces.
    public let degree: Int

    /// The basis on a knot vector.
    ///
    /// - Throws: `InterpolationError` if the degree is negative, there are fewer than 2·degree + 2 knots, or they
    ///   decrease, are not finite or leave an empty domain.
    public init(knots: Vector, degree: Int) throws(InterpolationError) {
        guard degree >= 0 else {
            throw .invalidArgument(argument: "degree", value: Double(degree), expected: "at least 0")
        }
        guard knots.count >= 2 * degree + 2 else {
            throw .tooFew(argument: "knots", count: knots.count, minimum: 2 * degree + 2)
        }
        try requireFiniteValues(knots, "knots")
        for index in 1..<knots.count where knots[index] < knots[index - 1] {
            throw .notIncreasing(argument: "knots", index: index, value: knots[index], previous: knots[index - 1])
        }
        guard knots[degree] < knots[knots.count - degree - 1] else {
            throw .invalidArgument(argument: "knots", value: knots[degree], expected: "a domain that is not empty")
        }
        (self.knots, self.degree) = (knots, degree)
    }

    /// The basis with equally spaced inner knots and `degree` + 1 equal knots at each end of a range, so
    /// that the first and the last function are 1 at the ends.
    ///
    /// - Throws: `InterpolationError` if there are fewer functions than degree + 1 or the range is empty or infinite.
    public init(uniformOn range: ClosedRange<Double>, count: Int, degree: Int = 3) throws(InterpolationError) {
        guard degree >= 0, count >= degree + 1 else {
            throw .invalidArgument(
                argument: "count", value: Double(count), expected: "at least degree + 1 = \(degree + 1)")
        }
        let pieces = count - degree
        let inner = Vector.linearlySpaced(from: range.lowerBound, to: range.upperBound, count: pieces + 1)
        let knots = Vector(count: count + degree + 1) { inner[min(max($0 - degree, 0), pieces)] }
        try self.init(knots: knots, degree: degree)
    }

    /// The number of basis functions.
    public var count: Int { knots.count - degree - 1 }

    /// Where the functions sum to 1.
    public var domain: ClosedRange<Double> { knots[degree]...knots[count] }

    /// The index of the first of the degree + 1 functions that do not vanish at x. Outside the domain, those
    /// of its first or last piece.
    public func firstFunction(at x: Double) -> Int {
        var (low, high) = (degree, count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle] <= x { low = middle } else { high = middle }
        }
        // At the right end of the domain: the last piece that is not empty.
        while low > degree, knots[low] == knots[low + 1] { low -= 1 }
        // Left of a domain that begins with empty pieces.
        while knots[low] == knots[low + 1] { low += 1 }
        return low - degree
    }

    /// The degree + 1 functions that may not vanish at x, from `firstFunction(at:)` on. Outside the domain
    /// the polynomials of its first or last piece continue. O(degree²).
    public func nonzeroValues(at x: Double) -> Vector {
        var values = Vector.zeros(degree + 1)
        values.withUnsafeMutableBufferPointer { fill($0, at: x, first: firstFunction(at: x), degree: degree) }
        return values
    }

    /// All functions at x.
    public func values(at x: Double) -> Vector {
        var result = Vector.zeros(count)
        let (first, values) = (firstFunction(at: x), nonzeroValues(at: x))
        for index in 0...degree { result[first + index] = values[index] }
        return result
    }

    /// The matrix of all functions (columns) at all points (rows).
    public func designMatrix(at points: Vector) -> Matrix {
        var result = Matrix.zeros(points.count, count)
        let columns = count
        result.withUnsafeMutableBufferPointer { buffer in
            for (row, x) in points.enumerated() {
                let first = firstFunction(at: x)
                let start = row * columns + first
                let part = UnsafeMutableBufferPointer(rebasing: buffer[start...start + degree])
                fill(part, at: x, first: first, degree: degree)
            }
        }
        return result
    }

    /// The triangle of Cox-de Boor from degree 0 up, in place.
    private func fill(_ values: UnsafeMutableBufferPointer<Double>, at x: Double, first: Int, degree: Int) {
        let span = first + self.degree
        values[0] = 1
        for order in stride(from: 1, through: degree, by: 1) {
            var carried = 0.0
            for index in 0..<order {
                let (left, right) = (knots[span + 1 - order + index], knots[span + 1 + index])
                let share = values[index] / (right - left)
                values[index] = carried + (right - x) * share
                carried = (x - left) * share
            }
            values[order] = carried
        }
    }
}

/// A spline as a combination of B-splines.
public struct BSpline: Sendable, Equatable {
    /// The basis.
    public let basis: BSplineBasis
    /// The coefficient of each basis function.
    public let coefficients: Vector

    /// The combination of basis functions with given coefficients.
    ///
    /// - Throws: `InterpolationError.countMismatch` unless there is one coefficient a function.
    public init(basis: BSplineBasis, coefficients: Vector) throws(InterpolationError) {
        try requireCount(coefficients, basis.count, "coefficients")
        (self.basis, self.coefficients) = (basis, coefficients)
    }

    /// The value at x. Outside the domain the first and the last piece continue.
    public func callAsFunction(_ x: Double) -> Double {
        let (first, values) = (basis.firstFunction(at: x), basis.nonzeroValues(at: x))
        var sum = 0.0
        for index in 0...basis.degree { sum += values[index] * coefficients[first + index] }
        return sum
    }

    /// The derivative, a spline of one degree less; of degree 0 it is 0 between the knots.
    public var derivative: BSpline {
        let degree = basis.degree
        if degree == 0 { return BSpline(uncheckedBasis: basis, coefficients: Vector.zeros(basis.count)) }
        let knots = basis.knots
        let lower = BSplineBasis(uncheckedKnots: Vector(knots.dropFirst().dropLast()), degree: degree - 1)
        let differences = Vector(count: basis.count - 1) { index in
            let width = knots[index + degree + 1] - knots[index + 1]
            return width > 0 ? Double(degree) * (coefficients[index + 1] - coefficients[index]) / width : 0
        }
        return BSpline(uncheckedBasis: lower, coefficients: differences)
    }

    private init(uncheckedBasis basis: BSplineBasis, coefficients: Vector) {
        (self.basis, self.coefficients) = (basis, coefficients)
    }
}

extension BSplineBasis {
    fileprivate init(uncheckedKnots knots: Vector, degree: Int) { (self.knots, self.degree) = (knots, degree) }
}
