import DeepLearning
import Mathematics
import Testing

// Reference values: PyTorch 2 in float64, with wave(shape, s, a) = (a * torch.sin(0.7 * torch.arange(n) + s)).reshape(shape).

@Suite struct RecurrentLayerTests {
    let x = wave([2, 4, 2], 0.5), hidden = wave([2, 3], 0.6, 0.5), cell = wave([2, 3], 0.7, 0.5)
    var lstm: LSTM<Double> {
        LSTM(inputWeight: wave([2, 12], 0.1, 0.5), hiddenWeight: wave([3, 12], 0.2, 0.5), bias: wave([12], 0.3, 0.5))
    }
    var gru: GRU<Double> {
        GRU(
            inputWeight: wave([2, 9], 0.1, 0.5), hiddenWeight: wave([3, 9], 0.2, 0.5), inputBias: wave([9], 0.3, 0.5),
            hiddenBias: wave([9], 0.4, 0.5))
    }

    /// nn.LSTM(2, 3, batch_first=True) with weight_ih_l0 = wave((2,12),0.1,.5).T, weight_hh_l0 = wave((3,12),0.2,.5).T,
    /// bias_ih_l0 = wave((12,),0.3,.5), bias_hh_l0 = 0; ((o * wave((2,4,3),0.8)).sum() + c.sum()).backward()
    @Test func lstmAgreesWithPyTorch() {
        let start = LSTM<Double>.State(hidden: hidden, cell: cell)
        let (o, state) = lstm(x, from: start)
        expectClose(state.hidden, [
            -0.13498325130439068, -0.20037271641074914, -0.18656534801235908, -0.18589819166151325, -0.27274335772573977,
            -0.24892826433100856,
        ])
        expectClose(o[0..., 3], state.hidden.scalars)
        expectClose(state.cell, [
            -0.31323280575263995, -0.4280990088618647, -0.35357124855617705, -0.480885191812427, -0.610130848499489,
            -0.4536967743219743,
        ])
        let slope = gradient(at: ParameterPair(lstm, x)) { pair in
            let (o, state) = pair.first(pair.second, from: start)
            return (o * wave([2, 4, 3], 0.8)).sum() + state.cell.sum()
        }
        expectClose(slope.second[1], [
            0.03608763351328445, -0.12366092959362174, -0.22025211411670725, 0.4040446274269315, -0.6939120139747643,
            0.4329861803464713, -0.49461062875270295, 0.3860765338627628,
        ])
        expectClose(slope.first.hiddenWeight[0], [
            0.03893412153118823, 0.12840482746894294, 0.09183435621431284, 0.11256407037821027, 0.16772557510593283,
            0.0649043153652913, -0.26945763623640706, -0.33018249209349426, -0.48939740401379966, -0.06383243366050985,
            0.07537453939434322, 0.02718988364499509,
        ])
    }

    /// nn.GRU(2, 3, batch_first=True) likewise, with bias_hh_l0 = wave((9,),0.4,.5); (o * wave((2,4,3),0.8)).sum().backward()
    @Test func gruAgreesWithPyTorch() {
        let o = gru(x, from: hidden)
        expectClose(o[0..., 3], [
            0.05597978055442754, 0.08186775901048104, 0.05896528931162956, 0.07825588174533732, 0.02563590878337807,
            -0.0027640522729350803,
        ])
        let slope = gradient(at: ParameterPair(gru, x)) { ($0.first($0.second, from: hidden) * wave([2, 4, 3], 0.8)).sum() }
        expectClose(slope.second[1], [
            0.23200553216127107, 0.22885438627766097, -0.02656012884698141, -0.025421370986362865, -0.301085875318011,
            -0.2994848255183709, 0.11996470729545189, 0.11437345128732163,
        ])
        expectClose(slope.first.hiddenBias, [
            -0.018137883636928805, -0.01211524315314163, -0.0050339811584306305, -0.03747319543779937, 0.10959117533664593,
            0.1561458010481072, 0.11449872355334753, 0.08224485439525756, -0.1890240304972112,
        ])
    }

    /// nn.RNN(2, 3, batch_first=True) with wave((2,3),0.1,.5).T, wave((3,3),0.2,.5).T, wave((3,),0.3,.5) and 0.
    @Test func elmanAgreesWithPyTorch() {
        var generator = Philox(seed: 1)
        var layer = ElmanRNN<Double>(inputs: 2, width: 3, using: &generator)
        layer = layer.replacingParameters(with: [wave([2, 3], 0.1, 0.5), wave([3, 3], 0.2, 0.5), wave([3], 0.3, 0.5)])
        expectClose(layer(x, from: hidden)[0..., 3], [
            -0.3565395737657697, -0.28251041701374774, -0.07119623501831697, -0.3710976292166606, -0.17593698561575932,
            0.1171967473729675,
        ])
    }

    @Test func layersDifferentiate() {
        let short = x[0..., 0..<3]
        expectGradientsMatchFiniteDifferences(at: ParameterPair(lstm, Arguments(short, hidden, cell))) { pair in
            let (o, state) = pair.first(pair.second[0], from: .init(hidden: pair.second[1], cell: pair.second[2]))
            return .concatenating([o.flattened(), state.cell.flattened()])
        }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(gru, Arguments(short, hidden))) { pair in
            pair.first(pair.second[0], from: pair.second[1])
        }
    }

    /// Step by step as all at once, without a start as from zeros.
    @Test func stepsAgreeWithSequences() {
        var state = LSTM<Double>.State(hidden: .zeros([2, 3]), cell: .zeros([2, 3]))
        var hidden = Tensor<Double>.zeros([2, 3])
        let (o, p) = (lstm(x).hidden, gru(x))
        for t in 0..<4 {
            state = lstm.step(x[0..., t], from: state)
            hidden = gru.step(x[0..., t], from: hidden)
            expectClose(state.hidden, o[0..., t].scalars)
            expectClose(hidden, p[0..., t].scalars)
        }
        expectClose(lstm.last(x), o[0..., 3].scalars)
    }

    /// x = wave((2,5),0.5,2): F.layer_norm(x,(5,),wave((5,),.1)+1,wave((5,),.2),1e-5); F.rms_norm(x,(5,),wave((5,),.1)+1,1e-6)
    @Test func normalizationsAgreeWithPyTorch() {
        let x = wave([2, 5], 0.5, 2)
        var layer = LayerNorm<Double>(width: 5)
        layer.gain = wave([5], 0.1) + 1
        layer.bias = wave([5], 0.2)
        expectClose(layer(x), [
            0.02464868577748135, 2.442983215268247, 3.0007376571362143, 0.6216685468949508, -2.0169443835623544,
            -0.43820289947523, -0.9828408354192408, -0.2160319301612544, 1.619289746461919, 2.288745716300963,
        ])
        var root = RMSNorm<Double>(width: 5)
        root.gain = wave([5], 0.1) + 1
        expectClose(root(x), [
            0.7800503785982003, 2.3679310715855193, 2.7963347170784885, 1.3791834947086645, -0.28919500150318966,
            -1.189786807576648, -2.4546337855727827, -2.2064421064287636, -0.470908273268651, 0.8752758870677817,
        ])
        expectGradientsMatchFiniteDifferences(at: ParameterPair(layer, x)) { $0.first($0.second) }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(root, x)) { $0.first($0.second) }
    }
}
