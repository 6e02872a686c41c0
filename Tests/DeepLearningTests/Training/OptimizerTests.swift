import DeepLearning
import Testing

/// Five steps on one problem, beside PyTorch's optimisers. Every reference value is what this prints for the
/// optimiser of the comment above it:
///
/// ```python
/// import torch; torch.set_default_dtype(torch.float64)
/// W = (torch.arange(6.).reshape(2, 3) * 0.3 - 0.7).requires_grad_(); b = torch.tensor([0.5, -0.2, 0.1]).requires_grad_()
/// X = torch.tensor([[1., 2.], [-0.5, 0.3], [0.7, -1.1], [2., 0.1]])
/// Y = torch.tensor([[1., 0., 2.], [0.5, -1., 0.], [0.2, 0.3, -0.4], [-1., 1., 0.6]])
/// p = [W, b]; o = torch.optim.…
/// for _ in range(5): o.zero_grad(); ((torch.tanh(X @ W + b) - Y)**2).mean().backward(); o.step()
/// print(torch.cat([W.flatten(), b]).tolist())
/// ```
struct OptimizerTests {
    typealias Model = Linear<Double>

    static let start = Model(
        weight: (Tensor<Double>.range(6).reshaped(to: [2, 3])) * 0.3 - 0.7, bias: [0.5, -0.2, 0.1])
    static let inputs: Tensor<Double> = [[1, 2], [-0.5, 0.3], [0.7, -1.1], [2, 0.1]]
    static let targets: Tensor<Double> = [[1, 0, 2], [0.5, -1, 0], [0.2, 0.3, -0.4], [-1, 1, 0.6]]

    static func gradient(at model: Model) -> Model {
        DeepLearning.gradient(at: model) { model in meanSquaredError(tanh(model(inputs)), targets) }
    }

    static func expect(
        _ optimizer: some Optimizer<Model>, reaches expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var optimizer = optimizer
        var model = start
        for _ in 0..<5 { optimizer.update(&model, along: gradient(at: model)) }
        let reached = model.parameters.flatMap(\.scalars)
        for (value, reference) in zip(reached, expected) {
            #expect(abs(value - reference) < 1e-12, sourceLocation: sourceLocation)
        }
        #expect(reached.count == expected.count)
    }

    // SGD(p, lr=0.1, weight_decay=0.01)
    @Test func stochasticGradientDescent() {
        Self.expect(StochasticGradientDescent(learningRate: 0.1, weightDecay: 0.01), reaches: [
            -0.6481378436626387, -0.1979552324962124, 0.016150301285457455, 0.26567187840379874,
            0.3820003769418214, 0.8023111793603032, 0.5576395905127823, -0.19860614488842063,
            0.13824726074052948
        ])
    }

    // SGD(p, lr=0.1, momentum=0.9, dampening=0.2, weight_decay=0.01)
    @Test func momentum() {
        Self.expect(StochasticGradientDescent(learningRate: 0.1, momentum: 0.9, dampening: 0.2, weightDecay: 0.01), reaches: [
            -0.5846683481244108, 0.05143613082581304, 0.16235547143131307, 0.3486493145073154,
            0.2340224358105962, 0.8057172898516461, 0.6295160223019185, -0.19967401363483733,
            0.18606674612254792
        ])
    }

    // SGD(p, lr=0.1, momentum=0.9, nesterov=True)
    @Test func nesterovMomentum() {
        Self.expect(StochasticGradientDescent(learningRate: 0.1, momentum: 0.9, usesNesterovMomentum: true), reaches: [
            -0.5906232833584333, 0.29462204259867325, 0.22512998850299315, 0.3713350129949393,
            0.11216870454821201, 0.8132859236335253, 0.6611229996754702, -0.16369159498723077,
            0.19549602353962836
        ])
    }

    // Adam(p, lr=0.05, betas=(0.8, 0.95))
    @Test func adam() {
        Self.expect(Adam(learningRate: 0.05, decays: (0.8, 0.95)), reaches: [
            -0.5776278106251316, -0.14800971722167755, 0.132193325439936, 0.39122873795906443,
            0.2534966182697222, 0.8341007821087293, 0.692331187130882, -0.22370989031487895,
            0.29338729982134165
        ])
    }

