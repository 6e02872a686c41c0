import DeepLearning
import Mathematics
import Testing

@Suite struct LinearRecurrenceTests {
    /// All forms against the recurrence written out.
    @Test(arguments: RecurrenceForm.allCases) func diagonalForms(_ form: RecurrenceForm) {
        let a = wave([2, 7, 3], 0.2), b = wave([2, 7, 3], 0.9), start = wave([2, 3], 0.4)
        var h = start
        var steps: [Tensor<Double>] = []
        for t in 0..<7 {
            h = a[0..., t] * h + b[0..., t]
            steps.append(h)
        }
        expectClose(linearRecurrence(transitions: a, inputs: b, from: start, form: form), Tensor.stacking(steps, along: 1).scalars)
        expectGradientsMatchFiniteDifferences(at: Arguments(a[0..., 0..<4], b[0..., 0..<4], start)) {
            linearRecurrence(transitions: $0[0], inputs: $0[1], from: $0[2], form: form)
        }
    }

    /// The contribution of the input k steps ago is a^k.
    @Test func contributionsDecayGeometrically() {
        let slope = gradient(at: Tensor<Double>.zeros([1, 20, 1])) {
            linearRecurrence(transitions: Tensor(0.9).expanded(to: [1, 1, 1]), inputs: $0)[0, 19, 0]
        }
        expectClose(slope.flattened(), (0..<20).map { k in (0..<19 - k).reduce(1.0) { value, _ in value * 0.9 } }, tolerance: 1e-14)
    }

    func inputs(_ arguments: Arguments) -> DeltaRuleInputs<Double> {
        DeltaRuleInputs(
            keys: arguments[0], values: arguments[1], erasure: arguments[2], writing: arguments[3], decay: arguments[4])
    }

    /// The delta rule with explicit matrices (I − βkkᵀ)Diag(α), one and two updates a token.
    @Test(arguments: [1, 2]) func deltaRuleIsTheMatrixRecurrence(_ updates: Int) {
        let n = 4 * updates
        let k = wave([1, 2, n, 3], 0.1), v = wave([1, 2, n, 2], 0.2), beta = wave([1, 2, n], 0.3), gamma = wave([1, 2, n], 0.4)
        let decay = wave([1, 2, n, 3], 0.6, 0.3) + 0.6, q = wave([1, 2, 4, 3], 0.7), start = wave([1, 2, 3, 2], 0.8)
        var expected: [Tensor<Double>] = []
        for head in 0..<2 {
            var s = start[0, head]
            for step in 0..<n {
                let key = k[0, head, step].expandingShape(at: 1)
                let transition = matmul(
                    Tensor<Double>.identity(3) - matmul(key, key.transposed()) * beta[0, head, step],
                    Tensor<Double>.identity(3) * decay[0, head, step])
                s = matmul(transition, s) + matmul(key, v[0, head, step].expandingShape(at: 0)) * gamma[0, head, step]
                if (step + 1) % updates == 0 { expected.append(matmul(q[0, head, step / updates], s)) }
            }
        }
        let flat = Tensor.stacking(expected).scalars
        let arguments = Arguments(k, v, beta, gamma, decay)
        for form in [RecurrenceForm.sequential, .parallelScan] {
            expectClose(
                deltaRule(inputs(arguments), queries: q, updatesPerToken: updates, from: start, form: form), flat)
        }
        // One decay for all channels: the matrix form too.
        let uniform = Arguments(k, v, beta, gamma, decay[0..., 0..., 0..., 0..<1].expanded(to: decay.shape))
        let sequential = deltaRule(inputs(uniform), queries: q, updatesPerToken: updates, from: start)
        expectClose(
            deltaRule(inputs(uniform), queries: q, updatesPerToken: updates, from: start, form: .matrix), sequential.scalars)
    }

    @Test func deltaRuleDifferentiates() {
        let q = wave([1, 1, 2, 3], 0.7), start = wave([1, 1, 3, 2], 0.8)
        let arguments = Arguments(
            wave([1, 1, 4, 3], 0.1), wave([1, 1, 4, 2], 0.2), wave([1, 1, 4], 0.3), wave([1, 1, 4], 0.4),
            wave([1, 1, 4, 3], 0.6, 0.3) + 0.6, q, start)
        for form in [RecurrenceForm.sequential, .parallelScan] {
            expectGradientsMatchFiniteDifferences(at: arguments, "\(form)") {
                deltaRule(inputs($0), queries: $0[5], updatesPerToken: 2, from: $0[6], form: form)
            }
        }
    }

    /// Parity by one reflection: with β = 2 and a key of length 1 the state changes its sign at every 1.
    @Test func reflectionsComputeParity() {
        var generator = Philox(seed: 3)
        let bits = (0..<300).map { _ in generator.uniform() < 0.5 ? 1.0 : 0.0 }
        let updates = DeltaRuleInputs<Double>(
            keys: .ones([1, 1, 300, 1]), values: .zeros([1, 1, 300, 1]), erasure: Tensor(shape: [1, 1, 300], scalars: bits) * 2,
            writing: .zeros([1, 1, 300]))
        let read = deltaRule(updates, queries: .ones([1, 1, 300, 1]), from: .ones([1, 1, 1, 1])).scalars
        var parity = 0.0
        for (bit, value) in zip(bits, read) {
            parity = (parity + bit).truncatingRemainder(dividingBy: 2)
            #expect(value == 1 - 2 * parity)
        }
    }

