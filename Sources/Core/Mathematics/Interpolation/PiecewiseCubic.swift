/// What a cubic spline satisfies at its ends, besides going through the points.
public enum SplineBoundary: Sendable, Equatable {
    /// Second derivatives zero at both ends.
    case natural
    /// Given first derivatives at both ends.
    case clamped(left: Double, right: Double)
    /// The first two and the last two pieces are one polynomial each. Through three points: the
    /// parabola; through two: the line.
    case notAKnot
}

/// A piecewise cubic function with continuous first derivative: splines and Hermite interpolants.
///
/// Outside the points the first and the last piece continue.
public struct PiecewiseCubic: Sendable, Equatable {
    /// The strictly increasing abscissas between the pieces.
    public let abscissas: Vector
    /// The value at each abscissa.
    public let ordinates: Vector
    /// The derivative at each abscissa.
    public let slopes: Vector

    /// The cubic Hermite interpolant with given values and derivatives.
    ///
    /// - Throws: `InterpolationError` for fewer than two points, unordered, infinite or unequally many numbers.
    public init(abscissas: Vector, ordinates: Vector, slopes: Vector) throws(InterpolationError) {
        try requireIncreasing(abscissas, "abscissas", minimum: 2)
        try requireCount(ordinates, abscissas.count, "ordinates")
        try requireFiniteValues(ordinates, "ordinates")
        try requireCount(slopes, abscissas.count, "slopes")
        try requireFiniteValues(slopes, "slopes")
        (self.abscissas, self.ordinates, self.slopes) = (abscissas, ordinates, slopes)
    }

    /// The cubic spline through given points: twice continuously differentiable.
    ///
    /// Solves the tridiagonal system for the slopes, O(count).
    ///
    /// - Throws: `InterpolationError` for fewer than two points, unordered, infinite or unequally many numbers.
    public static func spline(
        abscissas: Vector, ordinates: Vector, boundary: SplineBoundary = .notAKnot
    ) throws(InterpolationError) -> PiecewiseCubic {
        try requireIncreasing(abscissas, "abscissas", minimum: 2)
        try requireCount(ordinates, abscissas.count, "ordinates")
        let last = abscissas.count - 1
        let widths = (0..<last).map { abscissas[$0 + 1] - abscissas[$0] }
        let secants = (0..<last).map { (ordinates[$0 + 1] - ordinates[$0]) / widths[$0] }
        var (lower, diagonal, upper, right) = (
            [Double](repeating: 0, count: last + 1), [Double](repeating: 1, count: last + 1),
            [Double](repeating: 0, count: last + 1), [Double](repeating: 0, count: last + 1)
        )
        for i in stride(from: 1, to: last, by: 1) {
            lower[i] = widths[i]
            diagonal[i] = 2 * (widths[i - 1] + widths[i])
            upper[i] = widths[i - 1]
            right[i] = 3 * (widths[i] * secants[i - 1] + widths[i - 1] * secants[i])
        }
        switch boundary {
        case .natural:
            (diagonal[0], upper[0], right[0]) = (2, 1, 3 * secants[0])
            (lower[last], diagonal[last], right[last]) = (1, 2, 3 * secants[last - 1])
        case .clamped(let left, let rightSlope):
            (right[0], right[last]) = (left, rightSlope)
        case .notAKnot where last == 1:
            (right[0], right[1]) = (secants[0], secants[0])
        case .notAKnot where last == 2:
            // The parabola: m₀ + m₁ = 2s₀, m₁ + m₂ = 2s₁, and the middle slope is the weighted mean.
            let middle = (widths[1] * secants[0] + widths[0] * secants[1]) / (widths[0] + widths[1])
            (lower[1], diagonal[1], upper[1], right[1]) = (0, 1, 0, middle)
            (right[0], right[2]) = (2 * secants[0] - middle, 2 * secants[1] - middle)
        case .notAKnot:
            // Equal third derivatives at the second point, with m₂ eliminated by that point's equation.
            let (h0, h1) = (widths[0], widths[1])
            (diagonal[0], upper[0]) = (h1, h0 + h1)
            right[0] = ((h0 + 2 * (h0 + h1)) * h1 * secants[0] + h0 * h0 * secants[1]) / (h0 + h1)
            let (g0, g1) = (widths[last - 1], widths[last - 2])
            (diagonal[last], lower[last]) = (g1, g0 + g1)
            right[last] = ((g0 + 2 * (g0 + g1)) * g1 * secants[last - 1] + g0 * g0 * secants[last - 2]) / (g0 + g1)
        }
        for i in stride(from: 1, through: last, by: 1) {
            let factor = lower[i] / diagonal[i - 1]
            diagonal[i] -= factor * upper[i - 1]
            right[i] -= factor * right[i - 1]
        }
        right[last] /= diagonal[last]
        for i in stride(from: last - 1, through: 0, by: -1) {
            right[i] = (right[i] - upper[i] * right[i + 1]) / diagonal[i]
        }
        return try PiecewiseCubic(abscissas: abscissas, ordinates: ordinates, slopes: Vector(right))
    }

