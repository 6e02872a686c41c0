import DeepLearning
import Testing

/// Values at infinities, NaN, huge and tiny numbers, and shapes without elements.
@Suite struct UglyValueTests {
    static let inf = Double.infinity, nan = Double.nan
    static let points = Tensor<Double>([-inf, -800, -750, -40, -1e-300, 0, 1e-300, 1e-9, 40, 800, inf, nan])

    /// PyTorch's values: `f(torch.tensor([-inf, -800, -750, -40, -1e-300, 0, 1e-300, 1e-9, 40, 800, inf, nan],
    /// dtype=torch.float64))`; the three marked "limit" differ where PyTorch overflows: softplus at 800 and silu and
    /// gelu at −∞. The sign of NaN is NaN here, as in NumPy.
    static let references: [(String, @Sendable (Tensor<Double>) -> Tensor<Double>, [Double])] = [
        ("exp", { exp($0) }, [0, 0, 0, 4.248354255291589e-18, 1, 1, 1, 1.000000001, 2.3538526683702e+17, inf, inf, nan]),
        ("expm1", { expm1($0) }, [-1, -1, -1, -1, -1e-300, 0, 1e-300, 1.0000000005000001e-09, 2.3538526683702e+17, inf, inf, nan]),
        ("tanh", { tanh($0) }, [-1, -1, -1, -1, -1e-300, 0, 1e-300, 1e-09, 1, 1, 1, nan]),
        ("sigmoid", { sigmoid($0) }, [0, 0, 0, 4.248354255291589e-18, 0.5, 0.5, 0.5, 0.50000000025, 1, 1, 1, nan]),
        ("softplus (limit)", { softplus($0) }, [
            0, 0, 0, 4.248354255291589e-18, 0.6931471805599453, 0.6931471805599453, 0.6931471805599453, 0.6931471810599453,
            40, 800, inf, nan]),
        ("erf", { erf($0) }, [
            -1, -1, -1, -1, -1.1283791670955126e-300, 0, 1.1283791670955126e-300, 1.1283791670955127e-09, 1, 1, 1, nan]),
        ("atan", { atan($0) }, [
            -1.5707963267948966, -1.5695463274459376, -1.569462994251686, -1.5458015331759765, -1e-300, 0, 1e-300, 1e-09,
            1.5458015331759765, 1.5695463274459376, 1.5707963267948966, nan]),
        ("relu", { relu($0) }, [0, 0, 0, 0, 0, 0, 1e-300, 1e-09, 40, 800, inf, nan]),
        ("abs", { abs($0) }, [inf, 800, 750, 40, 1e-300, 0, 1e-300, 1e-09, 40, 800, inf, nan]),
        ("sign", { sign($0) }, [-1, -1, -1, -1, -1, 0, 1, 1, 1, 1, 1, nan]),
        ("logSigmoid", { logSigmoid($0) }, [
            -inf, -800, -750, -40, -0.6931471805599453, -0.6931471805599453, -0.6931471805599453, -0.6931471800599454,
            -4.248354255291589e-18, 0, 0, nan]),
        ("log", { log($0) }, [
            nan, nan, nan, nan, nan, -inf, -690.7755278982137, -20.72326583694641, 3.6888794541139363, 6.684611727667927, inf, nan]),
        ("log1p", { log1p($0) }, [
            nan, nan, nan, nan, -1e-300, 0, 1e-300, 9.999999995e-10, 3.713572066704308, 6.68586094706836, inf, nan]),
        ("sqrt", { sqrt($0) }, [
            nan, nan, nan, nan, nan, 0, 1e-150, 3.1622776601683795e-05, 6.324555320336759, 28.284271247461902, inf, nan]),
        ("silu (limit)", { silu($0) }, [
            0, 0, 0, -1.6993417021166355e-16, -5e-301, 0, 5e-301, 5.000000002500001e-10, 40, 800, inf, nan]),
        ("gelu (limit)", { gelu($0) }, [0, 0, 0, 0, -5e-301, 0, 5e-301, 5.000000003989423e-10, 40, 800, inf, nan]),
    ]

