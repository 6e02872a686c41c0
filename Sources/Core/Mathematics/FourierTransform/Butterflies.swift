/// One stage of a mixed-radix transform for each factor.
///
/// `l` is the product of the factors before, `m` of those after; see `MixedRadixPlan`.
enum Butterflies {
    private typealias Four = SIMD4<Double>

    /// Multiplies by the twiddle factor b at index i and stores; b counts from 1.
    @inline(__always)
    private static func store<L: TransformLane>(
        _ value: ComplexLane<L>, _ target: SplitPointer, at index: Int,
        _ w: UnsafePointer<Double>, _ b: Int, _ m: Int, _ i: Int
    ) {
        let base = w + 2 * (b - 1) * m + i
        target.store(value * ComplexLane(L(loading: base), L(loading: base + m)), at: index)
    }

    // MARK: Factor 2

    @inline(__always)
    private static func one2<L: TransformLane>(
        _: L.Type, _ l: Int, _ m: Int, _ k: Int, _ i: Int, _ x: SplitPointer, _ y: SplitPointer,
        _ w: UnsafePointer<Double>
    ) {
        let a: ComplexLane<L> = x.load(i + m * 2 * k)
        let b: ComplexLane<L> = x.load(i + m * (2 * k + 1))
        y.store(a + b, at: i + m * k)
        if m > 1 { store(a - b, y, at: i + m * (k + l), w, 1, m, i) } else { y.store(a - b, at: k + l) }
    }

    static func radix2(_ l: Int, _ m: Int, _ x: SplitPointer, _ y: SplitPointer, _ w: UnsafePointer<Double>) {
        for k in 0..<l {
            var i = 0
            while i + 4 <= m {
                one2(Four.self, l, m, k, i, x, y, w)
                i += 4
            }
            while i < m {
                one2(Double.self, l, m, k, i, x, y, w)
                i += 1
            }
        }
    }

    // MARK: Factor 3

    @inline(__always)
    private static func one3<L: TransformLane>(
        _: L.Type, _ l: Int, _ m: Int, _ k: Int, _ i: Int, _ x: SplitPointer, _ y: SplitPointer,
        _ w: UnsafePointer<Double>
    ) {
        let a0: ComplexLane<L> = x.load(i + m * 3 * k)
        let a1: ComplexLane<L> = x.load(i + m * (3 * k + 1))
        let a2: ComplexLane<L> = x.load(i + m * (3 * k + 2))
        let sum = a1 + a2
        let difference = L(repeating: 0.86602540378443864676) * (a1 - a2)
        let middle = a0 - L(repeating: 0.5) * sum
        y.store(a0 + sum, at: i + m * k)
        let (y1, y2) = (middle.minusI(times: difference), middle.plusI(times: difference))
        if m > 1 {
            store(y1, y, at: i + m * (k + l), w, 1, m, i)
            store(y2, y, at: i + m * (k + 2 * l), w, 2, m, i)
        } else {
            y.store(y1, at: k + l)
            y.store(y2, at: k + 2 * l)
        }
    }

    static func radix3(_ l: Int, _ m: Int, _ x: SplitPointer, _ y: SplitPointer, _ w: UnsafePointer<Double>) {
        for k in 0..<l {
            var i = 0
            while i + 4 <= m {
                one3(Four.self, l, m, k, i, x, y, w)
                i += 4
            }
            while i < m {
                one3(Double.self, l, m, k, i, x, y, w)
                i += 1
            }
        }
    }

    // MARK: Factor 4

    @inline(__always)
    private static func one4<L: TransformLane>(
        _ a0: ComplexLane<L>, _ a1: ComplexLane<L>, _ a2: ComplexLane<L>, _ a3: ComplexLane<L>
    ) -> (ComplexLane<L>, ComplexLane<L>, ComplexLane<L>, ComplexLane<L>) {
        let (even, evenDifference) = (a0 + a2, a0 - a2)
        let (odd, oddDifference) = (a1 + a3, a1 - a3)
        return (
            even + odd, evenDifference.minusI(times: oddDifference), even - odd,
            evenDifference.plusI(times: oddDifference)
        )
    }

