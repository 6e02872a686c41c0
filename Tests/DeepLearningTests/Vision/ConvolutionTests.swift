import DeepLearning
import Testing

/// The first three elements, and Σ yᵢ sin(0.7 i + 0.3), which depends on every element and its place.
private func summary(_ x: Tensor<Double>) -> Tensor<Double> {
    let flat = x.flattened()
    return Tensor.concatenating([flat[0..<3], (flat * waves([flat.count], 0.3)).sum().expandingShape(at: 0)])
}

/// Compares a function of `waves(shape, 1)`, `waves(shape, 2)`, … and the gradients of Σ y ⊙ `waves(y.shape, 0.5)` with
/// PyTorch's, and all derivatives with finite differences.
private func expectAgreement(
    _ shapes: [TensorShape], _ references: [[Double]], shape: TensorShape, spacing: Double? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Tensor<Double>]) -> Tensor<Double>
) {
    let arguments = shapes.enumerated().map { waves($1, Double($0 + 1)) }
    let (_, slopes, value) = valueAndGradient(at: arguments, carrying: { arguments in
        let y = function(arguments)
        return ((y * waves(y.shape, 0.5)).sum(), y.detached())
    })
    #expect(value.shape == shape, sourceLocation: sourceLocation)
    for (tensor, reference) in zip([value] + slopes, references) {
        expectClose(summary(tensor), reference, tolerance: 1e-12, sourceLocation: sourceLocation)
    }
    // Where elements are compared, none are near each other.
    let random = shapes.enumerated().map { index, shape in
        let numbers = normal(shape, seed: UInt64(index + 1))
        guard let spacing else { return numbers }
        return Tensor<Double>(numbers.flattened().argsort()).reshaped(to: shape) * spacing
    }
    expectGradientsMatchFiniteDifferences(at: random, tolerance: 1e-6, sourceLocation: sourceLocation, function)
}

/// The expressions are `torch.nn.functional` on `waves` as above, in float64.
@Suite struct ConvolutionTests {
    /// conv2d(x, w, b, padding=1)
    @Test func plain() {
        expectAgreement([[2, 3, 5, 6], [4, 3, 3, 3], [4]], [
            [-0.051690585148184656, -0.07991010378404742, -0.09509671165035612, -1.4880322363857852],
            [-2.4253019334391928, -2.174751462842586, -1.212745993624142, 1.7596643719601754],
            [6.483266626525547, 0.49701816378208574, -5.746524029106207, 2.6767404360689326],
            [1.4095196378646726, -2.0200855695035034, 0.8034003112831116, 0.28342583239066954],
        ], shape: [2, 4, 5, 6]) { Convolution2D(filters: $0[1], bias: $0[2], geometry: .init(padding: 1))($0[0]) }
    }

    /// conv2d(x, w, None, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2)
    @Test func everyOption() {
        let geometry = ConvolutionGeometry(
            stride: PlaneSize(height: 2, width: 1), padding: PlaneSize(height: 1, width: 2),
            dilation: PlaneSize(height: 1, width: 2), groups: 2)
        expectAgreement([[2, 4, 6, 5], [6, 2, 3, 2]], [
            [-0.10443285416164799, -1.013453578737849, -0.5476735364893615, 7.067533777708792],
            [-1.1252663738699895, -0.2964485581917238, 0.6717936465406065, 7.072778965025913],
            [2.222935882075191, 1.071022044606441, 0.4206419469583669, 1.0837224620091486],
        ], shape: [2, 6, 3, 7]) { convolution2D($0[0], $0[1], geometry) }
    }

    /// conv2d(x, w) with filters of one element
    @Test func pointwise() {
        expectAgreement([[2, 3, 4, 5], [4, 3, 1, 1]], [
            [1.2126530745922852, 1.1579761846468997, 0.5586850011850779, 3.6659343752164952],
            [-1.2091122811549508, -0.12006847625999828, 1.025445409141728, 12.342730311644077],
            [14.463034395589355, 5.567973845985875, -12.940335886081161, -11.783745307862905],
        ], shape: [2, 4, 4, 5]) { convolution2D($0[0], $0[1]) }
    }