    @Test(arguments: 0..<references.count) func elementwise(_ index: Int) {
        let (name, function, expected) = Self.references[index]
        // Number by number, relative to each (down to where exponentials stop falling): 12 elements fill a vector and leave a rest.
        for (x, (y, reference)) in zip(Self.points.scalars, zip(function(Self.points).scalars, expected)) {
            let isClose = y == reference || (y.isNaN && reference.isNaN) || (y - reference).magnitude <= 2e-15 * reference.magnitude + 1e-303
            #expect(isClose, "\(name)(\(x)) is \(y) instead of \(reference)")
        }
        #expect(function(Self.points[3]).shape == [])
    }

    @Test func derivativesStayFiniteFarOut() {
        let x: Tensor<Double> = [-1e300, -1000, -100, 100, 1000, 1e300]
        for function: (Tensor<Double>) -> Tensor<Double> in [
            { sigmoid($0) }, { tanh($0) }, { softplus($0) }, { silu($0) }, { gelu($0) }, { relu($0) }, { erf($0) }, { atan($0) },
        ] {
            let slope = gradient(at: x) { function($0).sum() }
            #expect(slope.scalars.allSatisfy { $0.isFinite }, "\(slope)")
        }
        expectClose(gradient(at: x) { silu($0).sum() }, [0, 0, 0, 1, 1, 1], tolerance: 1e-40)
    }

    @Test func powersAreTheCLibrarys() {
        // np.power([-2., -0., 0., 2., np.inf, np.nan], 3.), -1., 0.5
        let x = Tensor<Double>([-2, -0.0, 0, 2, Self.inf, Self.nan])
        #expect(pow(x, 3).scalars.dropLast() == [-8, 0, 0, 8, Self.inf])
        #expect(pow(x, -1).scalars.dropLast() == [-0.5, -Self.inf, Self.inf, 0.5, 0])
        expectClose(pow(x, 0.5), [Self.nan, 0, 0, 2.0.squareRoot(), Self.inf, Self.nan])
        #expect(pow(x, 0).scalars == [1, 1, 1, 1, 1, 1])
        expectClose(gradient(at: x[0..<4]) { pow($0, 3).sum() }, [12, 0, 0, 12])
    }

    @Test func extremesOfNaN() {
        let nan = Self.nan, inf = Self.inf
        expectClose(maximum(Tensor<Double>([1, nan, 1, -inf, nan]), Tensor<Double>([nan, 1, 2, inf, nan])), [nan, nan, 2, inf, nan])
        expectClose(minimum(Tensor<Double>([1, nan, 1, -inf, nan]), Tensor<Double>([nan, 1, 2, inf, nan])), [nan, nan, 1, -inf, nan])
        for place in 0..<20 {
            var x = uniform([20], -1...1)
            x.withUnsafeMutableScalars { $0[place] = nan }
            #expect(x.max().scalar.isNaN && x.min().scalar.isNaN && x.sum().scalar.isNaN)
            #expect(x.expandingShape(at: 1).max(along: 0).scalar.isNaN)
            // np.argmax and np.argmin give the first NaN.
            #expect(x.argmax().scalar == place && x.argmin().scalar == place)
        }
        expectClose(Tensor<Double>([nan, -5, 5]).clamped(from: -1, to: 1), [nan, -1, 1])
    }

    @Test func softmaxAtInfinities() {
        let nan = Self.nan, inf = Self.inf
        let x = Tensor<Double>([[-inf, 0, 0], [-inf, -inf, -inf], [1e308, 1e308, -1e308], [-1e308, -1e308, -1e308]])
        // torch.softmax(x, -1)
        expectClose(x.softmax(), [0, 0.5, 0.5, nan, nan, nan, 0.5, 0.5, 0, 1 / 3.0, 1 / 3.0, 1 / 3.0])
        // torch.logsumexp(x, -1)
        expectClose(x.logSumExp(along: -1), [Double.log(2), -inf, 1e308, -1e308])
        expectClose(gradient(at: x[0..<2]) { $0.logSumExp(along: -1)[0] + $0.logSumExp(along: -1)[1].clamped(from: -1) }, [
            0, 0.5, 0.5, 0, 0, 0])
        expectClose(x[0].logSoftmax(), [-inf, -Double.log(2), -Double.log(2)])
        #expect(Tensor<Double>([inf, 0]).logSumExp(along: 0).scalar == inf)
        // Large logits in single precision: np.exp(x - x.max()) / …
        let large = Tensor<Float>([1e4, 1e4 - 1, -1e4]).softmax()
        expectClose(large, [0.7310586, 0.26894143, 0], tolerance: 1e-6)
    }

