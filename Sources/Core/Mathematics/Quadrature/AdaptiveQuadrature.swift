import RealModule

/// What adaptive quadrature found.
public struct QuadratureResult: Sendable, Equatable {
    /// The integral.
    public let value: Double
    /// An estimate of the absolute error, usually pessimistic.
    public let errorEstimate: Double
    /// How often the integrand was called.
    public let evaluations: Int
    /// Into how many pieces the range was cut.
    public let pieces: Int
}

// swiftcore: integrate
/// The integral of a function over a finite or infinite range.
///
/// Globally adaptive bisection with the Gauss-Kronrod pair of 10 and 21 points and QUADPACK's error
/// estimate (Piessens, de Doncker-Kapenga, Überhuber and Kahaner 1983): the piece with the largest error
/// is halved until the sum of the errors is below max(absoluteTolerance, relativeTolerance·|integral|).
/// Infinite ends are mapped by x = a ± 1/t beyond a ± 1. Where the halving creeps towards an end of the range or
/// a breakpoint, x = a ± w t⁸ takes over, which turns algebraic and logarithmic singularities there into
/// smooth functions. The ends of the range and the breakpoints are never
/// evaluated, so that the integrand may be singular there; a strong singularity is best placed at 0, where the
/// Doubles are dense enough to resolve it.
///
/// ```swift
/// try integrate({ exp(-$0 * $0) }, from: -.infinity, to: .infinity).value    // √π
/// ```
///
/// - Parameters:
///   - function: the integrand.
///   - start: where to begin; may be infinite.
///   - end: where to end; may be infinite, and before `from`, which changes the sign.
///   - breakpoints: finite points where the integrand has kinks, jumps or singularities; those outside
///     the range are ignored.
///   - absoluteTolerance: an error that is small enough, whatever the integral.
///   - relativeTolerance: an error that is small enough relative to the integral; at least 5e-15 unless
///     `absoluteTolerance` is positive.
///   - maximumPieces: how many pieces there may be.
/// - Throws: `QuadratureError.notFinite` if the integrand is, `.notConverged` if the tolerance cannot be met
///   because of the limit, of rounding, or of an integral that diverges; `.invalidArgument`.
public func integrate(
    _ function: (Double) -> Double, from start: Double, to end: Double, breakpoints: [Double] = [],
    absoluteTolerance: Double = 1e-12, relativeTolerance: Double = 1e-10, maximumPieces: Int = 500
) throws(QuadratureError) -> QuadratureResult {
    for (argument, value) in [("from", start), ("to", end)] where value.isNaN {
        throw .invalidArgument(argument: argument, value: value, expected: "a number")
    }
    for point in breakpoints where !point.isFinite {
        throw .invalidArgument(argument: "breakpoints", value: point, expected: "finite numbers")
    }
    guard absoluteTolerance >= 0, relativeTolerance >= 0, absoluteTolerance > 0 || relativeTolerance >= 5e-15 else {
        throw .invalidArgument(
            argument: "relativeTolerance", value: relativeTolerance,
            expected: "tolerances ≥ 0, and at least 5e-15 if absoluteTolerance is 0")
    }
    guard start != end else { return QuadratureResult(value: 0, errorEstimate: 0, evaluations: 0, pieces: 0) }
    let (lower, upper) = (min(start, end), max(start, end))
    let points = [lower] + breakpoints.filter { $0 > lower && $0 < upper }.sorted() + [upper]
    guard maximumPieces >= points.count + 1 else {
        throw .invalidArgument(
            argument: "maximumPieces", value: Double(maximumPieces), expected: "at least \(points.count + 1)")
    }
    var heap: [GaussKronrodPiece] = []
    heap.reserveCapacity(maximumPieces + 1)
    for (left, right) in zip(points, points.dropFirst()) where left < right {
        // An infinite end takes a piece of its own, so that the finite end keeps the density of Doubles there.
        var (from, to) = (left, right)
        if left == -.infinity {
            let origin = right == .infinity ? 0 : right
            heap.push(try GaussKronrodPiece(0, 1, .below(origin), function))
            from = origin - 1
        }
        if right == .infinity {
            let origin = left == -.infinity ? 0 : left
            heap.push(try GaussKronrodPiece(0, 1, .above(origin), function))
            to = origin + 1
        }
        if from < to {
            heap.push(
                try GaussKronrodPiece(
                    from, to, .identity, function, lowerIsEnd: from == left, upperIsEnd: to == right))
        }
    }
    var evaluations = 21 * heap.count
    var sluggishHalvings = 0
    while true {
        // Summed afresh, so that the rounding of large early errors does not stay in the total.
        let value = heap.reduce(0) { $0 + $1.value }
        let error = heap.reduce(0) { $0 + $1.error }
        let tolerance = max(absoluteTolerance, relativeTolerance * value.magnitude)
        if error <= tolerance {
            return QuadratureResult(
                value: start < end ? value : -value, errorEstimate: error, evaluations: evaluations,
                pieces: heap.count)
        }
        func failure(_ reason: String) -> QuadratureError {
            .notConverged(
                value: start < end ? value : -value, errorEstimate: error, tolerance: tolerance, reason: reason)
        }
        if heap.count >= maximumPieces { throw failure("\(maximumPieces) pieces do not suffice") }
        let worst = heap.popLargest()
        let middle = worst.lower / 2 + worst.upper / 2
        let finest = 50 * Double.ulpOfOne * max(worst.lower.magnitude, worst.upper.magnitude) + 1e-305
        if worst.upper - worst.lower <= finest {
            throw failure("the integrand cannot be resolved near \(worst.point(middle))")
        }
        if worst.map == .identity, worst.depth >= 2, worst.lowerIsEnd != worst.upperIsEnd {
            let width = worst.upper - worst.lower
            let map: GaussKronrodPiece.Map =
                worst.lowerIsEnd ? .powerAbove(worst.lower, width) : .powerBelow(worst.upper, width)
            heap.push(try GaussKronrodPiece(0, 1, map, function))
            evaluations += 21
            continue
        }
        let left = try GaussKronrodPiece(
            worst.lower, middle, worst.map, function, lowerIsEnd: worst.lowerIsEnd, depth: worst.depth + 1)
        let right = try GaussKronrodPiece(
            middle, worst.upper, worst.map, function, upperIsEnd: worst.upperIsEnd, depth: worst.depth + 1)
        evaluations += 42
        // Halves that repeat the value of the whole without a smaller error have met the rounding of
        // the integrand.
        let change = (left.value + right.value - worst.value).magnitude
        if change <= 1e-5 * (left.value + right.value).magnitude, left.error + right.error >= 0.99 * worst.error {
            sluggishHalvings += 1
            if sluggishHalvings >= 20 { throw failure("rounding in the integrand prevents a smaller error") }
        }
        heap.push(left)
        heap.push(right)
    }
}