    /// conv2d(x, w, None, stride=2, padding=1, groups=3) with two filters a channel
    @Test func depthwise() {
        expectAgreement([[2, 3, 7, 6], [6, 1, 3, 3]], [
            [-2.410811009356336, -0.4792385287502847, 2.4084964296126214, -50.72820120726344],
            [-0.9758783436639382, -1.3040785094411216, -0.7550872000336715, -68.114879056953],
            [-5.561531327874561, -7.386606203220435, -4.557436930704183, -23.436727589812833],
        ], shape: [2, 6, 4, 3]) { convolution2D($0[0], $0[1], .init(stride: 2, padding: 1, groups: 3)) }
    }

    /// The direct kernels against the definition by groups of one channel.
    @Test func depthwiseIsAConvolutionOfEachChannel() {
        let x = normal([2, 3, 9, 8]), w = normal([6, 1, 3, 2], seed: 2)
        for geometry: ConvolutionGeometry in [
            .init(groups: 3), .init(padding: 2, groups: 3), .init(stride: 3, padding: 1, dilation: 2, groups: 3),
        ] {
            var single = geometry
            single.groups = 1
            let parts = (0..<3).map { channel in
                convolution2D(x[0..., channel...channel], w[2 * channel..<2 * channel + 2], single)
            }
            expectClose(convolution2D(x, w, geometry), Tensor.concatenating(parts, along: 1).scalars)
        }
    }

    /// conv1d(x, w, None, stride=2, padding=2, dilation=2)
    @Test func sequences() {
        expectAgreement([[2, 3, 9], [4, 3, 3]], [
            [-0.0015074760647423302, -0.017996049300392225, 0.013787324194078465, 0.02169051847757633],
            [-0.004943510294332432, 0.0, 0.6507257045323562, -0.003352695621498203],
            [2.9129768494656787, 1.504251649622581, -0.7581405825613897, 0.021645149989234724],
        ], shape: [2, 4, 5]) { convolution1D($0[0], $0[1], stride: 2, padding: 2, dilation: 2) }
    }

    /// conv_transpose2d(x, w, None, stride=2, padding=1, output_padding=1, groups=2)
    @Test func transposed() {
        expectAgreement([[2, 4, 3, 4], [4, 3, 3, 3]], [
            [-0.8627833146134873, -0.8927733170663085, -0.3687379607344616, -0.0996901609959619],
            [-0.13952480262398514, -0.1437864021453786, -0.04694431230657348, -0.2054547703562793],
            [-1.6822826309264278, -1.9944185163437376, -1.1067160465034893, -0.541155176109986],
        ], shape: [2, 6, 6, 8]) {
            transposedConvolution2D($0[0], $0[1], .init(stride: 2, padding: 1, groups: 2), outputPadding: 1)
        }
    }

    /// conv_transpose1d(x, w, None, stride=3, padding=1, dilation=2)
    @Test func transposedSequences() {
        expectAgreement([[2, 3, 4], [3, 2, 3]], [
            [0.0, -0.3041394349833551, 0.27892670929483854, 0.5573662160448011],
            [1.1457945500059086, 2.0769320203030532, -2.2924288364522565, -2.328337881989203],
            [0.29224703613813074, 0.38403034418336934, 0.47432361873702644, -0.2628142297533565],
        ], shape: [2, 2, 12]) { transposedConvolution1D($0[0], $0[1], stride: 3, padding: 1, dilation: 2) }
    }

