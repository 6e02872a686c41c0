/// A closed convex set, known by its Euclidean projection P(x) = argmin_{z in set} ‖z − x‖ and the Jacobian of that.
///
/// The Jacobian of a projection is symmetric, so that `jacobianProduct` serves forward and reverse differentiation.
/// Where P has kinks it is one element of the generalised Jacobian. NaN in a point gives NaN in its projection.
///
/// ```swift
/// let simplex = try ConvexSet.simplex()
/// simplex.project([0.5, 0.9, -1])                // [0.3, 0.7, 0]
/// ```
public struct ConvexSet: Sendable {
    private let projection: @Sendable (Vector) -> Vector
    private let derivative: @Sendable (_ point: Vector, _ direction: Vector) -> Vector

    /// A set of one's own.
    ///
    /// - Parameters:
    ///   - projection: the nearest point of the set.
    ///   - jacobianProduct: the derivative of the projection at a point along a direction.
    public init(
        projection: @escaping @Sendable (Vector) -> Vector,
        jacobianProduct: @escaping @Sendable (_ point: Vector, _ direction: Vector) -> Vector
    ) {
        self.projection = projection
        derivative = jacobianProduct
    }

    /// The nearest point of the set.
    public func project(_ point: Vector) -> Vector { projection(point) }

    /// The Jacobian of the projection at a point times a direction.
    public func jacobianProduct(at point: Vector, _ direction: Vector) -> Vector { derivative(point, direction) }

    /// The distance of a point from the set.
    public func distance(from point: Vector) -> Double { (point - project(point)).norm }

    /// The whole space.
    public static let everything = ConvexSet(projection: { $0 }, jacobianProduct: { $1 })

    /// The non-negative orthant.
    public static let nonNegative = ConvexSet(
        projection: { $0.map { max($0, 0) } },
        jacobianProduct: { point, direction in Vector(count: point.count) { point[$0] > 0 ? direction[$0] : 0 } })

    /// The simplex {x ≥ 0, Σx = total}. O(n log n), by sorting (Held, Wolfe and Crowder 1974).
    ///
    /// - Throws: `OptimisationError` unless the total is positive and finite.
    public static func simplex(total: Double = 1) throws(OptimisationError) -> ConvexSet {
        try requireArgument(total > 0 && total.isFinite, "total", total, "a positive finite number")
        return ConvexSet(
            projection: { point in
                let threshold = SimplexThreshold(Array(point), total: total)
                return point.map { threshold($0) }
            },
            jacobianProduct: { point, direction in
                let threshold = SimplexThreshold(Array(point), total: total)
                let support = point.indices.filter { threshold.contains(point[$0]) }
                let mean = support.reduce(0) { $0 + direction[$1] } / Double(support.count)
                var result = Vector.zeros(point.count)
                for index in support { result[index] = direction[index] - mean }
                return result
            })
    }

    /// The ball {Σ|x| ≤ radius}, by the simplex of the magnitudes (Duchi et al. 2008). O(n log n).
    ///
    /// - Throws: `OptimisationError` unless the radius is positive and finite.
    public static func l1Ball(radius: Double = 1) throws(OptimisationError) -> ConvexSet {
        try requireArgument(radius > 0 && radius.isFinite, "radius", radius, "a positive finite number")
        return ConvexSet(
            projection: { point in
                if point.absoluteSum <= radius { return point }
                let threshold = SimplexThreshold(point.map(\.magnitude), total: radius)
                return point.map { $0 < 0 ? -threshold(-$0) : threshold($0) }
            },
            jacobianProduct: { point, direction in
                if point.absoluteSum <= radius { return direction }
                let threshold = SimplexThreshold(point.map(\.magnitude), total: radius)
                let support = point.indices.filter { threshold.contains(point[$0].magnitude) }
                let mean = support.reduce(0) { $0 + (point[$1] > 0 ? direction[$1] : -direction[$1]) }
                    / Double(support.count)
                var result = Vector.zeros(point.count)
                for index in support { result[index] = direction[index] - (point[index] > 0 ? mean : -mean) }
                return result
            })
    }

    /// The ball {‖x − center‖ ≤ radius}.
    ///
    /// - Throws: `OptimisationError` unless the radius is positive and finite.
    public static func l2Ball(radius: Double = 1, center: Vector? = nil) throws(OptimisationError) -> ConvexSet {
        try requireArgument(radius > 0 && radius.isFinite, "radius", radius, "a positive finite number")
        return ConvexSet(
            projection: { point in
                let offset = center.map { point - $0 } ?? point
                let norm = offset.norm
                if norm <= radius { return point }
                let scaled = radius / norm * offset
                return center.map { $0 + scaled } ?? scaled
            },
            jacobianProduct: { point, direction in
                let offset = center.map { point - $0 } ?? point
                let norm = offset.norm
                if norm <= radius { return direction }
                let unit = offset / norm
                return radius / norm * direction.advanced(by: -unit.dot(direction), along: unit)
            })
    }

    /// The box {lower ≤ x ≤ upper}; ends may be infinite.
    ///
    /// - Throws: `OptimisationError` if the lengths differ or a lower end exceeds its upper one.
    public static func box(lower: Vector, upper: Vector) throws(OptimisationError) -> ConvexSet {
        if lower.count != upper.count {
            throw .lengthMismatch(argument: "upper", count: upper.count, expected: lower.count)
        }
        for index in lower.indices {
            try requireArgument(
                lower[index] <= upper[index], "lower[\(index)]", lower[index], "at most upper[\(index)] = \(upper[index])")
        }
        return ConvexSet(
            projection: { point in
                point.combined(with: lower, "projection onto a box", max).combined(with: upper, "projection onto a box", min)
            },
            jacobianProduct: { point, direction in
                Vector(count: point.count) {
                    point[$0] > lower[$0] && point[$0] < upper[$0] ? direction[$0] : 0
                }
            })
    }

