import Foundation

// swiftcore: find_positive_root
/// The root of a function that is monotone on the positive numbers, over all scales.
///
/// The bracket grows from `start` by factors that square at each step, so that roots of any magnitude a
/// Double can hold are bracketed in about ten evaluations; the root is then found in ln x, to full
/// relative accuracy.
///
/// - Parameters:
///   - function: monotone for x > 0, in either direction; infinite values are allowed.
///   - start: a positive guess; it affects only the speed.
/// - Returns: the positive root, to a few units in the last place of ln x.
/// - Throws: `RootFindingError.noSignChange` if there is no root between the smallest and the largest
///   positive Double.
public func findPositiveRoot(
    ofMonotone function: (Double) -> Double, startingAt start: Double = 1
) throws(RootFindingError) -> Double {
    guard start > 0, start.isFinite else {
        throw .invalidStart(argument: "start", value: start, expected: "a positive finite number")
    }
    let smallest = log(Double.leastNormalMagnitude)
    let largest = log(Double.greatestFiniteMagnitude).nextDown
    let center = min(max(log(start), smallest), largest)
    func value(_ logarithm: Double) -> Double {
        let value = function(exp(logarithm))
        // The interpolation needs finite values; only the sign of an infinite one means anything.
        return value.isInfinite ? (value > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude) : value
    }
    var (lower, upper) = (center, center)
    let valueAtCenter = value(center)
    var (valueAtLower, valueAtUpper) = (valueAtCenter, valueAtCenter)
    var (innerLower, innerUpper) = (center, center)
    func differs(_ value: Double) -> Bool {
        value.isNaN || value == 0 || (value > 0) != (valueAtCenter > 0)
    }
    var growth = 1.0
    while !differs(valueAtLower), !differs(valueAtUpper) {
        if lower <= smallest, upper >= largest {
            throw .noSignChange(
                lower: exp(lower), upper: exp(upper), valueAtLower: valueAtLower, valueAtUpper: valueAtUpper)
        }
        (innerLower, innerUpper) = (lower, upper)
        lower = max(lower - growth, smallest)
        upper = min(upper + growth, largest)
        (valueAtLower, valueAtUpper) = (value(lower), value(upper))
        growth *= 2
    }
    // Only the newest stretch on the side that changed sign can hold the root.
    let bracket = differs(valueAtLower) ? lower...innerLower : innerUpper...upper
    return exp(try findRoot(of: value, in: bracket))
}
