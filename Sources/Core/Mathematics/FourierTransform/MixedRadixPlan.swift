/// A transform of any length by factors: 4, 2, 3, 5, and other primes by their definition.
///
/// The self-sorting scheme of Stockham with decimation in frequency. Stage by stage the data go from
/// one pair of arrays to another; in the stage of factor p, with l the product of the factors before
/// it and m of those after it, element i + m(b + pk) goes to i + m(k + lb). Factors 4 come last, so
/// that m is a multiple of 4 wherever it can be and four neighbours i are computed at once.
struct MixedRadixPlan: Sendable {
    let count: Int
    private let stages: [Stage]
    /// For each stage, for each b = 1 … p − 1, m real and m imaginary parts of exp(−2πi l b i / n).
    private let twiddles: Storage<Double>

    private struct Stage: Sendable {
        let factor: Int
        let before: Int
        let after: Int
        let twiddleOffset: Int
        /// For other primes: cos and sin of 2πj/p.
        let roots: [(real: Double, imaginary: Double)]
    }

    init(count: Int) {
        self.count = count
        var stages: [Stage] = []
        var before = 1
        var offset = 0
        for factor in Self.factors(of: count) {
            let after = count / (before * factor)
            let roots = factor > 5 ? (0..<factor).map { rootOfUnity($0, of: factor) } : []
            stages.append(
                Stage(factor: factor, before: before, after: after, twiddleOffset: offset, roots: roots))
            offset += after > 1 ? 2 * (factor - 1) * after : 0
            before *= factor
        }
        self.stages = stages
        twiddles = Storage(uninitializedCount: offset)
        for stage in stages where stage.after > 1 {
            for b in 1..<stage.factor {
                let base = twiddles.pointer + stage.twiddleOffset + 2 * (b - 1) * stage.after
                for i in 0..<stage.after {
                    let root = rootOfUnity(stage.before * b * i, of: count)
                    base[i] = root.real
                    base[stage.after + i] = root.imaginary
                }
            }
        }
    }

    /// The factors in the order of the stages: odd ones, at most one 2, then the 4s.
    static func factors(of count: Int) -> [Int] {
        var rest = max(count, 1)
        var fours = 0
        var result: [Int] = []
        while rest % 4 == 0 {
            rest /= 4
            fours += 1
        }
        var two = false
        if rest % 2 == 0 {
            rest /= 2
            two = true
        }
        var divisor = 3
        while divisor * divisor <= rest {
            while rest % divisor == 0 {
                result.append(divisor)
                rest /= divisor
            }
            divisor += 2
        }
        if rest > 1 { result.append(rest) }
        result.reverse()
        if two { result.append(2) }
        return result + Array(repeating: 4, count: fours)
    }

    /// Transforms `data` with the help of `work`, both of `count` elements; true if the result is in `work`.
    func execute(_ data: SplitPointer, _ work: SplitPointer) -> Bool {
        var source = data
        var target = work
        for stage in stages {
            let w = UnsafePointer(twiddles.pointer + stage.twiddleOffset)
            let (l, m) = (stage.before, stage.after)
            switch stage.factor {
            case 2: Butterflies.radix2(l, m, source, target, w)
            case 3: Butterflies.radix3(l, m, source, target, w)
            case 4: Butterflies.radix4(l, m, source, target, w)
            case 5: Butterflies.radix5(l, m, source, target, w)
            default: Butterflies.anyOdd(stage.factor, stage.roots, l, m, source, target, w)
            }
            swap(&source, &target)
        }
        withExtendedLifetime(twiddles) {}
        return stages.count % 2 == 1
    }
}
