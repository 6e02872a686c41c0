import DeepLearning
import Mathematics
import Testing

// Reference values: PyTorch 2 in float64, with wave(shape, s, a) = (a * torch.sin(0.7 * torch.arange(n) + s)).reshape(shape).

@Suite struct AttentionTests {
    let q = wave([2, 3, 2, 2], 0.1), k = wave([2, 3, 1, 2], 0.2), v = wave([2, 3, 1, 2], 0.3)
    let causal = AttentionContext<Double>(mask: .causal)

    /// y = F.scaled_dot_product_attention(q.transpose(1,2), k.transpose(1,2), v.transpose(1,2), is_causal=True,
    /// enable_gqa=True).transpose(1,2); (y * wave((2,3,2,2), 0.4)).sum().backward()
    @Test func agreesWithPyTorch() {
        let attention = SoftmaxAttention<Double>()
        let y = attention(queries: q, keys: k, values: v, context: causal)
        expectClose(y[1], [
            -0.9775301176650969, -0.8834546557201536, -0.9775301176650969, -0.8834546557201536, -0.7853634617407558,
            -0.5030403836231645, -0.5818511869879446, -0.10016625600461404, 0.4788669388767711, 0.7208114473090291,
            -0.27983819040938607, 0.006682146677002129,
        ], shape: [3, 2, 2])
        let slope = gradient(at: Arguments(q, k, v)) {
            (attention(queries: $0[0], keys: $0[1], values: $0[2], context: causal) * wave([2, 3, 2, 2], 0.4)).sum()
        }
        expectClose(slope[0][1, 2], [0.3922024717236667, 0.3447326462415152, -0.30064756611827637, -0.3586210681374703])
        expectClose(slope[1][0], [
            -0.12795219704926128, -0.07953444333276756, 0.20693731653994793, 0.2444927450322127, -0.07898511949068665,
            -0.16495830169944511,
        ])
        expectClose(slope[2][0], [
            0.928432857952759, 1.1468837997102979, -0.021965091726561192, -0.07329462222207028, 0.02402565751230472,
            0.2707964567309742,
        ])
    }

    @Test(arguments: [
        AttentionMask.none, .causal, .slidingWindow(2), AttentionMask(window: 2), .padding(lengths: [2, 3], isCausal: true),
        AttentionMask(allowed: Tensor(shape: [2, 1, 1, 3], scalars: [true, false, true, true, true, false])),
    ])
    func differentiates(_ mask: AttentionMask) {
        expectGradientsMatchFiniteDifferences(at: Arguments(q, k, v, wave([2, 3, 3], 0.5))) {
            SoftmaxAttention()(
                queries: $0[0], keys: $0[1], values: $0[2], context: AttentionContext(mask: mask, bias: $0[3]))
        }
    }

    /// Every mask, weight by weight, against sums of exponentials over the allowed keys.
    @Test func masksAreWhatTheySay() {
        let x = wave([2, 4, 2, 3], 0.3)
        let cases: [(AttentionMask, (Int, Int, Int) -> Bool)] = [
            (.causal, { $2 <= $1 }), (.slidingWindow(2), { $2 <= $1 && $1 - $2 < 2 }),
            (AttentionMask(window: 2), { abs($1 - $2) < 2 }), (.padding(lengths: [3, 1]), { $2 < ($0 == 0 ? 3 : 1) }),
            (AttentionMask(isCausal: true, presentKeys: [0..<4, 2..<4]), { $2 <= $1 && ($0 == 0 || $2 >= 2) }),
        ]
        for (mask, isAllowed) in cases {
            let context = AttentionContext<Double>(mask: mask)
            var expected: [Double] = []
            for b in 0..<2 {
                for t in 0..<4 {
                    for h in 0..<2 {
                        let weights = (0..<4).map { s in
                            isAllowed(b, t, s) ? exp((x[b, t, h] * x[b, s, h]).sum() / 3.0.squareRoot()).scalar : 0
                        }
                        let total = weights.reduce(0, +)
                        for d in 0..<3 {
                            expected.append(
                                total == 0 ? 0 : (0..<4).reduce(0) { $0 + weights[$1] * x[b, $1, h, d].scalar } / total)
                        }
                    }
                }
            }
            let y = SoftmaxAttention<Double>()(queries: x, keys: x, values: x, context: context)
            expectClose(y, expected)
            // The weights on request give the same.
            let weights = SoftmaxAttention<Double>().weights(queries: x, keys: x, context: context)
            let read = weights.map { matmul($0, x.permuted(0, 2, 1, 3)).permuted(0, 2, 1, 3) }
            expectClose(read ?? .zeros([0]), expected)
        }
    }

    /// Fewer queries than keys are the last ones; explicit positions say the same.
    @Test func queriesAreTheLatest() {
        let x = wave([1, 5, 1, 2], 0.3)
        let all = SoftmaxAttention<Double>()(queries: x, keys: x, values: x, context: causal)
        let last = x[0..., 3...]
        expectClose(
            SoftmaxAttention()(queries: last, keys: x, values: x, context: causal), all[0..., 3...].scalars)
        let placed = AttentionContext<Double>(
            mask: .causal, queryPositions: Tensor([13, 14]), keyPositions: Tensor([10, 11, 12, 13, 14]))
        expectClose(SoftmaxAttention()(queries: last, keys: x, values: x, context: placed), all[0..., 3...].scalars)
    }