/// One piece of the range with its Gauss-Kronrod estimate.
private struct GaussKronrodPiece {
    enum Map: Equatable {
        case identity
        /// x = a + 1/t for t in (0, 1].
        case above(Double)
        /// x = a − 1/t for t in (0, 1].
        case below(Double)
        /// x = a + w t⁸ for t in [0, 1].
        case powerAbove(Double, Double)
        /// x = a − w t⁸ for t in [0, 1].
        case powerBelow(Double, Double)
    }

    let lower: Double
    let upper: Double
    let map: Map
    /// Whether this end is one of the range or a breakpoint.
    let lowerIsEnd: Bool
    let upperIsEnd: Bool
    /// How many halvings led here.
    let depth: Int
    private(set) var value = 0.0
    private(set) var error = 0.0

    func point(_ t: Double) -> Double {
        switch map {
        case .identity: t
        case .above(let origin): origin + 1 / t
        case .below(let origin): origin - 1 / t
        case .powerAbove(let origin, let width): origin + width * Self.eighthPower(t)
        case .powerBelow(let origin, let width): origin - width * Self.eighthPower(t)
        }
    }

    private static func eighthPower(_ t: Double) -> Double {
        let square = t * t
        return square * square * (square * square)
    }

    /// f(x) dx/dt at t.
    @inline(__always)
    private func sample(_ t: Double, _ function: (Double) -> Double) throws(QuadratureError) -> Double {
        let x = point(t)
        var scale = 1.0
        switch map {
        case .identity: break
        case .above, .below:
            // So far out that x is no number any more the integrand must have vanished.
            if x.magnitude == .infinity { return 0 }
            scale = 1 / (t * t)
        case .powerAbove(let origin, let width), .powerBelow(let origin, let width):
            // So near that x is the end itself, the factor t⁷ leaves nothing.
            if x == origin { return 0 }
            scale = 8 * width * (Self.eighthPower(t) / t)
        }
        let value = function(x)
        let scaled = value * scale
        if !scaled.isFinite {
            if value == 0 { return 0 }
            throw .notFinite(at: x, value: value)
        }
        return scaled
    }