    @inline(__always)
    private static func one4<L: TransformLane>(
        _: L.Type, _ l: Int, _ m: Int, _ k: Int, _ i: Int, _ x: SplitPointer, _ y: SplitPointer,
        _ w: UnsafePointer<Double>
    ) {
        let base = i + m * 4 * k
        let (y0, y1, y2, y3): (ComplexLane<L>, ComplexLane<L>, ComplexLane<L>, ComplexLane<L>) = one4(
            x.load(base), x.load(base + m), x.load(base + 2 * m), x.load(base + 3 * m))
        y.store(y0, at: i + m * k)
        store(y1, y, at: i + m * (k + l), w, 1, m, i)
        store(y2, y, at: i + m * (k + 2 * l), w, 2, m, i)
        store(y3, y, at: i + m * (k + 3 * l), w, 3, m, i)
    }

    static func radix4(_ l: Int, _ m: Int, _ x: SplitPointer, _ y: SplitPointer, _ w: UnsafePointer<Double>) {
        if m == 1 { return lastRadix4(l, x, y) }
        for k in 0..<l {
            var i = 0
            while i + 4 <= m {
                one4(Four.self, l, m, k, i, x, y, w)
                i += 4
            }
            while i < m {
                one4(Double.self, l, m, k, i, x, y, w)
                i += 1
            }
        }
    }

    /// The last stage: the four inputs of a butterfly are neighbours, and four butterflies are done at
    /// once after a 4 × 4 transpose in registers.
    private static func lastRadix4(_ l: Int, _ x: SplitPointer, _ y: SplitPointer) {
        var k = 0
        while k + 4 <= l {
            let (r0, r1, r2, r3) = transposed(x.real + 4 * k)
            let (i0, i1, i2, i3) = transposed(x.imaginary + 4 * k)
            let (y0, y1, y2, y3) = one4(
                ComplexLane(r0, i0), ComplexLane(r1, i1), ComplexLane(r2, i2), ComplexLane(r3, i3))
            y.store(y0, at: k)
            y.store(y1, at: k + l)
            y.store(y2, at: k + 2 * l)
            y.store(y3, at: k + 3 * l)
            k += 4
        }
        while k < l {
            let (y0, y1, y2, y3): (ComplexLane<Double>, ComplexLane<Double>, ComplexLane<Double>, ComplexLane<Double>) =
                one4(x.load(4 * k), x.load(4 * k + 1), x.load(4 * k + 2), x.load(4 * k + 3))
            y.store(y0, at: k)
            y.store(y1, at: k + l)
            y.store(y2, at: k + 2 * l)
            y.store(y3, at: k + 3 * l)
            k += 1
        }
    }

    @inline(__always)
    private static func transposed(_ p: UnsafePointer<Double>) -> (Four, Four, Four, Four) {
        let (a, b) = (Four(loading: p), Four(loading: p + 4))
        let (c, d) = (Four(loading: p + 8), Four(loading: p + 12))
        return (
            Four(a[0], b[0], c[0], d[0]), Four(a[1], b[1], c[1], d[1]), Four(a[2], b[2], c[2], d[2]),
            Four(a[3], b[3], c[3], d[3])
        )
    }

    // MARK: Factor 5