    /// ALiBi for 8 heads: 1/2, 1/4, …, 1/256 (the paper's section 3), and a bias of −slope · distance.
    @Test func linearBiases() {
        #expect(SoftmaxAttention<Double>.alibiSlopes(heads: 8) == (1...8).map { 1 / Double(1 << $0) })
        let zero = Tensor<Double>.zeros([1, 3, 1, 2])
        let weights = SoftmaxAttention<Double>(slopes: [0.5]).weights(queries: zero, keys: zero, context: causal)
        let total = 1 + exp(Tensor(-0.5)).scalar + exp(Tensor(-1.0)).scalar
        expectClose(weights?[0, 0, 2] ?? .zeros([0]), [exp(Tensor(-1.0)).scalar / total, exp(Tensor(-0.5)).scalar / total, 1 / total])
    }

    /// The linear-time form, the masked quadratic form with a mask that allows everything, and the delta rule agree.
    @Test func linearAttentionForms() {
        let attention = LinearAttention<Double>()
        let open = AttentionContext<Double>(mask: AttentionMask(allowed: Tensor(repeating: true, shape: [1, 1, 3, 3])))
        let fast = attention(queries: q, keys: k, values: v, context: AttentionContext())
        expectClose(attention(queries: q, keys: k, values: v, context: open), fast.scalars)
        let plain = LinearAttention<Double>(isNormalized: false) { exp($0) }
        let read = plain(queries: q, keys: k, values: v, context: causal)
        let keys = exp(k).expanded(to: [2, 3, 2, 2]).permuted(0, 2, 1, 3)
        let updates = DeltaRuleInputs(
            keys: keys, values: v.expanded(to: [2, 3, 2, 2]).permuted(0, 2, 1, 3), erasure: .zeros([2, 2, 3]),
            writing: .ones([2, 2, 3]))
        expectClose(deltaRule(updates, queries: exp(q).permuted(0, 2, 1, 3)).permuted(0, 2, 1, 3), read.scalars)
        expectGradientsMatchFiniteDifferences(at: Arguments(q, k, v)) {
            attention(queries: $0[0], keys: $0[1], values: $0[2], context: causal)
        }
    }

    /// Products of rotated vectors depend on the difference of positions; the single frequency has the closed form
    /// a cos Δ + b sin Δ.
    @Test func rotaryPositions() {
        let q = wave([1, 1, 1, 6], 0.2), k = wave([1, 1, 1, 6], 0.9)
        func product(_ rotary: RotaryPositions<Double>, _ m: Double, _ n: Double) -> Double {
            (rotary(q, at: Tensor([m])) * rotary(k, at: Tensor([n]))).sum().scalar
        }
        let rope = RotaryPositions<Double>(width: 6)
        expectClose(Tensor(rope.frequencies), [1, 0.046415888336127795, 0.0021544346900318843])
        #expect(abs(product(rope, 5, 3) - product(rope, 102, 100)) < 1e-12)
        #expect(abs(product(rope, 5, 3) - product(rope, 5, 4)) > 1e-3)
        let directional = RotaryPositions<Double>.singleFrequency(width: 6)
        let a = (q * k).sum().scalar
        let halves = (q.split(count: 2, along: 3), k.split(count: 2, along: 3))
        let b = (halves.0[1] * halves.1[0] - halves.0[0] * halves.1[1]).sum().scalar
        for (m, n) in [(0.3, 1.7), (-2.0, 2.9)] {
            let closed = a * cos(Tensor(n - m)).scalar + b * sin(Tensor(n - m)).scalar
            #expect(abs(product(directional, m, n) - closed) < 1e-12)
            #expect(abs(product(directional, m + 2 * Double.pi, n) - closed) < 1e-12)
        }
        // In the plane: a common translation changes nothing.
        let planar = RotaryPositions<Double>(width: 2)
        func planarProduct(_ p: (Double, Double), _ o: (Double, Double)) -> Double {
            let x = q[0..., 0..., 0..., 0..<4], y = k[0..., 0..., 0..., 0..<4]
            return (x.rotatingPairs(by: planar.angles(atX: Tensor([p.0]), y: Tensor([p.1])))
                * y.rotatingPairs(by: planar.angles(atX: Tensor([o.0]), y: Tensor([o.1])))).sum().scalar
        }
        #expect(abs(planarProduct((1, 2), (3, -1)) - planarProduct((8, 0), (10, -3))) < 1e-12)
        #expect(abs(planarProduct((1, 2), (3, -1)) - planarProduct((1, 2), (3, 0))) > 1e-3)
        expectGradientsMatchFiniteDifferences(at: wave([2, 3, 2, 4], 0.3)) { rope.rotating(firstFour: $0) }
    }
}

extension RotaryPositions<Double> {
    fileprivate func rotating(firstFour x: Tensor<Double>) -> Tensor<Double> {
        RotaryPositions(frequencies: [1, 0.3])(x, at: [[0, 1, 2], [5, 3, 4]])
    }
}