    /// The half-space {normalᵀx ≤ offset}.
    ///
    /// - Throws: `OptimisationError` if the normal is zero or a number is not finite.
    public static func halfspace(normal: Vector, offset: Double) throws(OptimisationError) -> ConvexSet {
        try hyperplane(normal: normal, offset: offset, isOneSided: true)
    }

    /// The hyperplane {normalᵀx = offset}.
    ///
    /// - Throws: `OptimisationError` if the normal is zero or a number is not finite.
    public static func hyperplane(normal: Vector, offset: Double) throws(OptimisationError) -> ConvexSet {
        try hyperplane(normal: normal, offset: offset, isOneSided: false)
    }

    private static func hyperplane(
        normal: Vector, offset: Double, isOneSided: Bool
    ) throws(OptimisationError) -> ConvexSet {
        try requireFiniteElements(normal, "normal")
        try requireArgument(offset.isFinite, "offset", offset, "a finite number")
        let length = normal.norm
        try requireArgument(length > 0, "normal", normal, "a vector that is not zero")
        let unit = normal / length
        let height = offset / length
        return ConvexSet(
            projection: { point in
                let excess = unit.dot(point) - height
                return isOneSided && excess <= 0 ? point : point.advanced(by: -excess, along: unit)
            },
            jacobianProduct: { point, direction in
                isOneSided && unit.dot(point) <= height
                    ? direction : direction.advanced(by: -unit.dot(direction), along: unit)
            })
    }

    /// The ellipsoid {(x − c)ᵀH(x − c) ≤ radius²}, the ball of the metric H, for a positive definite H.
    ///
    /// The projection is (I + μH)⁻¹(x − c) + c with the multiplier μ found to full precision in the eigenbasis
    /// of H. O(n³) once, O(n²) a projection.
    ///
    /// - Throws: `OptimisationError` unless H is symmetric positive definite and the radius positive.
    public static func ellipsoid(
        metric: Matrix, radius: Double = 1, center: Vector? = nil
    ) throws(OptimisationError) -> ConvexSet {
        try requireArgument(radius > 0 && radius.isFinite, "radius", radius, "a positive finite number")
        let eigen: SymmetricEigendecomposition<Double>
        do throws(LinearAlgebraError) { eigen = try SymmetricEigendecomposition(metric) } catch { throw .linearAlgebra(error) }
        try requireArgument(
            (eigen.eigenvalues.first ?? 1) > 0, "metric", "of smallest eigenvalue \(eigen.eigenvalues.first ?? 1)",
            "a positive definite matrix")
        let values = eigen.eigenvalues
        /// Coordinates of x − c in the eigenbasis, and the multiplier; nil inside.
        @Sendable func outside(_ point: Vector) -> (coordinates: Vector, multiplier: Double)? {
            let z = eigen.eigenvectors.transposeMultiplied(by: center.map { point - $0 } ?? point)
            func excess(_ multiplier: Double) -> Double {
                var sum = 0.0
                for index in z.indices {
                    let shrunk = z[index] / (1 + multiplier * values[index])
                    sum += values[index] * shrunk * shrunk
                }
                return sum.squareRoot() - radius
            }
            guard excess(0) > 0 else { return nil }
            var upper = 1 / (values.last ?? 1)
            while excess(upper) > 0, upper.isFinite { upper *= 2 }
            return (z, (try? findRoot(of: excess, in: 0...upper)) ?? upper)
        }
        return ConvexSet(
            projection: { point in
                guard let (z, multiplier) = outside(point) else { return point }
                let shrunk = Vector(count: z.count) { z[$0] / (1 + multiplier * values[$0]) }
                let result = eigen.eigenvectors * shrunk
                return center.map { $0 + result } ?? result
            },
            jacobianProduct: { point, direction in
                guard let (z, multiplier) = outside(point) else { return direction }
                // A⁻¹v − A⁻¹Hy (yᵀHA⁻¹v)/(yᵀHA⁻¹Hy) with A = I + μH and y the projection.
                let inverse = values.map { 1 / (1 + multiplier * $0) }
                let normal = values .* inverse .* z
                let solved = inverse .* eigen.eigenvectors.transposeMultiplied(by: direction)
                let along = inverse .* normal
                return eigen.eigenvectors
                    * solved.advanced(by: -normal.dot(solved) / normal.dot(along), along: along)
            })
    }
}

/// The map x ↦ max(x − τ, 0) whose sum over given values is a given total.
struct SimplexThreshold {
    /// τ in two parts, so that values beyond 1/ε times the total keep their differences.
    private let largest: Double
    private let offset: Double

    /// Finds τ by sorting; what is not a number makes every result so.
    init(_ values: [Double], total: Double) {
        let sorted = values.sorted(by: >)
        let largest = sorted.first ?? 0
        var sum = 0.0
        var offset = -Double.infinity
        for (index, value) in sorted.enumerated() {
            sum += value - largest
            let candidate = (sum - total) / Double(index + 1)
            if value - largest <= candidate { break }
            offset = candidate
        }
        self.largest = largest
        self.offset = values.contains(where: \.isNaN) ? .nan : offset
    }

    /// τ.
    var value: Double { largest + offset }

    func contains(_ x: Double) -> Bool { x - largest > offset }

    func callAsFunction(_ x: Double) -> Double {
        let excess = (x - largest) - offset
        return excess > 0 || excess.isNaN ? excess : 0
    }
}
