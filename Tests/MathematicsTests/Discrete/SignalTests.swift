import Foundation
import Mathematics
import Numerics
import Testing

@Suite struct SignalTests {
    @Test func convolutionIsNumPys() throws {
        let a: Vector = [1, 2, 3, -1, 4]
        let b: Vector = [0.5, -1, 2]
        for method in [ConvolutionMethod.direct, .fourier, .automatic] {
            // numpy.convolve(a, b, mode)
            let full: Vector = [0.5, 0, 1.5, 0.5, 9, -6, 8]
            #expect((try a.convolved(with: b, method: method) - full).maximumMagnitude < 1e-14)
            #expect((try b.convolved(with: a, method: method) - full).maximumMagnitude < 1e-14)
            #expect(
                (try a.convolved(with: b, extent: .same, method: method) - [0, 1.5, 0.5, 9, -6]).maximumMagnitude
                    < 1e-14)
            #expect(
                (try a.convolved(with: b, extent: .valid, method: method) - [1.5, 0.5, 9]).maximumMagnitude < 1e-14)
            // numpy.convolve(a, [1, 2, 3, 4], "same")
            let even = try a.convolved(with: [1, 2, 3, 4], extent: .same, method: method)
            #expect((even - [4, 10, 15, 19, 17]).maximumMagnitude < 3e-14)
            // numpy.correlate(a, b, "full")
            let correlation = try a.crossCorrelation(with: b, method: method)
            #expect((correlation - [2, 3, 4.5, -4, 10.5, -4.5, 2]).maximumMagnitude < 2e-14)
        }
        var generator = Philox(seed: 2)
        let (x, y) = (generator.normalVector(count: 500), generator.normalVector(count: 301))
        let difference = try x.convolved(with: y, method: .fourier) - x.convolved(with: y, method: .direct)
        #expect(difference.maximumMagnitude < 1e-12)
        #expect(throws: FourierTransformError.wrongCount(argument: "kernel", count: 0, expected: "at least one")) {
            try a.convolved(with: [])
        }
    }

    @Test func circularConvolutionIsTheSum() throws {
        var generator = Philox(seed: 8)
        for n in [1, 2, 7, 12, 97] {
            let (x, y) = (generator.normalVector(count: n), generator.normalVector(count: n))
            let sum = Vector(count: n) { k in (0..<n).reduce(0.0) { $0 + x[$1] * y[(k - $1 + n) % n] } }
            #expect((try x.circularlyConvolved(with: y) - sum).maximumMagnitude < 1e-13)
        }
        #expect(throws: FourierTransformError.self) { try ([1, 2] as Vector).circularlyConvolved(with: [1]) }
    }

    @Test func convolutionInTwoDimensionsIsSciPys() throws {
        // scipy.signal.convolve2d(numpy.arange(12.).reshape(3, 4) ** 1.5, [[1, -2], [.5, 3]], mode)
        let array = Matrix(rows: 3, columns: 4) { pow(Double(4 * $0 + $1), 1.5) }
        let kernel: Matrix = [[1, -2], [0.5, 3]]
        let full = Matrix(
            rows: 4, columns: 5,
            [
                0.0, 1.0, 0.8284271247461903, -0.46070182678574856, -10.392304845413264, 8.0, -4.319660112501051,
                -3.249527755925734, 0.20973984964588155, -21.45206108678437, 26.627416997969522, 11.33533594781043,
                18.512265492530176, 26.588264449365084, -17.404967855462402, 11.313708498984761, 81.38225099390857,
                96.8113883008419, 113.10976615200607, 109.4486180817282,
            ])
        for method in [ConvolutionMethod.direct, .fourier] {
            #expect((try array.convolved(with: kernel, method: method) - full).maximumMagnitude < 3e-13)
            let same = try array.convolved(with: kernel, extent: .same, method: method)
            #expect((same - full[0..<3, 0..<4]).maximumMagnitude < 3e-13)
            let valid = try array.convolved(with: kernel, extent: .valid, method: method)
            #expect((valid - full[1..<3, 1..<4]).maximumMagnitude < 3e-13)
        }
        #expect(throws: FourierTransformError.self) { try kernel.convolved(with: array, extent: .valid) }
    }

    @Test func welchIsSciPys() throws {
        let signal = Vector(count: 40) { t in
            let t = Double(t)
            return sin(0.7 * t) + 0.3 * cos(2.1 * t) + 0.01 * t
        }
        // scipy.signal.welch(signal, fs=2.0, nperseg=16)
        let expected: Vector = [
            0.07645462848346489, 1.374911389110031, 2.5068957879752034, 0.31307783680871154, 0.017785911134507434,
            0.20452519319331636, 0.13683464645994942, 0.0022958891166463984, 6.300187373312582e-05,
        ]
        let estimate = try PowerSpectrum(of: signal, segment: 16, samplingRate: 2)
        #expect((estimate.density - expected).maximumMagnitude < 1e-14)
        #expect((estimate.frequencies - Vector(count: 9) { Double($0) / 8 }).maximumMagnitude < 1e-15)
        // scipy.signal.welch(signal, fs=2.0, nperseg=15, noverlap=3, window="hamming", detrend=False)
        let other: Vector = [
            0.2812782831310197, 1.5157393184925783, 2.3151609376783644, 0.1093430872920237, 0.04426909410867147,
            0.24579992855300556, 0.04864350169134544, 0.00042739797562945433,
        ]
        let odd = try PowerSpectrum(
            of: signal, segment: 15, overlap: 3, window: .hamming, samplingRate: 2, removesMean: false)
        #expect((odd.density - other).maximumMagnitude < 1e-14)
        // The rectangular periodogram integrates to the mean square.
        let periodogram = try PowerSpectrum(
            of: signal, segment: 40, overlap: 0, window: .rectangular, removesMean: false)
        #expect(abs(periodogram.density.sum / 40 - signal.squaredNorm / 40) < 1e-14)
        #expect(throws: FourierTransformError.self) { try PowerSpectrum(of: signal, segment: 41) }
        #expect(throws: FourierTransformError.self) { try PowerSpectrum(of: signal, segment: 8, overlap: 8) }
    }

    @Test func analyticSignalIsSciPys() throws {
        let x: Vector = [1.5, -2, 0.25, 4, 3, -1, 0.5]
        // scipy.signal.hilbert(x).imag, of all seven and of the first six
        let odd: Vector = [
            1.4716033720976807, 0.30661109279915194, -3.3834878815005127, -1.4732860398929326, 2.51970911579379,
            1.7958128402227598, -1.2369624995199375,
        ]
        let even: Vector = [
            0.5773502691896258, 0.7216878364870318, -3.4641016151377544, -1.5877132402714704, 2.886751345948128,
            0.8660254037844388,
        ]
        let ours = try x.analyticSignal()
        #expect((Vector(ours.map(\.imaginary)) - odd).maximumMagnitude < 1e-14)
        #expect((Vector(ours.map(\.real)) - x).maximumMagnitude < 1e-14)
        #expect((Vector(try Vector(x.prefix(6)).analyticSignal().map(\.imaginary)) - even).maximumMagnitude < 1e-14)
    }

    @Test func shortTimeTransformInverts() throws {
        var generator = Philox(seed: 4)
        for (window, size, hop, count) in [
            (Window.hann, 16, 4, 100), (.hamming, 15, 7, 64), (.hann, 32, 16, 33), (.rectangular, 8, 8, 50),
            (.hann, 64, 16, 10),
        ] {
            let signal = generator.normalVector(count: count)
            let weights = try window.weights(count: size)
            let transform = try ShortTimeFourierTransform(window: weights, hop: hop)
            let frames = try transform.forward(signal)
            #expect((try transform.inverse(frames, count: count) - signal).maximumMagnitude < 1e-12)
            // A frame is the transform of the windowed samples around its centre.
            let frame = frames.count / 2
            let piece = Vector(count: size) { j in
                let place = frame * hop + j - size / 2
                return place >= 0 && place < count ? weights[j] * signal[place] : 0
            }
            let spectrum = try RealFourierTransform(count: size).forward(piece)
            for k in spectrum.indices { #expect((frames[frame, k] - spectrum[k]).length < 1e-14) }
            #expect(abs(frames.powers[frame, 1] - spectrum[1].lengthSquared) < 1e-13)
        }
        #expect(throws: FourierTransformError.self) { try ShortTimeFourierTransform(window: [1, 1], hop: 3) }
    }

    @Test func leastSquaresInverseOfChangedFrames() throws {
        // Griffin and Lim's normal equations: the residual of the frames is orthogonal to the frames of any signal.
        var generator = Philox(seed: 6)
        let transform = try ShortTimeFourierTransform(window: try Window.hann.weights(count: 8), hop: 2)
        let count = 30
        var frames = try transform.forward(generator.normalVector(count: count))
        for index in frames.values.indices where generator.bernoulli(0.5) { frames.values[index] = .zero }
        let fitted = try transform.forward(try transform.inverse(frames, count: count))
        let test = try transform.forward(generator.normalVector(count: count))
        var inner = 0.0
        for t in 0..<frames.count {
            for k in 0..<frames.frequencies {
                let weight = k == 0 || k == 4 ? 1.0 : 2.0
                inner += weight * ((frames[t, k] - fitted[t, k]).conjugate * test[t, k]).real
            }
        }
        #expect(abs(inner) < 1e-11)
    }

    @Test func hadamardIsSylvesters() throws {
        // scipy.linalg.hadamard(8) @ numpy.arange(1., 9) ** 2
        var squares = Vector(count: 8) { Double(($0 + 1) * ($0 + 1)) }
        try squares.applyHadamard(normalized: false)
        #expect(squares == [204, -36, -72, 8, -144, 16, 32, 0])
        // By the definition: (−1)^popcount(i & j).
        var generator = Philox(seed: 1)
        let x = generator.normalVector(count: 96)
        var blocks = x
        #expect(largestHadamardBlock(dividing: 96) == 32)
        try blocks.applyHadamard(block: 32)
        for i in 0..<96 {
            let expected = (0..<32).reduce(0.0) {
                $0 + ((i % 32 & $1).nonzeroBitCount % 2 == 0 ? 1 : -1) * x[i / 32 * 32 + $1]
            }
            #expect(abs(blocks[i] - expected / 32.0.squareRoot()) < 1e-14)
        }
        var rows = Matrix(rows: 3, columns: 32, x)
        try rows.applyHadamardToRows()
        #expect(rows.flattened == blocks)
        var single: DenseVector<Float> = [1, 2]
        try single.applyHadamard(normalized: false)
        #expect(single == [3, -1])
        #expect(throws: FourierTransformError.self) { try blocks.applyHadamard(block: 24) }
        #expect(throws: FourierTransformError.self) { try blocks.applyHadamard(block: 64) }
    }
}
