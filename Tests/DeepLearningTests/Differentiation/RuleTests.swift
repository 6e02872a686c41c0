import DeepLearning
import Mathematics
import Testing

/// Checkpoints, custom rules, jets.
@Suite struct RuleTests {
    @Test func checkpointsDifferentiateLikeTheFunction() {
        let pair = ParameterPair(normal([2, 3]), normal([3, 2], seed: 2))
        func function(_ pair: ParameterPair<Tensor<Double>, Tensor<Double>>) -> Tensor<Double> {
            tanh(matmul(pair.first, pair.second)) * exp(pair.first.sum() * 0.1)
        }
        expectGradientsMatchFiniteDifferences(at: pair) { checkpoint($0, function) }
        expectGradientsMatchFiniteDifferences(at: pair) { checkpoint($0) { checkpoint($0, function) * 2 } }
        // One of the arguments is fixed.
        expectGradientsMatchFiniteDifferences(at: pair.first) { checkpoint(ParameterPair($0, pair.second), function) }
    }

    @Test func customPullback() {
        let x = uniform([4], 0.5...2)
        expectGradientsMatchFiniteDifferences(at: x) {
            customDifferentiable($0, { $0.mapped { $0 * $0 * $0 } }) { x, _, dy in dy * x * x * 3 }
        }
        expectGradientsMatchFiniteDifferences(at: [x, x + 1]) {
            customDifferentiable($0, { $0[0] * $0[1] * $0[1] }) { arguments, _, dy in
                [dy * arguments[1] * arguments[1], dy * arguments[0] * arguments[1] * 2]
            }
        }
    }

    @Test func straightThroughTakesTheOthersDerivative() {
        let x: Tensor<Double> = [0.3, 1.7, -2.2]
        let (value, slope) = valueAndGradient(at: x) { x in (straightThrough(round(x), derivativeOf: x.squared()) * 3).sum() }
        #expect(value.scalar == 0)          // 3 (0 + 2 − 2)
        expectClose(slope, [1.8, 10.2, -13.2])
        let forward = derivative(at: x, along: [1, 0, 0]) { straightThrough(round($0), derivativeOf: $0.squared()) }
        expectClose(forward, [0.6, 0, 0])
    }

    @Test func reversedCotangent() {
        let x: Tensor<Double> = [0.3, 1.7]
        let slope = gradient(at: x) { (withCotangent(of: $0) { $0 * -2 } * $0).sum() }
        expectClose(slope, [0.3 * (1 - 2), 1.7 * (1 - 2)])
    }

    @Test func detachedHasNoDerivative() {
        let x: Tensor<Double> = [0.3, 1.7]
        expectClose(gradient(at: x) { ($0 * $0.detached()).sum() }, x.scalars)
        expectClose(derivative(at: x, along: [1, 1]) { $0 * $0.detached() }, x.scalars)
    }

    @Test(arguments: [0, 1, 2]) func jetsAgreeWithNestedDifferentiation(_ which: Int) {
        var generator = Philox(seed: 3)
        let activation: JetActivation<Double> = [.softplus(beta: 2), .tanh, .sine][which]
        let network = Perceptron<Double>(widths: [3, 5, 4, 2], activation: activation, using: &generator)
        let points = normal([4, 3])
        let jet = network(Jet(variables: points, laplacianOver: 2))
        expectClose(jet.value, network(points).scalars)
        var laplacian = Tensor<Double>.zeros([4, 2])
        for direction in 0..<3 {
            let unit = Tensor<Double>.oneHot(Tensor<Int>([Int](repeating: direction, count: 4)), count: 3)
            expectClose(
                jet.derivative(along: direction), derivative(at: points, along: unit) { network($0) }.scalars, tolerance: 1e-12)
            if direction < 2 {
                laplacian += derivative(at: points, along: unit) { derivative(at: $0, along: unit) { network($0) } }
            }
        }
        expectClose(jet.laplacian, laplacian.scalars, tolerance: 1e-12)
        expectGradientsMatchFiniteDifferences(at: network, "values") { $0(points) }
        expectGradientsMatchFiniteDifferences(at: network, tolerance: 1e-6, "jets") { network in
            let jet = network(Jet(variables: points, laplacianOver: 2))
            return jet.laplacian + jet.derivative(along: 2) * jet.value - jet.derivatives.squared().sum(along: 0)
        }
        expectGradientsMatchFiniteDifferences(at: points, tolerance: 1e-6, "by the points") {
            network(Jet(variables: $0, directions: 2)).derivatives
        }
    }

    @Test func hessianIsSymmetricAndExact() {
        // f = x₀² x₁ + sin(x₁ x₂)
        let x: Tensor<Double> = [0.5, -1.2, 2]
        let matrix = hessian(at: x) { x in (x[0].squared() * x[1] + sin(x[1] * x[2])).sum() }
        let (s, c) = (Double.sin(-2.4), Double.cos(-2.4))
        expectClose(matrix, [-2.4, 1, 0, 1, -4 * s, c + 2.4 * s, 0, c + 2.4 * s, -1.44 * s], shape: [3, 3])
    }

    @Test func jacobianOfEveryResult() {
        let x: Tensor<Double> = [0.5, -1.2]
        let matrix = jacobian(at: x) { x in Tensor.stacking([x[0] * x[1], x[0].squared(), exp(x[1])]) }
        expectClose(matrix, [-1.2, 0.5, 1, 0, 0, Double.exp(-1.2)], shape: [3, 2])
        // A result that does not depend on x, and none at all.
        expectClose(jacobian(at: x) { _ in Tensor([1.0, 2.0]) }, [0, 0, 0, 0], shape: [2, 2])
        #expect(jacobian(at: x) { $0[0..<0] }.shape == [0, 2])
    }

    /// The fourth derivative of x⁵ by four nested gradients: 120 x.
    @Test func derivativesOfAnyOrder() {
        let x = Tensor(1.5)
        func f(_ x: Tensor<Double>) -> Tensor<Double> { x * x * x * x * x }
        let fourth = gradient(at: x) { gradient(at: $0) { gradient(at: $0) { gradient(at: $0, f) } } }
        expectClose(fourth, [180])
        let one = Tensor(1.0)
        let forward = derivative(at: x, along: one) {
            derivative(at: $0, along: one) { derivative(at: $0, along: one) { derivative(at: $0, along: one, f) } }
        }
        expectClose(forward, [180])
        let mixed = gradient(at: x) { derivative(at: $0, along: one) { gradient(at: $0) { derivative(at: $0, along: one, f) } } }
        expectClose(mixed, [180])
    }

    /// d/dx (x · d/dy (x + y)) = 1, not 2: the levels do not mix (Siskind and Pearlmutter 2005).
    @Test func perturbationsAreNotConfused() {
        let x = Tensor(1.0)
        expectClose(gradient(at: x) { x in x * gradient(at: Tensor(1.0)) { y in x + y } }, [1])
        expectClose(derivative(at: x, along: x) { x in x * derivative(at: Tensor(1.0), along: Tensor(1.0)) { y in x + y } }, [1])
    }
}