    /// The shape-preserving interpolant PCHIP: monotone wherever the points are, without overshoot.
    ///
    /// Slopes by the weighted harmonic mean (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5, 1984), at the ends
    /// by the three-point formula limited so that it keeps the shape.
    ///
    /// - Throws: `InterpolationError` for fewer than two points, unordered, infinite or unequally many numbers.
    public static func monotone(
        abscissas: Vector, ordinates: Vector
    ) throws(InterpolationError) -> PiecewiseCubic {
        try requireIncreasing(abscissas, "abscissas", minimum: 2)
        try requireCount(ordinates, abscissas.count, "ordinates")
        let last = abscissas.count - 1
        let widths = (0..<last).map { abscissas[$0 + 1] - abscissas[$0] }
        let secants = (0..<last).map { (ordinates[$0 + 1] - ordinates[$0]) / widths[$0] }
        func endSlope(_ h0: Double, _ h1: Double, _ s0: Double, _ s1: Double) -> Double {
            let slope = ((2 * h0 + h1) * s0 - h0 * s1) / (h0 + h1)
            if slope * s0 <= 0 { return 0 }
            return s0 * s1 <= 0 && slope.magnitude > 3 * s0.magnitude ? 3 * s0 : slope
        }
        let slopes = Vector(count: last + 1) { i in
            if last == 1 { return secants[0] }
            if i == 0 { return endSlope(widths[0], widths[1], secants[0], secants[1]) }
            if i == last { return endSlope(widths[last - 1], widths[last - 2], secants[last - 1], secants[last - 2]) }
            let (before, after) = (secants[i - 1], secants[i])
            guard before * after > 0 else { return 0 }
            let (first, second) = (2 * widths[i] + widths[i - 1], widths[i] + 2 * widths[i - 1])
            return (first + second) / (first / before + second / after)
        }
        return try PiecewiseCubic(abscissas: abscissas, ordinates: ordinates, slopes: slopes)
    }

    /// The number of points.
    public var count: Int { abscissas.count }

    /// The value at x; NaN at NaN. O(log count).
    public func callAsFunction(_ x: Double) -> Double { value(at: x, derivative: 0) }

    /// The values at many points.
    public func callAsFunction(_ points: Vector) -> Vector { Vector(count: points.count) { self(points[$0]) } }

    /// The derivative at x of the given order, 1 by default; beyond the third it is 0. At a point where the
    /// second or third derivative jumps, that of the piece to the right.
    public func derivative(at x: Double, order: Int = 1) -> Double {
        precondition(order >= 0, "a derivative of order \(order) does not exist")
        return value(at: x, derivative: order)
    }

    /// The integral from one point to another, the continuation outside the points included.
    public func integral(from start: Double, to end: Double) -> Double { antiderivative(end) - antiderivative(start) }

    private func piece(_ x: Double) -> (index: Int, c1: Double, c2: Double, c3: Double) {
        let index = abscissas.withUnsafeBufferPointer { intervalIndex(of: x, in: $0) }
        let width = abscissas[index + 1] - abscissas[index]
        let secant = (ordinates[index + 1] - ordinates[index]) / width
        let (left, right) = (slopes[index], slopes[index + 1])
        return (index, left, (3 * secant - 2 * left - right) / width, (left + right - 2 * secant) / (width * width))
    }

    private func value(at x: Double, derivative: Int) -> Double {
        if x.isNaN { return x }
        let (index, c1, c2, c3) = piece(x)
        let t = x - abscissas[index]
        switch derivative {
        case 0: return ordinates[index] + t * (c1 + t * (c2 + t * c3))
        case 1: return c1 + t * (2 * c2 + t * 3 * c3)
        case 2: return 2 * c2 + 6 * c3 * t
        case 3: return 6 * c3
        default: return 0
        }
    }

    /// The integral from the first abscissa.
    private func antiderivative(_ x: Double) -> Double {
        if x.isNaN { return x }
        let (index, c1, c2, c3) = piece(x)
        var sum = 0.0
        for i in 0..<index {
            let width = abscissas[i + 1] - abscissas[i]
            sum += width * (ordinates[i] + ordinates[i + 1]) / 2 + width * width * (slopes[i] - slopes[i + 1]) / 12
        }
        let t = x - abscissas[index]
        return sum + t * (ordinates[index] + t * (c1 / 2 + t * (c2 / 3 + t * c3 / 4)))
    }
}