    /// ⟨x ∗ w, y⟩ = ⟨x, y ∗ᵀ w⟩ in single precision too, and layouts that are not contiguous.
    @Test func transposesAndLayouts() {
        let x = Tensor<Float>(normal([2, 3, 6, 5])), w = Tensor<Float>(normal([4, 3, 3, 3], seed: 2))
        let y = Tensor<Float>(normal([2, 4, 3, 3], seed: 3))
        let geometry = ConvolutionGeometry(stride: 2, padding: 1)
        let left = Tensor.dot(convolution2D(x, w, geometry), y)
        let right = Tensor.dot(x, transposedConvolution2D(y, w, geometry, outputPadding: PlaneSize(height: 1, width: 0)))
        expectClose(left, [right.scalar], tolerance: 1e-5)
        let turned = x.permuted(0, 2, 3, 1).permuted(0, 3, 1, 2).transposed(2, 3)
        expectClose(
            convolution2D(turned, w.transposed(2, 3), geometry).transposed(2, 3), convolution2D(x, w, geometry).scalars,
            tolerance: 1e-5)
    }
}

@Suite struct PoolingTests {
    /// max_pool2d(x, 3, stride=2, padding=1)
    @Test func maximum() {
        expectAgreement([[2, 2, 6, 7]], [
            [0.9916648104524686, 0.9916648104524686, 0.9893582466233818, -0.031218345894917565],
            [0.0, 1.4114646245714293, 0.0, 0.04776785545227025],
        ], shape: [2, 2, 3, 4], spacing: 0.02) { maximumPooling2D($0[0], window: 3, stride: 2, padding: 1) }
        #expect(maximumPooling2D(Tensor<Double>(shape: [1, 1, 2, 2], scalars: [1, .nan, 3, 4]), window: 2).scalar.isNaN)
    }

    /// avg_pool2d(x, 3, stride=2, padding=1)
    /// Windows of two by two side by side have a loop of their own: against the largest of each four, with equal
    /// elements, NaN and a row and column left over.
    @Test func poolingByFours() {
        let (height, width) = (7, 71)
        var values = (0..<2 * height * width).map { Float($0 * 37 % 11) }
        for place in [3, 80, 300, 301, 700] { values[place] = .nan }
        let x = Tensor<Float>(shape: [1, 2, height, width], scalars: values)
        var expected: [Float] = [], slopes = [Float](repeating: 0, count: values.count)
        for plane in 0..<2 {
            for row in 0..<height / 2 {
                for column in 0..<width / 2 {
                    let corner = (plane * height + 2 * row) * width + 2 * column
                    let places = [corner, corner + 1, corner + width, corner + width + 1]
                    // The first NaN, or else the first of the largest.
                    let largest = places.map { values[$0] }.max() ?? 0
                    let best = places.first { values[$0].isNaN } ?? places.first { values[$0] == largest } ?? corner
                    expected.append(values[best])
                    slopes[best] += Float(expected.count)
                }
            }
        }
        let y = maximumPooling2D(x, window: 2)
        #expect(y.shape == [1, 2, height / 2, width / 2])
        #expect(zip(y.scalars, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
        let weights = (Tensor<Float>.range(expected.count) + 1).reshaped(to: y.shape)
        #expect(gradient(at: x) { (maximumPooling2D($0, window: 2) * weights).sum() }.scalars == slopes)
    }

    @Test func average() {
        expectAgreement([[2, 2, 6, 7]], [
            [0.19675561043816736, 0.4288938760224705, 0.01436617288715552, -1.1100749699245023],
            [0.05326950428935589, 0.1568294027301588, 0.10355989844080292, -0.4871636608737836],
        ], shape: [2, 2, 3, 4]) { averagePooling2D($0[0], window: 3, stride: 2, padding: 1) }
    }

    /// adaptive_avg_pool2d(x, (3, 2)), adaptive_max_pool2d(x, (3, 2))
    @Test func adaptive() {
        expectAgreement([[2, 2, 7, 5]], [
            [0.21676004886166153, -0.07643824246139838, 0.0878933584407184, -0.18985024715596716],
            [0.05326950428935589, 0.05326950428935589, 0.1568294027301588, -0.19323127591049372],
        ], shape: [2, 2, 3, 2]) { adaptiveAveragePooling2D($0[0], to: PlaneSize(height: 3, width: 2)) }
        expectAgreement([[2, 2, 7, 5]], [
            [0.9916648104524686, 0.8504366206285644, 0.9893582466233818, 1.9882093833238437],
            [0.0, 0.479425538604203, 0.0, 0.5295659191819834],
        ], shape: [2, 2, 3, 2], spacing: 0.02) { adaptiveMaximumPooling2D($0[0], to: PlaneSize(height: 3, width: 2)) }
        let x = normal([2, 3, 4, 5])
        expectClose(adaptiveAveragePooling2D(x, to: 1), x.mean(along: 2, 3).scalars, shape: [2, 3, 1, 1])
    }

