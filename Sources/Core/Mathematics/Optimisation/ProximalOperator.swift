/// A penalty g with its proximal map prox_{tg}(x) = argmin_z g(z) + ‖z − x‖²/(2t).
///
/// Convex ones are exact; for the penalties that are not convex the map is a global minimiser of that problem.
///
/// ```swift
/// ProximalOperator.l1(weight: 0.5).apply([3, -0.2, -2], step: 1)        // [2.5, 0, -1.5]
/// ```
public struct ProximalOperator: Sendable {
    private let penalty: @Sendable (Vector) -> Double
    private let map: @Sendable (Vector, Double) -> Vector

    /// A penalty of one's own.
    public init(
        value: @escaping @Sendable (Vector) -> Double,
        apply: @escaping @Sendable (_ point: Vector, _ step: Double) -> Vector
    ) {
        penalty = value
        map = apply
    }

    /// The penalty g at a point; ∞ outside the set for an indicator.
    public func value(at point: Vector) -> Double { penalty(point) }

    /// The proximal map with a step t > 0.
    public func apply(_ point: Vector, step: Double) -> Vector { map(point, step) }

    /// No penalty.
    public static let zero = ProximalOperator(value: { _ in 0 }, apply: { point, _ in point })

    /// weight · Σ|xᵢ|: soft thresholding.
    public static func l1(weight: Double) -> ProximalOperator {
        precondition(weight >= 0, "a weight must be at least 0, got \(weight)")
        return ProximalOperator(
            value: { weight * $0.absoluteSum },
            apply: { point, step in point.map { softThreshold($0, step * weight) } })
    }

    /// Σ weightᵢ |xᵢ|; a zero weight leaves an element free.
    public static func l1(weights: Vector) -> ProximalOperator {
        precondition(weights.allSatisfy { $0 >= 0 }, "weights must be at least 0")
        return ProximalOperator(
            value: { point in zip(weights, point).reduce(0) { $0 + $1.0 * $1.1.magnitude } },
            apply: { point, step in
                point.combined(with: weights, "weighted soft threshold") { softThreshold($0, step * $1) }
            })
    }

    /// l1 · Σ|xᵢ| + (l2/2) ‖x‖².
    public static func elasticNet(l1: Double, l2: Double) -> ProximalOperator {
        precondition(l1 >= 0 && l2 >= 0, "weights must be at least 0, got \(l1) and \(l2)")
        return ProximalOperator(
            value: { l1 * $0.absoluteSum + l2 / 2 * $0.squaredNorm },
            apply: { point, step in point.map { softThreshold($0, step * l1) / (1 + step * l2) } })
    }

    /// weight · ‖x‖²/2.
    public static func squaredL2(weight: Double) -> ProximalOperator { elasticNet(l1: 0, l2: weight) }

    /// weight · ‖x‖ over all elements.
    public static func l2(weight: Double) -> ProximalOperator {
        ProximalOperator(
            value: { weight * $0.norm }, apply: { point, step in shrink(point, by: step * weight) })
    }

    /// weight · Σ over groups of √|group| ‖x_group‖ (Yuan and Lin 2006); elements outside every group are free.
    public static func groupL2(weight: Double, groups: [[Int]]) -> ProximalOperator {
        precondition(weight >= 0, "a weight must be at least 0, got \(weight)")
        precondition(Set(groups.joined()).count == groups.reduce(0) { $0 + $1.count }, "groups must be disjoint")
        return ProximalOperator(
            value: { point in
                groups.reduce(0) { sum, group in
                    sum + weight * Double(group.count).squareRoot() * Vector(group.map { point[$0] }).norm
                }
            },
            apply: { point, step in
                var result = point
                for group in groups {
                    let part = shrink(
                        Vector(group.map { point[$0] }), by: step * weight * Double(group.count).squareRoot())
                    for (index, value) in zip(group, part) { result[index] = value }
                }
                return result
            })
    }

    private static func shrink(_ point: Vector, by amount: Double) -> Vector {
        let norm = point.norm
        return norm <= amount ? .zeros(point.count) : (1 - amount / norm) * point
    }

    /// weight · max |xᵢ|, by Moreau's identity with the ℓ1 ball.
    public static func maximumMagnitude(weight: Double) -> ProximalOperator {
        precondition(weight >= 0, "a weight must be at least 0, got \(weight)")
        return ProximalOperator(
            value: { weight * $0.maximumMagnitude },
            apply: { point, step in
                guard weight > 0, let ball = try? ConvexSet.l1Ball(radius: step * weight) else { return point }
                return point - ball.project(point)
            })
    }

    /// The number of non-zero elements, weighted: hard thresholding. Not convex.
    public static func l0(weight: Double) -> ProximalOperator {
        precondition(weight >= 0, "a weight must be at least 0, got \(weight)")
        return ProximalOperator(
            value: { weight * Double($0.count { $0 != 0 }) },
            apply: { point, step in point.map { hardThreshold($0, step * weight) } })
    }

    /// weight · Σ√|xᵢ|. Not convex.
    public static func half(weight: Double) -> ProximalOperator {
        precondition(weight >= 0, "a weight must be at least 0, got \(weight)")
        return ProximalOperator(
            value: { point in weight * point.reduce(0.0) { $0 + $1.magnitude.squareRoot() } },
            apply: { point, step in point.map { halfThreshold($0, step * weight) } })
    }

    /// The continuous exact form of `l0` for least squares with columns of the given norm. Not convex.
    public static func continuousExactL0(weight: Double, columnNorm: Double = 1) -> ProximalOperator {
        precondition(weight >= 0 && columnNorm > 0, "weight must be at least 0 and columnNorm positive")
        let edge = (2 * weight).squareRoot() / columnNorm
        return ProximalOperator(
            value: { point in
                point.reduce(0.0) { sum, x in
                    let below = max(edge - x.magnitude, 0)
                    return sum + weight - columnNorm * columnNorm / 2 * below * below
                }
            },
            apply: { point, step in
                point.map {
                    continuousExactL0Threshold($0, weight: weight, step: step, columnNorm: columnNorm)
                }
            })
    }

    /// 0 in the set and ∞ outside: the projection, for every step.
    ///
    /// Points within 1e-9 of the set, relative to their norm, count as inside.
    public static func indicator(of set: ConvexSet) -> ProximalOperator {
        ProximalOperator(
            value: { set.distance(from: $0) <= 1e-9 * max($0.norm, 1) ? 0 : .infinity },
            apply: { point, _ in set.project(point) })
    }
}
