import Decisions
import DeepLearning
import Mathematics
import Testing

func randomTensor(_ shape: TensorShape, seed: UInt64 = 1) -> Tensor<Double> {
    var generator = Philox(seed: seed)
    return .randomNormal(shape, using: &generator)
}

func largestDifference(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double {
    a.shape == b.shape ? zip(a.scalars, b.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}

/// The Jacobian by central differences.
func differences(at x: Tensor<Double>, step: Double = 1e-6, _ function: (Tensor<Double>) -> Tensor<Double>) -> Tensor<Double> {
    let columns = (0..<x.count).map { place in
        func moved(_ by: Double) -> Tensor<Double> {
            var copy = x
            copy.withUnsafeMutableScalars { $0[place] += by }
            return function(copy).flattened()
        }
        return (moved(step) - moved(-step)) / (2 * step)
    }
    return .stacking(columns, along: 1)
}

@Suite struct DifferentiableProjectionTests {
    static let points = randomTensor([6, 5]) * 2

    private func rows(_ set: ConvexSet) -> Tensor<Double> {
        .stacking((0..<6).map { Tensor(set.project(Self.points[$0].vector)) })
    }

    @Test func valuesAreThoseOfMathematics() throws {
        #expect(largestDifference(Self.points.simplexProjected(total: 2), rows(try .simplex(total: 2))) < 1e-14)
        let long = randomTensor([1, 100], seed: 8), onSimplex = try ConvexSet.simplex().project(long[0].vector)
        #expect(largestDifference(long.simplexProjected()[0], Tensor(onSimplex)) < 1e-14)
        #expect(largestDifference(Self.points.l1BallProjected(radius: 5), rows(try .l1Ball(radius: 5))) < 1e-14)
        #expect(largestDifference(Self.points.l2BallProjected(radius: 4), rows(try .l2Ball(radius: 4))) < 1e-14)
        let ends = Vector(repeating: 0.7, count: 5)
        #expect(
            largestDifference(
                Self.points.boxProjected(from: Tensor(-0.7), to: Tensor(0.7)), rows(try .box(lower: -ends, upper: ends))) < 1e-15)
        #expect(largestDifference(Self.points.projected(onto: .secondOrderCone), rows(.secondOrderCone)) < 1e-15)
        let soft = ProximalOperator.l1(weight: 0.4), block = ProximalOperator.l2(weight: 2)
        let expected = Tensor.stacking((0..<6).map { Tensor(soft.apply(Self.points[$0].vector, step: 0.5)) })
        #expect(largestDifference(Self.points.softThresholded(by: Tensor(0.2)), expected) < 1e-15)
        let shrunk = Tensor.stacking((0..<6).map { Tensor(block.apply(Self.points[$0].vector, step: 2)) })
        #expect(largestDifference(Self.points.blockSoftThresholded(by: Tensor(4.0)), shrunk) < 1e-14)
    }

    @Test func jacobiansAreThoseOfDifferences() {
        let maps: [(String, (Tensor<Double>) -> Tensor<Double>)] = [
            ("simplex", { $0.simplexProjected(total: 1.5) }), ("l1", { $0.l1BallProjected(radius: 5) }),
            ("l2", { $0.l2BallProjected(radius: 4) }), ("box", { $0.boxProjected(from: Tensor(-0.7), to: Tensor(0.7)) }),
            ("cone", { $0.projected(onto: .secondOrderCone) }), ("soft", { $0.softThresholded(by: Tensor(0.2)) }),
            ("block", { $0.blockSoftThresholded(by: Tensor(4.0)) }),
        ]
        for (name, map) in maps {
            let expected = differences(at: Self.points, map)
            #expect(largestDifference(jacobian(at: Self.points, map), expected) < 1e-8, "reverse, \(name)")
            #expect(largestDifference(forwardJacobian(at: Self.points, map), expected) < 1e-8, "forward, \(name)")
        }
    }

    /// By the size of the set: the radius, the total, the threshold.
    @Test func derivativesBySizes() {
        let maps: [(Double, (Tensor<Double>) -> Tensor<Double>)] = [
            (1.5, { Self.points.simplexProjected(total: $0) }), (5, { Self.points.l1BallProjected(radius: $0) }),
            (4, { Self.points.l2BallProjected(radius: $0) }), (0.2, { Self.points.softThresholded(by: $0) }),
            (4, { Self.points.blockSoftThresholded(by: $0) }),
        ]
        for (index, (size, map)) in maps.enumerated() {
            let expected = differences(at: Tensor([size])) { map($0[0]) }
            let slope = derivative(at: Tensor(size), along: Tensor(1.0), map).flattened()
            #expect(largestDifference(slope, expected.flattened()) < 1e-8, "map \(index)")
        }
    }

    /// Second derivatives, of the ball's projection, which is curved: by differences of the Jacobian's product.
    @Test func secondDerivatives() {
        let x = randomTensor([4]) * 3, v = randomTensor([4], seed: 2), w = randomTensor([4], seed: 3)
        func product(_ x: Tensor<Double>) -> Tensor<Double> {
            gradient(at: x) { ($0.l2BallProjected(radius: 2) * w).sum() }
        }
        let expected = (product(x + v * 1e-6) - product(x - v * 1e-6)) / 2e-6
        #expect(largestDifference(derivative(at: x, along: v, product), expected) < 1e-8)
    }

    /// diag(s) − ssᵀ/|s|₁ (claim 5 of the paper's list).
    @Test func simplexJacobian() throws {
        let point = [0.5, 0.9, -1, 0.2, 0.7]
        let projected = try ConvexSet.simplex().project(Vector(point))
        let s = projected.map { $0 > 0 ? 1.0 : 0 }
        let expected = Matrix(rows: 5, columns: 5) { ($0 == $1 ? s[$0] : 0) - s[$0] * s[$1] / s.sum }
        #expect((try simplexProjectionJacobian(at: point) - expected).maximumMagnitude < 1e-15)
        #expect(s.sum == 3)
    }

    @Test func badInput() {
        #expect(throws: OptimisationError.invalid(argument: "point", value: "empty", expected: "at least one number")) {
            _ = try simplexProjectionJacobian(at: [])
        }
        #expect(throws: OptimisationError.self) { _ = try simplexProjectionJacobian(at: [1, .nan]) }
        #expect(throws: OptimisationError.self) { _ = try simplexProjectionJacobian(at: [1, 2], total: 0) }
    }
}