    @Test func maskedElementsDoNoHarm() {
        let x = Tensor<Double>([1, Self.nan, -Self.inf, 4])
        let mask = Tensor<Bool>([false, true, true, false])
        let slope = gradient(at: x) { log($0.replacing(where: mask, with: 1)).sum() }
        #expect(slope.scalars == [1, 0, 0, 0.25])
        let chosen = gradient(at: x) { x in Tensor.selecting(mask, Tensor([0.0, 0, 0, 0]), x).sum() }
        #expect(chosen.scalars == [1, 0, 0, 1])
    }

    @Test func emptyTensors() {
        for shape: TensorShape in [[0], [0, 3], [3, 0], [2, 0, 4]] {
            let x = Tensor<Double>.zeros(shape)
            #expect((x + x).shape == shape && (x * 2).shape == shape && exp(x).shape == shape)
            #expect(x.sum().scalar == 0 && x.mean().scalar.isNaN && x.norm().scalar == 0)
            #expect(x.scalars.isEmpty)
            #expect(gradient(at: x) { exp($0).sum() }.shape == shape)
            #expect(x.softmax().shape == shape && x.logSoftmax().shape == shape)
            for axis in 0..<shape.rank {
                #expect(x.sum(along: axis).scalars.allSatisfy { $0 == 0 })
                #expect(x.reversed(along: axis).shape == shape)
            }
        }
        #expect(Tensor<Double>.zeros([3, 0]).logSumExp(along: 1).scalars == [-Self.inf, -Self.inf, -Self.inf])
        #expect(matmul(Tensor<Double>.ones([2, 0]), Tensor<Double>.ones([0, 3])).scalars == [0, 0, 0, 0, 0, 0])
        #expect((Tensor<Double>.zeros([0, 3]) + Tensor<Double>.ones([3])).shape == [0, 3])
        #expect(gradient(at: Tensor<Double>.ones([3])) { (Tensor.zeros([0, 3]) * $0).sum() }.scalars == [0, 0, 0])
        #expect(Tensor<Double>.concatenating([.zeros([0, 2]), .ones([1, 2]), .zeros([0, 2])]).scalars == [1, 1])
        #expect(Tensor<Double>.ones([3, 2]).gathering(Tensor<Int>([Int]())).shape == [0, 2])
        #expect(Tensor<Double>.zeros([0, 2]).scatteringSum(Tensor<Int>([Int]()), into: [3, 2]).scalars == [0, 0, 0, 0, 0, 0])
    }

    @Test func eightAxes() {
        let shape: TensorShape = [2, 1, 3, 1, 2, 2, 1, 2]
        let x = normal(shape)
        let order = [7, 2, 0, 4, 5, 1, 3, 6]
        let moved = x.permuted(order)
        #expect(moved.shape == [2, 3, 2, 2, 2, 1, 1, 1])
        #expect(moved[1, 2, 0, 1, 0, 0, 0, 0].scalar == x[0, 0, 2, 0, 1, 0, 0, 1].scalar)
        expectClose(moved.sum(along: 1, 3), x.sum(along: 2, 4).permuted(5, 0, 3, 1, 2, 4).scalars)
        let row = normal([3, 1, 1, 2, 1, 2], seed: 2)
        expectGradientsMatchFiniteDifferences(at: ParameterPair(x, row)) { $0.first * $0.second }
        #expect((x - x.mean(along: 0, 1, 2, 3, 4, 5, 6, 7, keepingAxes: true)).shape == shape)
    }

    @Test func sumsOfManySizes() {
        // Integers, so that the sum is exact in any order.
        for count in Array(0...70) + [127, 128, 129, 1000, 4097] {
            let x = Tensor<Float>.range(count)
            #expect(x.sum().scalar == Float(count * (count - 1) / 2))
            #expect(Tensor<Float>.stacking([x, x], along: 1).sum(along: 0).scalars == [x.sum().scalar, x.sum().scalar])
            if count > 0 { #expect(x.max().scalar == Float(count - 1) && x.min().scalar == 0) }
            #expect((x + x).scalars == (0..<count).map { Float(2 * $0) })
            #expect((x.squared() - x * x).scalars.allSatisfy { $0 == 0 })
        }
    }
}
