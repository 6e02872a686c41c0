import Foundation

// swiftcore: sliced_wasserstein_distance
/// The sliced Wasserstein distance of two samples: (mean over directions θ of W_p^p(θᵀx, θᵀy))^{1/p}.
///
/// Rabin, Peyré, Delon and Bernot, "Wasserstein barycenter and its application to texture mixing", 2011.
/// Directions are uniform on the sphere, drawn before any work is shared out, so that the bits depend
/// on the generator alone. The standard error falls as 1/√directions. O(directions · (n + m) log(n + m)).
///
/// - Parameters:
///   - source: one point a row.
///   - target: one point a row, with as many columns.
///   - order: p, at least 1.
///   - directions: how many.
///   - generator: where the directions come from.
/// - Throws: `TransportError` if the points are none, not finite or of different dimensions, or a parameter
///   is out of range.
public func slicedWassersteinDistance(
    _ source: Matrix, _ target: Matrix, order: Double = 2, directions: Int = 100,
    using generator: inout some RandomNumberGenerator
) throws(TransportError) -> Double {
    try requirePoints(source, target, order, directions)
    let axes = unitDirections(directions, source.columns, using: &generator)
    let powers = try slicePowers(source, target, axes, order)
    return pow(powers.mean, 1 / order)
}

// swiftcore: max_sliced_wasserstein_distance
/// The max-sliced Wasserstein distance, max over unit vectors θ of W_p(θᵀx, θᵀy), and a direction that attains it.
///
/// Deshpande et al., "Max-sliced Wasserstein distance and its use for GANs", arXiv 1904.05877. Seeded
/// directions are compared and the best are refined by gradient ascent of W_p^p on the sphere; the problem
/// is not concave, so the value is a lower bound that more directions tighten.
///
/// - Parameters:
///   - source: one point a row.
///   - target: one point a row, with as many columns.
///   - order: p, at least 1.
///   - directions: how many are compared.
///   - refinements: how many of the best are refined.
///   - generator: where the directions come from.
/// - Throws: `TransportError` if the points are none, not finite or of different dimensions, or a parameter
///   is out of range.
public func maxSlicedWassersteinDistance(
    _ source: Matrix, _ target: Matrix, order: Double = 2, directions: Int = 100, refinements: Int = 3,
    using generator: inout some RandomNumberGenerator
) throws(TransportError) -> (distance: Double, direction: Vector) {
    try requirePoints(source, target, order, directions)
    guard refinements >= 0 else {
        throw .outOfRange(argument: "refinements", value: Double(refinements), expected: "at least 0")
    }
    let axes = unitDirections(directions, source.columns, using: &generator)
    let powers = try slicePowers(source, target, axes, order)
    let ranking = powers.indices.sorted { (powers[$0], $1) > (powers[$1], $0) }
    var best = (power: powers[ranking[0]], axis: axes.row(ranking[0]))
    for start in ranking.prefix(refinements) {
        var axis = axes.row(start)
        var (power, gradient) = sliceGradient(source, target, axis, order)
        var step = 1.0
        for _ in 0..<200 {
            let tangent = gradient - gradient.dot(axis) * axis
            guard tangent.norm > 1e-10 * gradient.norm, step > 1e-8 else { break }
            let moved = axis + (step / gradient.norm) * tangent
            let candidate = moved / moved.norm
            let (newPower, newGradient) = sliceGradient(source, target, candidate, order)
            if newPower > power {
                (axis, power, gradient) = (candidate, newPower, newGradient)
                step *= 2
            } else {
                step /= 4
            }
        }
        if power > best.power { best = (power, axis) }
    }
    return (pow(best.power, 1 / order), best.axis)
}

