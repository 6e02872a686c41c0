import DeepLearning
import Mathematics
import Testing

@Suite struct ImageModelTests {
    /// Parameter k of a model as 0.3 `waves(shape, k + 1)`.
    private func withWaves<Model: Parameterized>(_ model: Model) -> Model where Model.Scalar == Double {
        var phase = 0.0
        return model.mapParameters {
            phase += 1
            return waves($0.shape, phase) * 0.3
        }
    }

    /// Σ of each gradient ⊙ `waves([count], 0.3)`, in the order of the parameters.
    private func sums<Model: Parameterized>(_ gradient: Model) -> [Double] where Model.Scalar == Double {
        gradient.parameters.map { ($0.flattened() * waves([$0.count], 0.3)).sum().scalar }
    }

    /// PyTorch's values of the same network of `Conv2d`, `BatchNorm2d` and `Linear` in training, float64, with the same
    /// weights, on waves([3, 3, 6, 4], 0.2); the gradients are those of Σ y ⊙ waves([3, 3], 0.5). A linear layer's weight is
    /// PyTorch's transposed.
    @Test func residualNetwork() {
        var generator = Philox(seed: 1)
        let network = withWaves(ResidualNetwork<Double>(channels: 3, widths: [4, 6], classes: 3, using: &generator))
        let images = waves([3, 3, 6, 4], 0.2)
        let (_, slope, (logits, statistics)) = valueAndGradient(at: network, carrying: { network in
            var network = network
            let logits = network(images, isTraining: true)
            return ((logits * waves([3, 3], 0.5)).sum(), (logits.detached(), network.runningStatistics))
        })
        expectClose(logits.flattened()[0..<3], [-0.26026248122478757, -0.06694955988752833, 0.15785078558056548])
        let expected = [
            -0.08931860167077499, -0.01715703794892869, -0.03446699124451735, 0.11051349402122664, -0.9259542831786473,
            -0.010842924825522113, -0.10666976061413817, -0.028467747291344825, -0.045247347669165064, 0.024724009092853674,
            0.06958258112464479, -0.03787003187072896, 0.004693098907778335, -0.006155517052720899, 0.02542699279764138,
            -0.028178561935672777, 0.010222451929508262, 0.0070839557988286745,
        ]
        expectClose(Tensor(sums(slope)), expected, tolerance: 1e-11)
        expectClose(statistics[4].mean, [
            -0.014200235260568156, -0.015271536649725454, -0.016187529721497052, -0.01693889901890026, -0.017518003274131968,
            -0.01791895311865402])
        expectClose(statistics[4].variance, [
            0.9149381832056481, 0.9130955601195339, 0.9112271863786311, 0.9094088726198096, 0.9077143982593964, 0.9062125178391676])
        // Evaluation uses what training left, and does not depend on the rest of the batch.
        var trained = network
        trained.runningStatistics = statistics
        expectClose(trained(images)[1], trained(images[1...1])[0].scalars)
        #expect(trained(images) != network(images))
    }

    /// The same of a U-Net of `Conv2d`, `GroupNorm` with 2 groups, `SiLU`, `max_pool2d` and `ConvTranspose2d` on
    /// waves([2, 3, 8, 4], 0.2).
    @Test func uNet() {
        var generator = Philox(seed: 1)
        let network = withWaves(UNet<Double>(channels: 3, outputs: 3, widths: [2, 4, 6], groups: 2, using: &generator))
        let images = waves([2, 3, 8, 4], 0.2)
        let (_, slope, result) = valueAndGradient(at: ParameterPair(network, images), carrying: { pair in
            let y = pair.first(pair.second)
            return ((y * waves(y.shape, 0.5)).sum(), y.detached())
        })
        #expect(result.shape == [2, 3, 8, 4])
        expectClose(result.flattened()[0..<3], [0.31252276956637914, 0.35676773228632175, 0.3490324056068249])
        expectClose(slope.second.flattened()[0..<3], [-0.0010087363882950804, 0.00885115887422411, 0.02056122627876298])
        let expected = [
            -1.1729536502357927, 0, -2.5585000990112605, 0.8700717512006021, 0.6052691025557898, 0, 0.13357577400104248,
            0.1451393165298616, 0.0008206199368104118, -0.0002863885817736714, 0.000602171649299476, -0.012773205983259366,
            -0.009392855052794979, 0.0034674029331398896, 0.06090796671193979, -0.001103370088706237, 0.0006840154753727989,
            0.0010855906865428482, -0.0029573961919330477, -0.001120415000988105, 0.003906000853763363, -0.001993559986211963,
            -0.012050987122406369, 0.0047149101597447765, -0.0005359259797619075, 0.02085809013847086, -0.04541685375598438,
            -0.0026992218821203385, -0.028227331485521683, 0.034007252713819575, -0.0030057343493318403, -0.008889298523010923,
            -0.05230046108658207, -0.012690693697549885, -0.015664847821795082, 0.2123058608505919, 0.8748484387609525, 0,
            -0.021883166599380097, 0.0562571053617227, -0.5957185148502168, 0, -4.190199754710893, 0.2327599037525504,
            0.4637863360022099, 1.2709664080300818,
        ]
        expectClose(Tensor(sums(slope.first)), expected, tolerance: 1e-11)
    }

    /// A network with 12 training images of three patterns learns them by heart.
    @Test func residualNetworkLearns() {
        var generator = Philox(seed: 2)
        var network = ResidualNetwork<Float>(channels: 1, widths: [8, 16], classes: 3, using: &generator)
        let noise = Tensor<Float>.randomNormal([12, 1, 8, 8], standardDeviation: 0.3, using: &generator)
        let labels = Tensor<Int>((0..<12).map { $0 % 3 })
        var stripes: [Int] = []
        for place in 0..<64 { stripes.append(place / 8 % 2) }
        for place in 0..<64 { stripes.append(place % 2) }
        for place in 0..<64 { stripes.append((place / 8 + place) % 2) }
        let patterns = Tensor<Float>(Tensor<Int>(shape: [3, 1, 8, 8], scalars: stripes))
        let images = patterns.gathering(labels) + noise
        var optimizer = Adam<ResidualNetwork<Float>>(learningRate: 3e-3)
        var losses: [Float] = []
        for _ in 0..<30 {
            let (loss, slope, statistics) = valueAndGradient(at: network, carrying: { network in
                var network = network
                let logits = network(images, isTraining: true)
                return (-logits.logSoftmax().picking(labels).mean(), network.runningStatistics)
            })
            losses.append(loss.scalar)
            optimizer.update(&network, along: slope)
            network.runningStatistics = statistics
        }
        #expect(losses[0] > 0.9 && losses[29] < 0.1, "\(losses)")
    }

    @Test func dropout() {
        var generator = Philox(seed: 4)
        let x = Tensor<Double>.ones([100, 100])
        let y = Dropout(probability: 0.3)(x, using: &generator)
        let kept = y.scalars.count { $0 != 0 }
        // 10⁴ trials of 0.7: five standard deviations are 229.
        #expect(abs(kept - 7000) < 229)
        #expect(y.scalars.allSatisfy { $0 == 0 || $0 == 1 / 0.7 })
        var again = Philox(seed: 4)
        #expect(Dropout(probability: 0.3)(x, using: &again) == y)
        #expect(Dropout(probability: 0)(x, using: &again) == x)
    }
}
