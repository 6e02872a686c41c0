import RealModule

// swiftcore: log1mexp; elementwise
/// ln(1 − eˣ) for x ≤ 0, without cancellation (Mächler 2012). −∞ at 0, NaN for x > 0.
public func log1mexp(_ x: Double) -> Double {
    x > -0.6931471805599453 ? .log(-.expMinusOne(x)) : .log(onePlus: -.exp(x))
}

// swiftcore: log1pexp; elementwise
/// ln(1 + eˣ), without overflow. The same function as `softplus`.
public func log1pexp(_ x: Double) -> Double {
    x <= 0 ? .log(onePlus: .exp(x)) : x + .log(onePlus: .exp(-x))
}

// swiftcore: softplus; elementwise
/// ln(1 + e^(βx))/β: a smooth max(x, 0) with sharpness β > 0.
public func softplus(_ x: Double, sharpness: Double = 1) -> Double {
    sharpness == 1 ? log1pexp(x) : log1pexp(sharpness * x) / sharpness
}

/// The inverse of `softplus`: x with ln(1 + eˣ) = y, for y ≥ 0. NaN for y < 0.
public func inverseSoftplus(_ y: Double) -> Double { y + log1mexp(-y) }

// swiftcore: logistic; elementwise
/// The logistic function 1/(1 + e⁻ˣ), with full relative accuracy in both tails.
public func logistic(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + .exp(-x)) }
    let exponential = Double.exp(x)
    return exponential / (1 + exponential)
}

/// ln(1/(1 + e⁻ˣ)), without underflow.
public func logLogistic(_ x: Double) -> Double { -log1pexp(-x) }

// swiftcore: logit; elementwise
/// ln(p/(1 − p)), the inverse of `logistic`: ∓∞ at 0 and 1, NaN outside [0, 1].
public func logit(_ p: Double) -> Double {
    // Near 1/2 the quotient is near 1 and its logarithm would lose digits.
    p > 0.25 && p < 0.75 ? .log(onePlus: (2 * p - 1) / (1 - p)) : .log(p) - .log(onePlus: -p)
}

// swiftcore: x_log_y; elementwise
/// x ln y, with 0 ln y = 0 for every y that is not NaN.
public func xLogY(_ x: Double, _ y: Double) -> Double { x == 0 && !y.isNaN ? 0 : x * .log(y) }

/// x ln(1 + y), with 0 ln(1 + y) = 0 for every y that is not NaN.
public func xLog1pY(_ x: Double, _ y: Double) -> Double { x == 0 && !y.isNaN ? 0 : x * .log(onePlus: y) }

/// The summand of Shannon's entropy, −x ln x: 0 at 0, −∞ for x < 0.
public func entropyTerm(_ x: Double) -> Double { x < 0 ? -.infinity : -xLogY(x, x) }

/// The summand of the relative entropy, x ln(x/y): 0 if x = 0 ≤ y, ∞ if x < 0, y < 0 or y = 0 < x.
public func relativeEntropyTerm(_ x: Double, _ y: Double) -> Double {
    if x.isNaN || y.isNaN { return .nan }
    if x == 0, y >= 0 { return 0 }
    guard x > 0, y > 0 else { return .infinity }
    let ratio = x / y
    // Near ratio 1 the logarithm is that of the exact difference.
    if ratio > 0.5, ratio < 2 { return x * .log(onePlus: (x - y) / y) }
    return ratio > 0 && ratio < .infinity ? x * .log(ratio) : x * (.log(x) - .log(y))
}

// swiftcore: log_add_exp; elementwise
/// ln(eˣ + eʸ), without overflow.
public func logAddExp(_ x: Double, _ y: Double) -> Double {
    let (low, high) = x < y ? (x, y) : (y, x)
    if high.magnitude == .infinity { return low.isNaN ? low : high }
    return high + .log(onePlus: .exp(low - high))
}

/// ln(eˣ − eʸ) for x ≥ y, without overflow. −∞ if they are equal, NaN if x < y.
public func logSubtractExp(_ x: Double, _ y: Double) -> Double {
    if y == -.infinity { return x }
    return x == y ? -.infinity : x + log1mexp(y - x)
}

private func logSumExpOfBuffer(_ values: UnsafeBufferPointer<Double>) -> Double {
    var (largest, isNaN) = (-Double.infinity, false)
    for x in values {
        if x > largest { largest = x }
        isNaN = isNaN || x.isNaN
    }
    if isNaN { return .nan }
    guard largest.isFinite else { return largest }
    // The largest term is exactly 1; keep it apart, so that small ones are not lost beside it.
    var (rest, ties) = (0.0, -1.0)
    for x in values {
        if x == largest { ties += 1 } else { rest += .exp(x - largest) }
    }
    return largest + .log(onePlus: ties + rest)
}

extension Collection where Element == Double {
    /// ln Σ exp(xᵢ), shifted by the maximum so that nothing overflows.
    ///
    /// −∞ for an empty collection, ∞ if an element is ∞, NaN if one is NaN. O(count).
    public func logSumExp() -> Double {
        withContiguousStorageIfAvailable(logSumExpOfBuffer) ?? Array(self).withUnsafeBufferPointer(logSumExpOfBuffer)
    }

    /// ln((1/n) Σ exp(xᵢ)); NaN for an empty collection.
    public func logMeanExp() -> Double { isEmpty ? .nan : logSumExp() - .log(Double(count)) }

    /// ln Σ wᵢ exp(xᵢ), shifted by the maximum so that nothing overflows.
    ///
    /// Terms of weight 0 are left out, whatever their xᵢ. Weights may be negative: the result is NaN if
    /// the sum is. NaN if a weight is NaN, or an element of weight other than 0.
    ///
    /// - Parameter weights: as many as there are elements.
    public func logSumExp(weights: some Collection<Double>) -> Double {
        precondition(weights.count == count, "\(weights.count) weights for \(count) elements: expected one each")
        var largest = -Double.infinity
        for (x, weight) in zip(self, weights) where weight != 0 {
            if x.isNaN || weight.isNaN { return .nan }
            if x > largest { largest = x }
        }
        if largest == -.infinity { return largest }
        var sum = 0.0
        for (x, weight) in zip(self, weights) where weight != 0 {
            // At ∞ only the infinite terms matter, and their weights decide.
            sum += weight * (x == largest ? 1 : .exp(x - largest))
        }
        return largest + .log(sum)
    }

    /// exp(xᵢ)/Σ exp(xⱼ), the probabilities with these logits.
    public func softmax() -> Vector {
        let total = logSumExp()
        return Vector(self).map { .exp($0 - total) }
    }

    /// xᵢ − ln Σ exp(xⱼ), the logarithms of `softmax`.
    public func logSoftmax() -> Vector {
        let total = logSumExp()
        return Vector(self).map { $0 - total }
    }
}
