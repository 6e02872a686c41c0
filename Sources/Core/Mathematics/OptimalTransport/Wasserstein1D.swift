import Foundation

// swiftcore: wasserstein_distance
/// The Wasserstein distance W_p of two weighted samples of real numbers, exactly.
///
/// W_p^p = ∫₀¹ |F⁻¹(t) − G⁻¹(t)|^p dt, by sorting. O((n + m) log(n + m)). Masses are scaled to sum 1.
///
/// - Parameters:
///   - source: at least one finite number.
///   - sourceMasses: the mass of each, not negative; equal masses if nil.
///   - target: at least one finite number.
///   - targetMasses: the mass of each; equal masses if nil.
///   - order: p, at least 1.
/// - Throws: `TransportError` for empty or infinite samples, bad masses, or p < 1.
public func wassersteinDistance(
    _ source: Vector, masses sourceMasses: Vector? = nil, _ target: Vector, masses targetMasses: Vector? = nil,
    order: Double = 1
) throws(TransportError) -> Double {
    guard order >= 1, order < .infinity else {
        throw .outOfRange(argument: "order", value: order, expected: "a finite number of at least 1")
    }
    let first = try WeightedSample(source, sourceMasses, "source")
    let second = try WeightedSample(target, targetMasses, "target")
    var scale = 0.0
    transport(first, second) { _, x, y in scale = max(scale, abs(x - y)) }
    guard scale > 0 else { return 0 }
    // Relative to the largest difference, so that powers neither overflow nor vanish.
    var sum = 0.0
    transport(first, second) { mass, x, y in sum += mass * positivePower(abs(x - y) / scale, order) }
    return scale * (order == 1 ? sum : order == 2 ? sum.squareRoot() : pow(sum, 1 / order))
}

@inline(__always)
func positivePower(_ x: Double, _ order: Double) -> Double {
    order == 1 ? x : order == 2 ? x * x : pow(x, order)
}

/// A sample in ascending order with masses of sum 1.
struct WeightedSample {
    let values: [Double]
    /// Nil for equal masses.
    let masses: [Double]?

    init(_ values: Vector, _ masses: Vector?, _ argument: String) throws(TransportError) {
        if values.isEmpty {
            throw .wrongShape(argument: argument, shape: "(0)", expected: "at least one number")
        }
        for (index, value) in values.enumerated() where !value.isFinite {
            throw .invalidElement(argument: argument, index: index, value: value, expected: "finite numbers")
        }
        if let masses {
            let total = try requireMasses(masses, count: values.count, "\(argument)'s masses")
            let order = values.indices.sorted { values[$0] < values[$1] }
            self.values = order.map { values[$0] }
            self.masses = order.map { masses[$0] / total }
        } else {
            self.values = values.sorted()
            self.masses = nil
        }
    }
}

/// Calls `body` with each piece of the monotone coupling: its mass and the two numbers it joins.
@inline(__always)
func transport(_ first: WeightedSample, _ second: WeightedSample, _ body: (Double, Double, Double) -> Void) {
    let (n, m) = (first.values.count, second.values.count)
    if first.masses == nil, second.masses == nil, n == m {
        for i in 0..<n { body(1 / Double(n), first.values[i], second.values[i]) }
        return
    }
    if first.masses == nil, second.masses == nil {
        // In units of 1/(nm) masses are whole numbers and no rounding adds up.
        var (i, j, left, wanted) = (0, 0, m, n)
        let unit = 1 / (Double(n) * Double(m))
        while i < n, j < m {
            let moved = min(left, wanted)
            body(Double(moved) * unit, first.values[i], second.values[j])
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
        return
    }
    let a = first.masses ?? Array(repeating: 1 / Double(n), count: n)
    let b = second.masses ?? Array(repeating: 1 / Double(m), count: m)
    var (i, j) = (0, 0)
    var (left, wanted) = (a[0], b[0])
    while true {
        let moved = min(left, wanted)
        if moved > 0 { body(moved, first.values[i], second.values[j]) }
        left -= moved
        wanted -= moved
        if left <= 0 {
            i += 1
            if i == n { return }
            left = a[i]
        } else {
            j += 1
            if j == m { return }
            wanted = b[j]
        }
    }
}
