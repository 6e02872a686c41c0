// swiftcore: trapezoid
/// The integral of sampled values by the trapezoidal rule, Σ (xᵢ₊₁ − xᵢ)(yᵢ + yᵢ₊₁)/2.
///
/// - Parameters:
///   - values: yᵢ; fewer than two give 0.
///   - abscissas: xᵢ, as many as values, in any order (descending ones change the sign).
/// - Throws: `QuadratureError.countMismatch`.
public func trapezoid(_ values: Vector, at abscissas: Vector) throws(QuadratureError) -> Double {
    try requireSameCount(values, abscissas)
    var sum = 0.0
    for index in stride(from: 1, to: values.count, by: 1) {
        sum += (abscissas[index] - abscissas[index - 1]) * (values[index] + values[index - 1]) / 2
    }
    return sum
}

/// The integral of equally spaced samples by the trapezoidal rule.
public func trapezoid(_ values: Vector, spacing: Double) -> Double {
    guard values.count > 1 else { return 0 }
    return spacing * (values.sum - (values[0] + values[values.count - 1]) / 2)
}

// swiftcore: cumulative_trapezoid
/// The integrals from the first abscissa to each one by the trapezoidal rule; the first is 0.
///
/// - Throws: `QuadratureError.countMismatch`.
public func cumulativeTrapezoid(_ values: Vector, at abscissas: Vector) throws(QuadratureError) -> Vector {
    try requireSameCount(values, abscissas)
    var sum = 0.0
    return Vector(count: values.count) { index in
        if index > 0 {
            sum += (abscissas[index] - abscissas[index - 1]) * (values[index] + values[index - 1]) / 2
        }
        return sum
    }
}

// swiftcore: simpson
/// The integral of sampled values by Simpson's rule, exact for parabolas.
///
/// Pairs of intervals are integrated under the parabola through their three points; with an odd number of
/// intervals the last one under the parabola through the last three points (Cartwright 2017). Two samples
/// give the trapezoid, fewer 0.
///
/// - Parameters:
///   - values: yᵢ.
///   - abscissas: xᵢ, as many as values and strictly monotone; they need not be equally spaced.
/// - Throws: `QuadratureError`.
public func simpson(_ values: Vector, at abscissas: Vector) throws(QuadratureError) -> Double {
    try requireSameCount(values, abscissas)
    let count = values.count
    guard count > 2 else { return try trapezoid(values, at: abscissas) }
    let direction = abscissas[1] - abscissas[0]
    for index in 1..<count {
        let step = abscissas[index] - abscissas[index - 1]
        guard step * direction > 0 else {
            throw .invalidArgument(
                argument: "abscissas", value: abscissas[index], expected: "strictly monotone numbers")
        }
    }
    var sum = 0.0
    for index in stride(from: 0, to: count - 2, by: 2) {
        let (first, second) = (abscissas[index + 1] - abscissas[index], abscissas[index + 2] - abscissas[index + 1])
        let total = first + second
        sum += total / 6 * (
            (2 - second / first) * values[index] + total * total / (first * second) * values[index + 1]
                + (2 - first / second) * values[index + 2])
    }
    if count.isMultiple(of: 2) {
        let (before, last) = (abscissas[count - 2] - abscissas[count - 3], abscissas[count - 1] - abscissas[count - 2])
        let total = before + last
        sum += values[count - 1] * (2 * last * last + 3 * before * last) / (6 * total)
            + values[count - 2] * (last * last + 3 * last * before) / (6 * before)
            - values[count - 3] * last * last * last / (6 * before * total)
    }
    return sum
}

/// The integral of equally spaced samples by Simpson's rule.
public func simpson(_ values: Vector, spacing: Double) throws(QuadratureError) -> Double {
    guard spacing.isFinite, spacing != 0 else {
        throw .invalidArgument(argument: "spacing", value: spacing, expected: "a finite number other than 0")
    }
    return spacing * (try simpson(values, at: Vector(count: values.count) { Double($0) }))
}

private func requireSameCount(_ values: Vector, _ abscissas: Vector) throws(QuadratureError) {
    if values.count != abscissas.count {
        throw .countMismatch(argument: "abscissas", count: abscissas.count, expected: values.count)
    }
}