    @inline(__always)
    private static func one5<L: TransformLane>(
        _: L.Type, _ l: Int, _ m: Int, _ k: Int, _ i: Int, _ x: SplitPointer, _ y: SplitPointer,
        _ w: UnsafePointer<Double>
    ) {
        let (c1, s1) = (L(repeating: 0.30901699437494742410), L(repeating: 0.95105651629515357212))
        let (c2, s2) = (L(repeating: -0.80901699437494742410), L(repeating: 0.58778525229247312917))
        let base = i + m * 5 * k
        let a0: ComplexLane<L> = x.load(base)
        let a1: ComplexLane<L> = x.load(base + m)
        let a2: ComplexLane<L> = x.load(base + 2 * m)
        let a3: ComplexLane<L> = x.load(base + 3 * m)
        let a4: ComplexLane<L> = x.load(base + 4 * m)
        let (sum1, difference1) = (a1 + a4, a1 - a4)
        let (sum2, difference2) = (a2 + a3, a2 - a3)
        y.store(a0 + sum1 + sum2, at: i + m * k)
        let middle1 = a0 + c1 * sum1 + c2 * sum2
        let middle2 = a0 + c2 * sum1 + c1 * sum2
        let turned1 = s1 * difference1 + s2 * difference2
        let turned2 = s2 * difference1 - s1 * difference2
        let y1 = middle1.minusI(times: turned1)
        let y2 = middle2.minusI(times: turned2)
        let y3 = middle2.plusI(times: turned2)
        let y4 = middle1.plusI(times: turned1)
        if m > 1 {
            store(y1, y, at: i + m * (k + l), w, 1, m, i)
            store(y2, y, at: i + m * (k + 2 * l), w, 2, m, i)
            store(y3, y, at: i + m * (k + 3 * l), w, 3, m, i)
            store(y4, y, at: i + m * (k + 4 * l), w, 4, m, i)
        } else {
            y.store(y1, at: k + l)
            y.store(y2, at: k + 2 * l)
            y.store(y3, at: k + 3 * l)
            y.store(y4, at: k + 4 * l)
        }
    }

    static func radix5(_ l: Int, _ m: Int, _ x: SplitPointer, _ y: SplitPointer, _ w: UnsafePointer<Double>) {
        for k in 0..<l {
            var i = 0
            while i + 4 <= m {
                one5(Four.self, l, m, k, i, x, y, w)
                i += 4
            }
            while i < m {
                one5(Double.self, l, m, k, i, x, y, w)
                i += 1
            }
        }
    }

    // MARK: Other odd factors

    /// By the definition, with x_b and x_{p−b} taken together: p²/2 products instead of p².
    @inline(__always)
    private static func oneOdd<L: TransformLane>(
        _: L.Type, _ p: Int, _ roots: UnsafePointer<(real: Double, imaginary: Double)>,
        _ l: Int, _ m: Int, _ k: Int, _ i: Int, _ x: SplitPointer, _ y: SplitPointer,
        _ w: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<ComplexLane<L>>
    ) {
        let half = (p - 1) / 2
        let base = i + m * p * k
        let a0: ComplexLane<L> = x.load(base)
        var total = a0
        for b in 1...half {
            let a: ComplexLane<L> = x.load(base + m * b)
            let mirrored: ComplexLane<L> = x.load(base + m * (p - b))
            sums[b - 1] = a + mirrored
            sums[half + b - 1] = a - mirrored
            total = total + sums[b - 1]
        }
        y.store(total, at: i + m * k)
        for j in 1...half {
            var middle = a0
            var turned = ComplexLane(L(repeating: 0), L(repeating: 0))
            var power = 0
            for b in 0..<half {
                power += j
                if power >= p { power -= p }
                middle = middle + L(repeating: roots[power].real) * sums[b]
                turned = turned + L(repeating: -roots[power].imaginary) * sums[half + b]
            }
            let (first, last) = (middle.minusI(times: turned), middle.plusI(times: turned))
            if m > 1 {
                store(first, y, at: i + m * (k + l * j), w, j, m, i)
                store(last, y, at: i + m * (k + l * (p - j)), w, p - j, m, i)
            } else {
                y.store(first, at: k + l * j)
                y.store(last, at: k + l * (p - j))
            }
        }
    }

    static func anyOdd(
        _ p: Int, _ roots: [(real: Double, imaginary: Double)], _ l: Int, _ m: Int, _ x: SplitPointer,
        _ y: SplitPointer, _ w: UnsafePointer<Double>
    ) {
        roots.withUnsafeBufferPointer { roots in
            guard let roots = roots.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: ComplexLane<Four>.self, capacity: p) { fours in
                withUnsafeTemporaryAllocation(of: ComplexLane<Double>.self, capacity: p) { ones in
                    guard let fours = fours.baseAddress, let ones = ones.baseAddress else { return }
                    for k in 0..<l {
                        var i = 0
                        while i + 4 <= m {
                            oneOdd(Four.self, p, roots, l, m, k, i, x, y, w, fours)
                            i += 4
                        }
                        while i < m {
                            oneOdd(Double.self, p, roots, l, m, k, i, x, y, w, ones)
                            i += 1
                        }
                    }
                }
            }
        }
    }
}
