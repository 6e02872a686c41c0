/// Elementary functions from additions, multiplications and divisions alone.
///
/// The C library's `exp` and `log` differ in the last bit from platform to platform. Where a result
/// decides which random bits are used next (the rejection steps of the ziggurat), one different bit
/// would change everything drawn after it; these give the same bits on every IEEE machine.
/// Their relative error is a few units in the last place.
@usableFromInline
enum PortableFunctions {
    private static let logarithmOfTwoHigh = 0x1.62e42feep-1
    private static let logarithmOfTwoLow = 0x1.a39ef35793c76p-33

    /// eˣ.
    @usableFromInline
    static func exponential(_ x: Double) -> Double {
        guard x > -745 else { return x.isNaN ? x : 0 }
        guard x < 709.7 else { return .infinity }
        let exponent = (x / (logarithmOfTwoHigh + logarithmOfTwoLow)).rounded()
        let remainder = (x - exponent * logarithmOfTwoHigh) - exponent * logarithmOfTwoLow
        // Taylor's series to the 14th power: |remainder| ≤ ln 2 / 2 leaves 2e-19.
        var sum = 1.0
        for power in stride(from: 14.0, through: 1, by: -1) { sum = 1 + sum * remainder / power }
        return sum * Double(sign: .plus, exponent: Int(exponent), significand: 1)
    }

    /// ln x for x > 0.
    @usableFromInline
    static func logarithm(_ x: Double) -> Double {
        guard x > 0, x < .infinity else { return x == 0 ? -.infinity : x == .infinity ? x : .nan }
        var exponent = Double(x.exponent)
        var significand = x.significand
        if significand > 1.4142135623730951 {
            significand /= 2
            exponent += 1
        }
        // ln m = 2 artanh s with s = (m − 1)/(m + 1), |s| ≤ 0.172.
        let s = (significand - 1) / (significand + 1)
        let square = s * s
        var sum = 0.0
        // Horner's scheme for Σ s²ᵏ/(2k + 1), k = 1 … 12.
        sum = (sum + 1.0 / 25) * square
        sum = (sum + 1.0 / 23) * square
        sum = (sum + 1.0 / 21) * square
        sum = (sum + 1.0 / 19) * square
        sum = (sum + 1.0 / 17) * square
        sum = (sum + 1.0 / 15) * square
        sum = (sum + 1.0 / 13) * square
        sum = (sum + 1.0 / 11) * square
        sum = (sum + 1.0 / 9) * square
        sum = (sum + 1.0 / 7) * square
        sum = (sum + 1.0 / 5) * square
        sum = (sum + 1.0 / 3) * square
        return exponent * logarithmOfTwoHigh + (2 * s * (1 + sum) + exponent * logarithmOfTwoLow)
    }
}
