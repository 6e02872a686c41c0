import DeepLearning
import Testing

/// Values and gradients beside `torch.nn.functional`, in float64, at
/// `x = [[0.5, -1.2, 2.0], [1.5, 0.3, -0.7], [-0.2, 0.1, 0.4]]` with the labels [2, 1, 0] and the targets `t`.
struct LossTests {
    static let logits: Tensor<Double> = [[0.5, -1.2, 2], [1.5, 0.3, -0.7], [-0.2, 0.1, 0.4]]
    static let labels = Tensor<Int>([2, 1, 0])
    static let targets: Tensor<Double> = [[1, 0, 1], [0, 0.25, 0], [1, 1, 0]]
    static let embeddings: Tensor<Double> = [[1, 0.2, -0.5], [0.3, 1.1, 0.4], [-1, 0.6, 0.9]]

    static func expect(
        _ value: Double, _ gradient: [Double], sourceLocation: SourceLocation = #_sourceLocation,
        _ loss: (Tensor<Double>) -> Tensor<Double>
    ) {
        let (found, slope) = valueAndGradient(at: logits, loss)
        #expect(abs(found.scalar - value) < 1e-12, sourceLocation: sourceLocation)
        for (a, b) in zip(slope.scalars, gradient) { #expect(abs(a - b) < 1e-11, sourceLocation: sourceLocation) }
    }

    // F.cross_entropy(x, labels), with label_smoothing=0.1, and with the second label ignored
    @Test func crossEntropies() {
        Self.expect(1.069197194566479, [
            0.058847352955457045, 0.010750441819078001, -0.06959779477453505, 0.23607220548046984,
            -0.26222975144926775, 0.02615754596879792, -0.25343517359805007, 0.10785123462778648, 0.1455839389702636,
        ]) { crossEntropy($0, Self.labels) }
        Self.expect(1.1091971945664791, [
            0.04773624184434593, -0.00036066929203311046, -0.04737557255231285, 0.22496109436935877,
            -0.24000752922704555, 0.015046434857686813, -0.23121295137582787, 0.0967401235166754, 0.1344728278591525,
        ]) { crossEntropy($0, Self.labels, smoothing: 0.1) }
        Self.expect(0.8312931535209613, [
            0.08827102943318557, 0.016125662728617002, -0.10439669216180258, 0, 0, 0, -0.38015276039707513,
            0.16177685194167973, 0.2183759084553954,
        ]) { crossEntropy($0, Tensor([2, -100, 0]), weights: [1, 0, 1]) }
    }

    @Test func crossEntropyOfOneHotProbabilitiesIsThatOfLabels() {
        let a = valueAndGradient(at: Self.logits) { crossEntropy($0, Self.labels) }
        let b = valueAndGradient(at: Self.logits) { crossEntropy($0, probabilities: .oneHot(Self.labels, count: 3)) }
        #expect(abs(a.value.scalar - b.value.scalar) < 1e-14)
        #expect(abs(a.gradient - b.gradient).max().scalar < 1e-14)
    }

    /// The Hessian of a row's cross-entropy is diag(p) − ppᵀ.
    @Test func crossEntropyDifferentiatesTwice() {
        let x: Tensor<Double> = [0.3, -0.4, 1.1]
        let h = hessian(at: x) { $0.expandingShape(at: 0).crossEntropies(Tensor([1])).sum() }
        let p = x.softmax()
        let expected = Tensor.identity(3) * p - p.expandingShape(at: 1) * p
        #expect(abs(h - expected).max().scalar < 1e-14)
    }

    @Test func crossEntropySurvivesLargeLogits() {
        let (value, slope) = valueAndGradient(at: [[1000, 0]] as Tensor<Float>) { crossEntropy($0, Tensor([1])) }
        #expect(value.scalar == 1000)
        #expect(slope.scalars == [1, -1])
    }

    // F.binary_cross_entropy_with_logits(x, t, pos_weight=torch.tensor(2.))
    @Test func binary() {
        Self.expect(0.9206580168387042, [
            -0.08389792639958787, 0.025719468500109154, -0.026489538227137264, 0.0908416084659604,
            0.024228127334952648, 0.03686802531464821, -0.12218533273610618, -0.10556018056023556, 0.06652085112360578,
        ]) { binaryCrossEntropy($0, Self.targets, positiveWeight: 2) }
    }

    // F.huber_loss(x, t, delta=0.8), F.l1_loss(x, t), F.mse_loss(x, t)
    @Test func regression() {
        Self.expect(0.3879166666666667, [
            -0.05555555555555555, -0.08888888888888889, 0.08888888888888889, 0.08888888888888889,
            0.005555555555555554, -0.07777777777777777, -0.08888888888888889, -0.08888888888888889, 0.044444444444444446,
        ]) { huberLoss($0, Self.targets, threshold: 0.8) }
        let third = 1.0 / 9
        Self.expect(0.827777777777778, [-third, -third, third, third, third, -third, -third, -third, third]) {
            meanAbsoluteError($0, Self.targets)
        }
        Self.expect(0.8713888888888888, [
            -0.1111111111111111, -0.26666666666666666, 0.2222222222222222, 0.3333333333333333, 0.011111111111111108,
            -0.15555555555555553, -0.26666666666666666, -0.19999999999999998, 0.08888888888888889,
        ]) { meanSquaredError($0, Self.targets) }
    }

    /// The constant that minimises the quantile loss is the quantile.
    @Test func quantile() {
        let targets: Tensor<Double> = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        func loss(_ c: Double) -> Double { quantileLoss(Tensor(repeating: c, shape: [11]), targets, quantile: 0.8).scalar }
        #expect(loss(8) < loss(7.9) && loss(8) < loss(8.1))
        #expect(abs(loss(0) - 0.8 * 5) < 1e-14)
    }

    // F.kl_div(F.log_softmax(x, -1), q, reduction='batchmean')
    @Test func divergence() {
        let q: Tensor<Double> = [[0.2, 0.3, 0.5], [0.6, 0.1, 0.3], [1.0 / 3, 1.0 / 3, 1.0 / 3]].asTensor
        Self.expect(0.24046018536999134, [
            -0.007819313711209622, -0.08924955818092199, 0.0970688718921316, 0.03607220548046985,
            0.037770248550732216, -0.07384245403120207, -0.03121295137582786, -0.0032598764833246217,
            0.03447282785915248,
        ]) { kullbackLeiblerDivergence(log(q), $0.logSoftmax()) }
        let certain = kullbackLeiblerDivergence(log([[1, 0]] as Tensor<Double>), log([[0.25, 0.75]] as Tensor<Double>))
        #expect(abs(certain.scalar - 1.3862943611198906) < 1e-15)    // ln 4
    }

    // F.multi_margin_loss(x, labels, margin=0.7)
    @Test func hinge() {
        let ninth = 1.0 / 9
        Self.expect(0.4666666666666666, [0, 0, 0, ninth, -ninth, 0, -2 * ninth, ninth, ninth]) {
            multiclassHingeLoss($0, Self.labels, margin: 0.7)
        }
        #expect(abs(hingeLoss([0.5, -2] as Tensor<Double>, [1, 1]).scalar - 1.75) < 1e-15)
    }

    // s = F.normalize(x, dim=-1) @ F.normalize(e, dim=-1).T / 0.2
    // (F.cross_entropy(s, torch.arange(3)) + F.cross_entropy(s.T, torch.arange(3))) / 2
    // F.triplet_margin_loss(x, e, t, margin=0.5, eps=0)
    @Test func contrastive() {
        Self.expect(2.3104743221347643, [
            -0.7973481644620795, 0.17101420957854743, 0.3019455668626484, -0.034386538471914196, -0.7124089475850557,
            -0.3790035599762687, 0.5640828995015683, 1.0079278170101558, 0.030059495498245214,
        ]) { contrastiveLoss($0, Self.embeddings, temperature: 0.2) }
        Self.expect(0.8138541739650135, [
            0.04431727979390467, 0.0834409993662869, 0.08326898145532285, -0.08139620075159573, -0.15708220368931178,
            -0.06125231867151687, 0.5074188669821174, 0.037149352656633605, -0.24198518545039308,
        ]) { tripletLoss(anchor: $0, positive: Self.embeddings, negative: Self.targets, margin: 0.5) }
    }

    @Test func metrics() {
        #expect(abs(accuracy(Self.logits, Self.labels) - 1.0 / 3) < 1e-15)
        #expect(accuracy(Self.logits, Self.labels, mask: Tensor([true, true, false])) == 0.5)
        #expect(abs(topKAccuracy(Self.logits, Self.labels, count: 2) - 2.0 / 3) < 1e-15)
        #expect(topKAccuracy(Self.logits, Self.labels, count: 3) == 1)
        // exp of the mean of ln 2 and ln 8 is 4.
        #expect(abs(perplexity(logProbabilities: -log([2, 8, 5] as Tensor<Double>), mask: Tensor([true, true, false])) - 4) < 1e-12)
        #expect(confusionMatrix(answers: Tensor([0, 1, 1]), labels: Tensor([0, 1, 0]), classes: 2).scalars == [1, 1, 0, 1])
    }
}

extension [[Double]] {
    fileprivate var asTensor: Tensor<Double> { Tensor(self) }
}