    @Test(arguments: [false, true]) func selectiveScanDifferentiates(_ negative: Bool) {
        let x = wave([2, 3, 4], 0.1), delta = wave([2, 3, 4], 0.2, 0.3) + 0.5, a = wave([4, 2], 0.3, 0.5) - 1
        let b = wave([2, 3, 2], 0.4), c = wave([2, 3, 2], 0.5), start = wave([2, 2, 4], 0.6)
        expectGradientsMatchFiniteDifferences(at: Arguments(x, delta, a, b, c, start)) {
            let (y, state) = selectiveScan(
                $0[0], delta: $0[1], a: $0[2], b: $0[3], c: $0[4], from: $0[5], allowsNegativeEigenvalues: negative)
            return .concatenating([y.flattened(), state.flattened()])
        }
        // State by state it is a diagonal recurrence, and going on from the middle changes nothing.
        let transition = exp(delta.expandingShape(at: 3) * a) * (negative ? 2 : 1) - (negative ? 1 : 0)
        let inputs = (delta * x).expandingShape(at: 3) * b.expandingShape(at: 2)
        let h = linearRecurrence(
            transitions: transition.reshaped(to: [2, 3, 8]), inputs: inputs.reshaped(to: [2, 3, 8]),
            from: start.transposed(1, 2).reshaped(to: [2, 8]), form: .parallelScan)
        let expected = (h.reshaped(to: [2, 3, 4, 2]) * c.expandingShape(at: 2)).sum(along: 3)
        let whole = selectiveScan(x, delta: delta, a: a, b: b, c: c, from: start, allowsNegativeEigenvalues: negative)
        expectClose(whole.y, expected.scalars)
        let first = selectiveScan(
            x[0..., 0..<2], delta: delta[0..., 0..<2], a: a, b: b[0..., 0..<2], c: c[0..., 0..<2], from: start,
            allowsNegativeEigenvalues: negative)
        let second = selectiveScan(
            x[0..., 2...], delta: delta[0..., 2...], a: a, b: b[0..., 2...], c: c[0..., 2...], from: first.state,
            allowsNegativeEigenvalues: negative)
        expectClose(second.state, whole.state.scalars)
    }

    /// wave((B,T,2),.5) @ wave((2,8),.1,.8), F.conv1d(…, wave((4,4),.2,.6).T.unsqueeze(1), wave((4,),.3,.2), padding=3, groups=4),
    /// SiLU, @ wave((4,7),.4,.7), softplus(d @ wave((1,4),.5,.5) + wave((4,),.6,.5)), A = −exp(wave((4,3),.7,.5)),
    /// D = wave((4,),.8), out wave((4,2),.9); the recurrence step by step.
    @Test func mambaBlockAgreesWithPyTorch() {
        var generator = Philox(seed: 1)
        var block = MambaBlock<Double>(width: 2, states: 3, rank: 1, using: &generator)
        block = block.replacingParameters(with: [
            wave([2, 8], 0.1, 0.8), wave([4, 4], 0.2, 0.6), wave([4], 0.3, 0.2), wave([4, 7], 0.4, 0.7), wave([1, 4], 0.5, 0.5),
            wave([4], 0.6, 0.5), wave([4, 3], 0.7, 0.5), wave([4], 0.8), wave([4, 2], 0.9),
        ])
        let x = wave([2, 5, 2], 0.5)
        expectClose(block(x)[1], [
            -0.04392685302160062, -0.04471789308288088, 0.013924744880844454, 0.035098886831371405, -0.057969804051378415,
            -0.044719642451543515, -0.027720764623393394, -0.066870447292444, 0.006915407810657262, 0.02224219010128172,
        ])
        block.allowsNegativeEigenvalues = true
        expectClose(block(x)[1], [
            -0.04392685302160062, -0.04471789308288088, 0.016525685337000183, 0.03684531039513069, -0.02781785304595623,
            -0.021085565950501973, -0.028507825992479422, -0.07368622011569138, 0.01630602325805794, 0.03236656460864039,
        ])
        expectGradientsMatchFiniteDifferences(at: ParameterPair(block, x[0..., 0..<3])) { $0.first($0.second) }
    }

    /// Layers of all kinds differentiate, and their forms agree.
    @Test(arguments: [(true, false, 1), (false, true, 1), (true, true, 2)])
    func deltaNetLayers(_ erases: Bool, _ decays: Bool, _ updates: Int) {
        var configuration = DeltaNet<Double>.Configuration()
        configuration.heads = 2
        configuration.erases = erases
        configuration.decays = decays
        configuration.updatesPerToken = updates
        configuration.allowsNegativeEigenvalues = true
        var generator = Philox(seed: 2)
        var layer = DeltaNet<Double>(width: 8, configuration, using: &generator)
        let x = wave([2, 3, 8], 0.5)
        let y = layer(x)
        #expect(y.shape == x.shape)
        expectClose(layer(x, form: .parallelScan), y.scalars, tolerance: 1e-11)
        if !decays { expectClose(layer(x, form: .matrix), y.scalars, tolerance: 1e-11) }
        // What comes later changes nothing before it.
        var changed = x
        changed.withUnsafeMutableScalars { $0[2 * 8 + 5] += 1 }
        expectClose(layer(changed)[0, 0..<2], y[0, 0..<2].scalars)
        // Readings and keys near zero bend too much under their normalisation for differences of finite size.
        layer = layer.mapParameters { $0 * 3 }
        layer.norm.epsilon = 1
        expectGradientsMatchFiniteDifferences(at: ParameterPair(layer, x), step: 1e-4, tolerance: 1e-6) { $0.first($0.second) }
    }
}