    init(
        _ lower: Double, _ upper: Double, _ map: Map, _ function: (Double) -> Double, lowerIsEnd: Bool = false,
        upperIsEnd: Bool = false, depth: Int = 0
    ) throws(QuadratureError) {
        (self.lower, self.upper, self.map) = (lower, upper, map)
        (self.lowerIsEnd, self.upperIsEnd, self.depth) = (lowerIsEnd, upperIsEnd, depth)
        let center = lower / 2 + upper / 2
        let half = upper / 2 - lower / 2
        let atCenter = try sample(center, function)
        var kronrod = Self.kronrodWeights[10] * atCenter
        var magnitude = kronrod.magnitude
        var gauss = 0.0
        var (belowValues, aboveValues) = (SIMD16<Double>.zero, SIMD16<Double>.zero)
        for index in 0..<10 {
            let offset = half * Self.nodes[index]
            let below = try sample(center - offset, function)
            let above = try sample(center + offset, function)
            belowValues[index] = below
            aboveValues[index] = above
            kronrod += Self.kronrodWeights[index] * (below + above)
            magnitude += Self.kronrodWeights[index] * (below.magnitude + above.magnitude)
            if index & 1 == 1 { gauss += Self.gaussWeights[index >> 1] * (below + above) }
        }
        let mean = kronrod / 2
        var deviation = Self.kronrodWeights[10] * (atCenter - mean).magnitude
        for index in 0..<10 {
            deviation += Self.kronrodWeights[index]
                * ((belowValues[index] - mean).magnitude + (aboveValues[index] - mean).magnitude)
        }
        value = kronrod * half
        deviation *= half
        magnitude *= half
        error = ((kronrod - gauss) * half).magnitude
        if deviation != 0, error != 0 {
            let ratio = 200 * error / deviation
            error = deviation * min(1, ratio * ratio.squareRoot())
        }
        if magnitude > .leastNormalMagnitude / (50 * .ulpOfOne) { error = max(50 * .ulpOfOne * magnitude, error) }
    }

    // The positive nodes of the Kronrod rule, from the outermost, and the weights of both rules
    // (Gauss's nodes are every second one). Computed to 40 digits.
    static let nodes: [Double] = [
        0.99565716302580808074, 0.97390652851717172008, 0.930157491355708226, 0.86506336668898451073,
        0.78081772658641689706, 0.67940956829902440623, 0.56275713466860468334, 0.4333953941292471908,
        0.29439286270146019813, 0.14887433898163121088,
    ]
    static let kronrodWeights: [Double] = [
        0.011694638867371874278, 0.032558162307964727479, 0.054755896574351996031, 0.075039674810919952767,
        0.093125454583697605535, 0.1093871588022976419, 0.12349197626206585108, 0.13470921731147332593,
        0.1427759385770600808, 0.14773910490133849137, 0.14944555400291690566,
    ]
    static let gaussWeights: [Double] = [
        0.066671344308688137594, 0.14945134915058059315, 0.219086362515982044, 0.26926671930999635509,
        0.29552422471475287017,
    ]
}

/// A heap with the largest error at the root.
extension [GaussKronrodPiece] {
    fileprivate mutating func push(_ piece: GaussKronrodPiece) {
        append(piece)
        var child = count - 1
        while child > 0, self[(child - 1) / 2].error < self[child].error {
            swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    fileprivate mutating func popLargest() -> GaussKronrodPiece {
        let largest = self[0]
        let last = removeLast()
        guard !isEmpty else { return largest }
        self[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < count else { return largest }
            if child + 1 < count, self[child + 1].error > self[child].error { child += 1 }
            if self[child].error <= self[parent].error { return largest }
            swapAt(child, parent)
            parent = child
        }
    }
}