    /// interpolate(x, scale_factor=2), interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    @Test func upsampling() {
        expectAgreement([[2, 2, 3, 4]], [
            [0.8414709848078965, 0.8414709848078965, 0.9916648104524686, 2.596772778375362],
            [1.7234154714379417, 3.340531992963391, -0.5878541142162699, 2.2277966448957334],
        ], shape: [2, 2, 6, 8]) { upsampling2D($0[0], by: 2) }
        expectAgreement([[2, 2, 3, 4]], [
            [0.8414709848078965, 0.8790194412190395, 0.9541163540413256, 4.940535309742307],
            [1.5424664151050917, 2.8536956741755226, -0.2772604110822851, 4.989959116733925],
        ], shape: [2, 2, 6, 8]) { upsampling2D($0[0], by: 2, method: .bilinear) }
    }
}

@Suite struct ImageNormalizationTests {
    /// group_norm(x, 2, w, b)
    @Test func groups() {
        expectAgreement([[2, 4, 3, 2], [4], [4]], [
            [0.9460368850427107, 1.13742796029348, 0.7344941533733943, 0.6665974435584618],
            [-0.12162756465816021, 0.3353676673683867, 0.6056856432092912, 0.7664505782260134],
            [7.975633930441679, 6.868580673978015, 5.952906075007377, 19.857947106065133],
            [2.4599427438530777, -1.9779083955993397, -0.5205607547266808, 0.22716342649870636],
        ], shape: [2, 4, 3, 2]) {
            var layer = GroupNormalization<Double>(groups: 2, channels: 4)
            (layer.weight, layer.bias) = ($0[1], $0[2])
            return layer($0[0])
        }
    }

    /// batch_norm(x, zeros(3), ones(3), w, b, training=True), then training=False with the statistics it left.
    @Test func batch() {
        var statistics: BatchNormalization<Double>.Statistics?
        expectAgreement([[4, 3, 2, 3], [3], [3]], [
            [0.9874281892569089, 1.1687045173120105, 0.7870651912774348, 25.372947150154378],
            [-0.450957144537442, -0.044416310893723575, 0.26699087762189844, 1.204643304465357],
            [13.938312014406062, 17.405177712121976, 8.143515812333519, 26.84064294163764],
            [7.500654949684897, 2.1690011472487885, -9.62740751756312, -5.505414618801726],
        ], shape: [4, 3, 2, 3]) {
            var layer = BatchNormalization<Double>(channels: 3)
            (layer.weight, layer.bias) = ($0[1], $0[2])
            let (result, next) = layer.training($0[0])
            if statistics == nil { statistics = next }
            return result
        }
        guard let statistics else { return }
        expectClose(statistics.mean, [0.01402748343119177, 0.027559471469273962, -0.04105014166767543])
        expectClose(statistics.variance, [0.9592256241542786, 0.9458422230692783, 0.923829880511198])
        expectAgreement([[4, 3, 2, 3], [3], [3]], [
            [0.909333025233767, 1.0487755995815455, 0.7552084765844578, 21.691352981335328],
            [0.44510705432887654, 0.8653213870960308, 0.878561550492275, 13.850592741860268],
            [11.68856978058554, 12.415309530912095, 7.749515359927612, 21.5862529753067],
            [7.500654949684897, 2.1690011472487885, -9.62740751756312, -5.505414618801726],
        ], shape: [4, 3, 2, 3]) {
            var layer = BatchNormalization<Double>(channels: 3)
            (layer.weight, layer.bias, layer.statistics) = ($0[1], $0[2], statistics)
            return layer($0[0])
        }
    }
}
