import Architectures
import Foundation
import Mathematics
import Testing

/// The polynomial, the pairs and the three algorithms of two-pass-softmax (arXiv:2001.04438).
@Suite struct TwoPassSoftmaxTests {
    /// Against e^t in Double, whose own error is 10⁻¹⁶.
    @Test func polynomialIsWithinItsErrorOfTheExponential() {
        var largest = 0.0
        for step in 0...20_000 {
            let t = (Double(step) / 10_000 - 1) * log(2) / 2
            largest = max(largest, abs(ExtendedNumber.exponentialPolynomial(t) / exp(t) - 1))
        }
        #expect(largest <= 1e-7)
        // A minimax polynomial of degree 5 cannot do much better, so that a constant mistyped in its last digit shows.
        #expect(largest >= 2e-8)
    }

    @Test func exponentialsAreMantissaTimesPowerOfTwo() {
        for x: Float in [0, 1, -1, 0.3466, -0.3466, 10, -87, 88.5, 200, -200, 1000, -1000] {
            let power = ExtendedNumber.exponential(of: x)
            #expect(power.mantissa > 0.7 && power.mantissa < 1.42)
            #expect(power.exponent == power.exponent.rounded())
            // ln(m · 2ⁿ) = x: what e^1000 itself cannot say.
            let logarithm = log(Double(power.mantissa)) + Double(power.exponent) * log(2)
            #expect(abs(logarithm - Double(x)) < 2e-7, "x = \(x)")
        }
    }

    @Test func additionBringsBothToTheLargerExponent() {
        let a = ExtendedNumber(mantissa: 1.25, exponent: 3), b = ExtendedNumber(mantissa: 1.5, exponent: 1)
        // 10 + 3 = 13 = 1.625 · 8
        #expect(a + b == ExtendedNumber(mantissa: 1.625, exponent: 3))
        #expect(b + a == a + b)
        #expect(ExtendedNumber.zero + a == a)
        #expect(a + .zero == a)
        #expect(ExtendedNumber.zero + .zero == .zero)
        // Mantissas are not normalised, and numbers beyond single precision can be added.
        let large = ExtendedNumber(mantissa: 1, exponent: 5000)
        #expect(large + large == ExtendedNumber(mantissa: 2, exponent: 5000))
        // 2^−126 still counts, 2^−127 is replaced by 0.
        let one = ExtendedNumber(mantissa: 0, exponent: 0)
        #expect((one + ExtendedNumber(mantissa: 1, exponent: -126)).mantissa == 0x1p-126)
        #expect((one + ExtendedNumber(mantissa: 1, exponent: -127)).mantissa == 0)
    }

    /// The vectors compute what the scalar reference computes, every bit of it.
    @Test func vectorExponentialsAreTheReferenceBitForBit() throws {
        var generator = Philox(seed: 1)
        for width: Float in [1, 30, 1000, 4e6] {
            // Not a multiple of 16: the last vector is filled up.
            let x = (0..<1003).map { _ in (Float(generator.uniform()) * 2 - 1) * width }
            let (mantissas, exponents) = try extendedExponentials(of: DenseVector(x))
            let expected = x.map { ExtendedNumber.exponential(of: $0) }
            #expect(Array(mantissas) == expected.map(\.mantissa))
            #expect(Array(exponents) == expected.map(\.exponent))
        }
    }

    /// Sums in another order: all lengths around the vectors', all ways, against the references and against Double.
    @Test func allAlgorithmsAgreeForEveryLength() throws {
        var generator = Philox(seed: 2)
        for count in Array(1...70) + [127, 128, 129, 1000] {
            let x = (0..<count).map { _ in Float(generator.normal()) * 5 }
            let exact = Vector(x.map(Double.init)).softmax()
            for algorithm in SoftmaxAlgorithm.allCases {
                let reference = try algorithm.reference(of: x).probabilities
                for ways in [1, 2, 4] {
                    let y = try softmax(of: DenseVector(x), by: algorithm, ways: ways)
                    for i in 0..<count {
                        #expect(abs(Double(y[i]) - exact[i]) <= 2e-6 * exact[i] + 1e-37)
                        #expect(abs(y[i] - reference[i]) <= 2e-6 * reference[i] + 1e-37)
                    }
                }
            }
        }
    }

