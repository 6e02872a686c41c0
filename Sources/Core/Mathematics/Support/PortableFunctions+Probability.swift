/// What exact sampling of counts needs, in the same portable arithmetic: the samplers compare these
/// with random bits, so that their last bit decides which bits are used next.
extension PortableFunctions {
    /// ln(1 + x) for x > −1, accurate for small x (Kahan's correction of the rounding of 1 + x).
    @usableFromInline
    static func logarithmOfOnePlus(_ x: Double) -> Double {
        let sum = 1 + x
        if sum == 1 || sum == .infinity { return x }
        return logarithm(sum) * (x / (sum - 1))
    }

    /// eˣ − 1, accurate for small x.
    @usableFromInline
    static func exponentialMinusOne(_ x: Double) -> Double {
        guard x.magnitude < 0.35 else { return exponential(x) - 1 }
        var sum = 1.0
        for power in stride(from: 16.0, through: 2, by: -1) { sum = 1 + sum * x / power }
        return x * sum
    }

    /// xʸ for x ≥ 0; its relative error is |y ln x| units in the last place.
    @usableFromInline
    static func power(_ x: Double, _ y: Double) -> Double { y == 1 ? x : exponential(y * logarithm(x)) }

    /// ln n! − ln(√(2πn)(n/e)ⁿ) for n = 1 … 15, to 40 digits and rounded.
    private static let smallStirlingErrors: [Double] = [
        0.0810614667953272582, 0.0413406959554092941, 0.0276779256849983391, 0.0207906721037650931,
        0.0166446911898211922, 0.013876128823070748, 0.0118967099458917701, 0.0104112652619720965,
        0.00925546218271273292, 0.00833056343336287126, 0.00757367548795184079, 0.00694284010720952987,
        0.00640899418800420707, 0.00595137011275884774, 0.00555473355196280137,
    ]

    /// The error of Stirling's formula, ln n! − ln(√(2πn)(n/e)ⁿ), for a whole number n ≥ 1.
    @usableFromInline
    static func stirlingError(_ n: Double) -> Double {
        if n < 16 { return smallStirlingErrors[Int(n) - 1] }
        let square = n * n
        return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square)
            / n
    }

    /// x ln(x/m) + m − x for x > 0, m > 0, without cancellation near x = m.
    @usableFromInline
    static func deviance(_ x: Double, _ m: Double) -> Double {
        let difference = x - m
        guard difference.magnitude < 0.1 * (x + m) else { return x * logarithm(x / m) - difference }
        let ratio = difference / (x + m)
        let square = ratio * ratio
        var sum = difference * ratio
        var term = 2 * x * ratio
        var odd = 1.0
        while true {
            term *= square
            odd += 2
            let next = sum + term / odd
            if next == sum { return sum }
            sum = next
        }
    }

    private static let logarithmOfTwoPi = 1.8378770664093454836

    /// ln of the Poisson mass meanᵏe^(−mean)/k!.
    ///
    /// This and the binomial's follow Loader, "Fast and accurate computation of binomial probabilities",
    /// 2000: the error of Stirling's formula and the deviance, which stay accurate at any size.
    @usableFromInline
    static func poissonLogMass(_ k: Double, mean: Double) -> Double {
        guard k >= 0 else { return -.infinity }
        if mean == 0 { return k == 0 ? 0 : -.infinity }
        if k == 0 { return -mean }
        return -stirlingError(k) - deviance(k, mean) - (logarithmOfTwoPi + logarithm(k)) / 2
    }

    /// ln of the binomial mass of k successes among n trials.
    @usableFromInline
    static func binomialLogMass(_ k: Double, trials n: Double, probability p: Double) -> Double {
        guard k >= 0, k <= n else { return -.infinity }
        if p == 0 { return k == 0 ? 0 : -.infinity }
        if p == 1 { return k == n ? 0 : -.infinity }
        if k == 0 { return n * logarithmOfOnePlus(-p) }
        if k == n { return n * logarithm(p) }
        let kernel =
            stirlingError(n) - stirlingError(k) - stirlingError(n - k)
            - deviance(k, n * p) - deviance(n - k, n * (1 - p))
        return kernel - (logarithmOfTwoPi + logarithm(k) + logarithmOfOnePlus(-k / n)) / 2
    }

    /// ln of the hypergeometric mass: k of the `successes` marked among `draws` without replacement.
    @usableFromInline
    static func hypergeometricLogMass(
        _ k: Double, successes: Double, failures: Double, draws: Double
    ) -> Double {
        guard k >= max(0, draws - failures), k <= min(draws, successes) else { return -.infinity }
        if draws == 0 || draws == successes + failures { return 0 }
        // The sampling fraction as common probability makes the three masses of one size.
        let p = draws / (successes + failures)
        return binomialLogMass(k, trials: successes, probability: p)
            + binomialLogMass(draws - k, trials: failures, probability: p)
            - binomialLogMass(draws, trials: successes + failures, probability: p)
    }
}