    // AdamW(p, lr=0.05, weight_decay=0.1)
    @Test func adamWithDecoupledWeightDecay() {
        Self.expect(AdamW(learningRate: 0.05, weightDecay: 0.1), reaches: [
            -0.5512849120660508, -0.14155571527809818, 0.136087545025584, 0.39376748203898415,
            0.24267154615308836, 0.8366518839797978, 0.6845985117742103, -0.22784753379483239,
            0.2983160913857567
        ])
    }

    // RMSprop(p, lr=0.02)
    @Test func rmsprop() {
        Self.expect(RMSprop(learningRate: 0.02), reaches: [
            -0.6906594617240663, 0.2438837153686476, 0.2531327674979618, 0.3559938968588069,
            -0.06442891806551719, 0.7875583248797158, 0.7280725975737846, -0.06828351529783841,
            0.1307451512432839
        ])
    }

    // RMSprop(p, lr=0.02, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.02)
    @Test func centeredRMSpropWithMomentum() {
        Self.expect(RMSprop(
                learningRate: 0.02, decay: 0.9, momentum: 0.5, isCentered: true, weightDecay: 0.02), reaches: [
            -0.6250621060078465, 0.033323311159800854, 0.1886407501333201, 0.3616045156684519,
            0.11393664023004103, 0.6926604794407293, 0.651375795231768, -0.05687945694133267,
            0.23764772926732236
        ])
    }

    // Adafactor(p, lr=0.05, eps=(1e-30, 1e-3), weight_decay=0.1)
    @Test func adafactor() {
        Self.expect(Adafactor(learningRate: 0.05, weightDecay: 0.1), reaches: [
            -0.6204910905027978, -0.26507498307638255, 0.029058456976628753, 0.33094582792111854,
            0.36282005237354814, 0.7915772382959847, 0.5565277616238774, -0.18895208851578638,
            0.16601827112642495
        ])
    }

    // for p, m, g in zip(…): p -= 0.05 * (torch.sign(0.9*m + 0.1*g) + 0.1*p); m.mul_(0.99).add_(0.01*g)
    @Test func lion() {
        Self.expect(Lion(learningRate: 0.05, weightDecay: 0.1), reaches: [
            -0.6346616584040624, -0.14258703246749996, 0.14998759346906254, 0.3425622194056249,
            0.2401119077796875, 0.8292089712787502, 0.7351368453421875, -0.144059719405625,
            0.24503734409343753
        ])
    }

    @Test func singlePrecisionFollowsDouble() {
        typealias Single = Linear<Float>
        func check(_ optimizer: some Optimizer<Single>, _ reference: some Optimizer<Model>) {
            var optimizer = optimizer, reference = reference
            var model = Single(weight: Tensor(Self.start.weight), bias: Self.start.bias.map { Tensor($0) })
            var expected = Self.start
            for _ in 0..<20 {
                let gradient = Self.gradient(at: expected)
                optimizer.update(&model, along: Single(weight: Tensor(gradient.weight), bias: gradient.bias.map { Tensor($0) }))
                reference.update(&expected, along: gradient)
            }
            for (a, b) in zip(model.parameters, expected.parameters) {
                #expect(abs(Tensor<Double>(a) - b).max().scalar < 1e-5)
            }
        }
        check(Adam(learningRate: 0.01), Adam(learningRate: 0.01))
        check(RMSprop(learningRate: 0.01, momentum: 0.9), RMSprop(learningRate: 0.01, momentum: 0.9))
        check(Adafactor(learningRate: 0.01), Adafactor(learningRate: 0.01))
        check(
            StochasticGradientDescent(learningRate: 0.1, momentum: 0.9),
            StochasticGradientDescent(learningRate: 0.1, momentum: 0.9))
    }

    @Test func copiesOfOptimizersAreIndependent() {
        var first = Adam<Model>(learningRate: 0.1)
        var model = Self.start
        first.update(&model, along: Self.gradient(at: model))
        var second = first
        var a = model, b = model
        let gradient = Self.gradient(at: model)
        first.update(&a, along: gradient)
        second.update(&b, along: gradient)
        #expect(a.parameters == b.parameters)
        #expect(a.weight != model.weight)
        #expect(model.weight != Self.start.weight)
    }
}