    /// scipy.special.softmax(np.array([3, -1, 0.5, 100, 99.25, 98]))
    @Test func matchesSciPy() throws {
        let y = try softmax(of: DenseVector<Float>([3, -1, 0.5, 100, 99.25, 98]))
        // SciPy has 4.6e−43 and less: below the normal numbers everything is 0.
        #expect(Array(y[0..<3]) == [0, 0, 0])
        for (value, expected) in zip(y[3...], [0.6220058829452726, 0.29381477471148953, 0.08417934234323782]) {
            #expect(abs(Double(value) - expected) < 2e-7)
        }
    }

    /// Relative for results of ordinary size, absolute over a range that overflows.
    @Test func errorsStayWithinTheBounds() throws {
        var generator = Philox(seed: 3)
        let normal = (0..<4096).map { _ in Float(generator.normal()) * 5 }
        let wide = (0..<4096).map { _ in (Float(generator.uniform()) * 2 - 1) * 1000 }
        for algorithm in SoftmaxAlgorithm.allCases {
            let y = try softmax(of: DenseVector(normal), by: algorithm)
            let exact = Vector(normal.map(Double.init)).softmax()
            for i in normal.indices where exact[i] > 1e-37 { #expect(abs(Double(y[i]) / exact[i] - 1) <= 2e-5) }
            let z = try softmax(of: DenseVector(wide), by: algorithm)
            let exactWide = Vector(wide.map(Double.init)).softmax()
            for i in wide.indices { #expect(abs(Double(z[i]) - exactWide[i]) <= 1e-7) }
        }
    }

    /// 1 / (1 + e⁻¹ + e⁻²) = 0.6652409557748219
    @Test func farFromZeroWhereTheNaiveFormulaFails() throws {
        let x: [Float] = [-10_000, -10_001, -10_002]
        let naive = naiveSoftmax(of: x)
        #expect(naive.filter(\.isNaN).count == 3)
        #expect(naiveSoftmax(of: [100, 0])[0].isNaN)
        for algorithm in SoftmaxAlgorithm.allCases {
            let y = try softmax(of: DenseVector(x), by: algorithm)
            for (value, expected) in zip(y, [0.6652409557748219, 0.24472847105479764, 0.09003057317038046]) {
                #expect(abs(Double(value) - expected) < 1e-6)
            }
        }
        // Where nothing overflows the naive formula is right.
        #expect(abs(naiveSoftmax(of: [0, 1])[1] - 0.7310586) < 1e-6)
    }

    /// The number of loads and stores of the listing itself, and what the passes are said to move.
    @Test func trafficIsFourFiveAndThreeNumbersForEach() throws {
        let x = (0..<321).map { Float($0 % 17) }
        for (algorithm, perNumber) in zip(SoftmaxAlgorithm.allCases, [4, 5, 3]) {
            let counted = try algorithm.reference(of: x).traffic
            #expect(counted.total == perNumber * x.count)
            #expect(counted == algorithm.traffic(count: x.count))
            #expect(counted.bytes == 4 * perNumber * x.count)
        }
        #expect(SoftmaxPass.copy.traffic(count: 10) == MemoryTraffic(reads: 10, writes: 10))
    }

    @Test func passesLeaveWhatTheNextOnesNeed() throws {
        let x: [Float] = (0..<100).map { Float($0) / 10 }
        var memory = try SoftmaxMemory(DenseVector(x), ways: 2)
        memory.run(.copy)
        #expect(Array(memory.output) == x)
        memory.run(.maximum)
        #expect(memory.maximum == 9.9)
        memory.run(.sum)
        let sum = x.reduce(0) { $0 + exp(Double($1) - Double(Float(9.9))) }
        #expect(abs(Double(memory.sum) - sum) < 1e-6 * sum)
        memory.run(.extendedSum)
        let logarithm = log(Double(memory.extendedSum.mantissa)) + Double(memory.extendedSum.exponent) * log(2)
        #expect(abs(logarithm - (log(sum) + Double(Float(9.9)))) < 1e-6)
    }

    @Test func badArgumentsAreNamed() throws {
        let some = "at least one number"
        #expect(throws: ArchitectureError.invalid(argument: "values", value: "empty", expected: some)) {
            try softmax(of: DenseVector<Float>([]))
        }
        let range = "a finite number of magnitude at most 2^22"
        for bad in [Float.nan, .infinity, -.infinity, 5e6] {
            #expect(throws: ArchitectureError.invalid(argument: "values[1]", value: "\(bad)", expected: range)) {
                try softmax(of: DenseVector<Float>([0, bad]))
            }
        }
        #expect(throws: ArchitectureError.invalid(argument: "ways", value: "3", expected: "1, 2 or 4")) {
            try softmax(of: DenseVector<Float>([0]), ways: 3)
        }
    }
}
