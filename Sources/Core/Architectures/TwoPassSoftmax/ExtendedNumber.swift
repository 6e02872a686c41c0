/// mantissa · 2^exponent: an exponential that neither overflows nor vanishes (two-pass-softmax,
/// arXiv:2001.04438).
///
/// The exponent is a whole number in a `Float`, −∞ for zero; 2^exponent is never formed.
public struct ExtendedNumber: Equatable, Sendable {
    public var mantissa: Float
    public var exponent: Float

    /// The pair of these two.
    public init(mantissa: Float, exponent: Float) {
        self.mantissa = mantissa
        self.exponent = exponent
    }

    /// 0 · 2^−∞, which changes nothing when added.
    public static let zero = ExtendedNumber(mantissa: 0, exponent: -.infinity)

    /// The largest magnitude whose exponential has a meaning: up to here the product x·log₂e is rounded to the nearest
    /// whole number or its neighbour.
    public static let argumentLimit: Float = 0x1p22

    /// eˣ, the `ExtExp` of the paper.
    ///
    /// n = round(x·log₂e); t = x − n·ln 2 in two steps (Cody and Waite), each a fused multiply-add; the mantissa is a
    /// polynomial of degree 5 in t.
    ///
    /// - Parameter x: of magnitude at most `argumentLimit`.
    public static func exponential(of x: Float) -> ExtendedNumber {
        let n = (x * 0x1.715476p+0).rounded(.toNearestOrEven)
        var t = x.addingProduct(n, -0x1.62E43p-1)
        t = t.addingProduct(n, 0x1.05C61p-29)
        return ExtendedNumber(mantissa: exponentialPolynomial(t), exponent: n)
    }

    /// The polynomial that stands for e^t, |t| ≤ ln 2 / 2, by Horner's scheme with fused multiply-adds.
    ///
    /// Its coefficients are numbers in single precision; computed in `Double` it is within 1.0e−7 of e^t, relatively.
    public static func exponentialPolynomial<T: BinaryFloatingPoint>(_ t: T) -> T {
        let coefficients: [Float] = [
            0x1.0F9F9Cp-7, 0x1.573A1Ap-5, 0x1.555A80p-3, 0x1.FFFDC6p-2, 0x1.FFFFF6p-1, 1,
        ]
        return coefficients.reduce(T(0)) { result, coefficient in T(coefficient).addingProduct(result, t) }
    }

    /// The sum, the `ExtAdd` of the paper: both are brought to the larger exponent.
    public static func + (left: ExtendedNumber, right: ExtendedNumber) -> ExtendedNumber {
        let largest = max(left.exponent, right.exponent)
        if largest == -.infinity { return .zero }
        let second = right.mantissa * powerOfTwo(right.exponent - largest)
        return ExtendedNumber(
            mantissa: second.addingProduct(left.mantissa, powerOfTwo(left.exponent - largest)), exponent: largest)
    }

    /// This number over another: mantissa · (1 / other.mantissa) · 2^(exponent − other.exponent).
    ///
    /// - Parameters:
    ///   - reciprocal: 1 / other.mantissa.
    ///   - exponent: the other's, not below this one's.
    func divided(byMantissaOf reciprocal: Float, exponent other: Float) -> Float {
        mantissa * reciprocal * powerOfTwo(exponent - other)
    }
}

/// 2^δ for whole δ ≤ 0; 0 for δ ≤ −127, where single precision has no normal number.
func powerOfTwo(_ delta: Float) -> Float {
    delta > -127 ? Float(sign: .plus, exponent: Int(delta), significand: 1) : 0
}