private func requirePoints(
    _ source: Matrix, _ target: Matrix, _ order: Double, _ directions: Int
) throws(TransportError) {
    for (name, points) in [("source", source), ("target", target)] {
        if points.count == 0 {
            throw .wrongShape(
                argument: name, shape: "(\(points.rows), \(points.columns))",
                expected: "at least one point and coordinate")
        }
        for (index, value) in points.flattened.enumerated() where !value.isFinite {
            throw .invalidElement(argument: name, index: index, value: value, expected: "finite coordinates")
        }
    }
    if source.columns != target.columns {
        throw .wrongShape(
            argument: "target", shape: "(\(target.rows), \(target.columns))", expected: "\(source.columns) columns")
    }
    guard order >= 1, order < .infinity else {
        throw .outOfRange(argument: "order", value: order, expected: "a finite number of at least 1")
    }
    guard directions > 0 else {
        throw .outOfRange(argument: "directions", value: Double(directions), expected: "at least 1")
    }
}

/// Rows uniform on the unit sphere.
func unitDirections(_ count: Int, _ dimension: Int, using generator: inout some RandomNumberGenerator) -> Matrix {
    var axes = generator.normalMatrix(rows: count, columns: dimension)
    for row in 0..<count {
        var norm = axes.row(row).norm
        while norm == 0 {
            axes.setRow(row, to: generator.normalVector(count: dimension))
            norm = axes.row(row).norm
        }
        axes.setRow(row, to: axes.row(row) / norm)
    }
    return axes
}

/// W_p^p along each row of `axes`.
private func slicePowers(
    _ source: Matrix, _ target: Matrix, _ axes: Matrix, _ order: Double
) throws(TransportError) -> Vector {
    let (first, second) = (axes.multiplied(byTransposeOf: source), axes.multiplied(byTransposeOf: target))
    // Threads cost more than a few short sorts.
    let isShort = axes.rows * (source.rows + target.rows) < 20_000
    let parts = min(axes.rows, 16)
    let blocks = try parallelMap(parts, maximumThreads: isShort ? 1 : nil) {
        (part: Int) throws(TransportError) -> [Double] in
        var results: [Double] = []
        for slice in axes.rows * part / parts..<axes.rows * (part + 1) / parts {
            let x = try WeightedSample(first.row(slice), nil, "source")
            let y = try WeightedSample(second.row(slice), nil, "target")
            var sum = 0.0
            transport(x, y) { mass, a, b in sum += mass * positivePower(abs(a - b), order) }
            results.append(sum)
        }
        return results
    }
    return Vector(blocks.flatMap { $0 })
}

/// W_p^p along a direction and its gradient Σ mass · p |d|^{p−1} sign(d) (x − y), d = θᵀ(x − y).
private func sliceGradient(
    _ source: Matrix, _ target: Matrix, _ axis: Vector, _ order: Double
) -> (power: Double, gradient: Vector) {
    let (first, second) = (source * axis, target * axis)
    let (rowsX, rowsY) = (
        first.indices.sorted { first[$0] < first[$1] }, second.indices.sorted { second[$0] < second[$1] }
    )
    let (n, m) = (rowsX.count, rowsY.count)
    var (i, j, left, wanted) = (0, 0, m, n)
    var power = 0.0
    var weightsX = Vector.zeros(n)
    var weightsY = Vector.zeros(m)
    while i < n, j < m {
        let moved = min(left, wanted)
        let mass = Double(moved) / (Double(n) * Double(m))
        let difference = first[rowsX[i]] - second[rowsY[j]]
        power += mass * positivePower(abs(difference), order)
        let slope =
            mass * order * (order == 2 ? difference : (difference < 0 ? -1 : 1) * pow(abs(difference), order - 1))
        weightsX[rowsX[i]] += slope
        weightsY[rowsY[j]] += slope
        left -= moved
        wanted -= moved
        if left == 0 {
            i += 1
            left = m
        }
        if wanted == 0 {
            j += 1
            wanted = n
        }
    }
    return (power, source.transposeMultiplied(by: weightsX) - target.transposeMultiplied(by: weightsY))
}
