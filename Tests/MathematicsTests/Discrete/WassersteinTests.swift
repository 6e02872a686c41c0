import Foundation
import Mathematics
import Testing

@Suite struct WassersteinTests {
    @Test func sinkhornIsPOTs() throws {
        // a, b, M as for ot.emd2; ot.sinkhorn(a, b, M, reg, stopThr=1e-15); cost = (P * M).sum(), P[2, 3]
        let a = Vector(count: 7) { Double($0 + 1) / 28 }
        let b = Vector(count: 9) { Double(9 - $0) / 45 }
        let costs = Matrix(rows: 7, columns: 9) { Double((5 * $0 + 3 * $1 + $0 * $1) % 11) / 2 }
        for (epsilon, cost, element) in [
            (2.0, 1.6352615842929026, 0.020223391577964954), (0.3, 0.8653859946081544, 0.007781147144457702),
            (0.1, 0.82790627658504, 0.00046839164607805653),
        ] {
            let result = try Sinkhorn(
                costs: costs, sourceMasses: a, targetMasses: b, regularization: epsilon, tolerance: 1e-13)
            #expect(abs(result.transportCost - cost) < 1e-11)
            #expect(abs(result.plan[2, 3] - element) < 1e-12)
            // The value of the primal at the plan is that of the dual.
            var divergence = 0.0
            for i in 0..<7 {
                for j in 0..<9 { divergence += result.plan[i, j] * log(result.plan[i, j] / (a[i] * b[j])) }
            }
            #expect(abs(result.transportCost + epsilon * divergence - result.entropicCost) < 1e-11)
        }
    }

    @Test func smallRegularizationReachesTheExactCost() throws {
        var generator = Philox(seed: 9)
        let (x, y) = (generator.normalMatrix(rows: 30, columns: 2), generator.normalMatrix(rows: 40, columns: 2))
        let costs = pairwiseSquaredDistances(x, y)
        let a = Vector(repeating: 1.0 / 30, count: 30)
        let b = Vector(count: 40) { $0 == 3 ? 0 : 1.0 / 39 }
        let exact = try OptimalTransport(costs: costs, sourceMasses: a, targetMasses: b).cost
        var previous = Double.infinity
        for epsilon in [1.0, 0.1, 0.03] {
            let result = try Sinkhorn(
                costs: costs, sourceMasses: a, targetMasses: b, regularization: epsilon, tolerance: 1e-6,
                maximumIterations: 200_000)
            #expect((result.plan.rowSums - a).absoluteSum < 1.1e-6)
            #expect((result.plan.columnSums - b).maximumMagnitude < 1e-12)
            #expect(result.transportCost < previous && result.transportCost > exact - 1e-4)
            // KL(P | a ⊗ b) ≤ log(30).
            #expect(result.transportCost - exact < epsilon * log(30.0))
            previous = result.transportCost
        }
        #expect(throws: TransportError.self) {
            try Sinkhorn(
                costs: costs, sourceMasses: a, targetMasses: b, regularization: 1e-3, tolerance: 1e-12,
                maximumIterations: 3)
        }
        #expect(
            throws: TransportError.outOfRange(
                argument: "regularization", value: 0, expected: "a positive finite number")
        ) {
            try Sinkhorn(costs: costs, sourceMasses: a, targetMasses: b, regularization: 0)
        }
    }

    @Test func divergenceVanishesForEqualDistributions() throws {
        var generator = Philox(seed: 12)
        let x = generator.normalMatrix(rows: 20, columns: 3)
        let y = x.map { $0 + 0.5 }
        let masses = Vector(repeating: 0.05, count: 20)
        let (xx, xy, yy) = (
            pairwiseSquaredDistances(x, x), pairwiseSquaredDistances(x, y), pairwiseSquaredDistances(y, y)
        )
        let same = try sinkhornDivergence(
            costs: xx, sourceCosts: xx, targetCosts: xx, sourceMasses: masses, targetMasses: masses, regularization: 0.5
        )
        #expect(abs(same) < 1e-9)
        // For quadratic costs a shift by s costs exactly |s|² at every ε.
        let shifted = try sinkhornDivergence(
            costs: xy, sourceCosts: xx, targetCosts: yy, sourceMasses: masses, targetMasses: masses, regularization: 0.5
        )
        #expect(abs(shifted - 0.75) < 1e-7)
    }

    @Test func lineDistanceIsTheNetworkSimplexs() throws {
        var generator = Philox(seed: 13)
        for (n, m, order) in [(1, 1, 1.0), (5, 5, 2.0), (7, 4, 1.0), (12, 18, 3.0), (30, 20, 1.5)] {
            let (x, y) = (generator.normalVector(count: n), generator.normalVector(count: m))
            let costs = Matrix(rows: n, columns: m) { pow(abs(x[$0] - y[$1]), order) }
            let equal = try OptimalTransport(costs: costs).cost
            #expect(abs(try wassersteinDistance(x, y, order: order) - pow(equal, 1 / order)) < 1e-12)
            let a = Vector(count: n) { $0 % 4 == 3 ? 0 : generator.uniform() + 0.01 }
            let b = Vector(count: m) { _ in generator.exponential() }
            let weighted = try OptimalTransport(costs: costs, sourceMasses: a / a.sum, targetMasses: b / b.sum).cost
            let ours = try wassersteinDistance(x, masses: a, y, masses: b, order: order)
            #expect(abs(ours - pow(weighted, 1 / order)) < 1e-10)
        }
        // scipy.stats.wasserstein_distance([0, 1, 3], [5, 6, 8]), and ([3.4, 3.9, 7.5, 7.8], [4.5, 1.4], [1.4, .9,
        // 3.1, 7.2], [3.2, 3.5])
        #expect(abs(try wassersteinDistance([0, 1, 3], [5, 6, 8]) - 5) < 1e-15)
        let weighted = try wassersteinDistance(
            [3.4, 3.9, 7.5, 7.8], masses: [1.4, 0.9, 3.1, 7.2], [4.5, 1.4], masses: [3.2, 3.5])
        #expect(abs(weighted - 4.0781331438047861) < 1e-14)
        #expect(try wassersteinDistance([1e200], [-1e200], order: 2) == 2e200)
        #expect(try wassersteinDistance([2, 2], [2]) == 0)
        #expect(throws: TransportError.self) { try wassersteinDistance([], [1]) }
        #expect(throws: TransportError.self) { try wassersteinDistance([.nan], [1]) }
        #expect(throws: TransportError.self) { try wassersteinDistance([1], [1], order: 0.5) }
    }

    @Test func slicesOfAShift() throws {
        // Along θ a shift by s costs |θᵀs|: mean of its square |s|²/d, maximum |s| at s/|s|.
        var generator = Philox(seed: 14)
        let shift: Vector = [1, -2, 0.5]
        let x = generator.normalMatrix(rows: 60, columns: 3)
        let y = Matrix(rows: 60, columns: 3) { x[$0, $1] + shift[$1] }
        let sliced = try slicedWassersteinDistance(x, y, directions: 20_000, using: &generator)
        #expect(abs(sliced * sliced - shift.squaredNorm / 3) < 0.05)
        let (distance, direction) = try maxSlicedWassersteinDistance(x, y, directions: 50, using: &generator)
        #expect(abs(distance - shift.norm) < 1e-6)
        #expect(abs(abs(direction.dot(shift)) - shift.norm) < 1e-6)
        // In one dimension every direction is ±1.
        let (u, v) = (generator.normalMatrix(rows: 9, columns: 1), generator.normalMatrix(rows: 13, columns: 1))
        let line = try wassersteinDistance(u.flattened, v.flattened, order: 2)
        #expect(abs(try slicedWassersteinDistance(u, v, directions: 3, using: &generator) - line) < 1e-13)
        #expect(
            abs(
                try maxSlicedWassersteinDistance(u, v, order: 1, using: &generator).distance
                    - wassersteinDistance(u.flattened, v.flattened)) < 1e-13)
        // Same seed, same bits.
        var (first, second) = (Philox(seed: 3), Philox(seed: 3))
        #expect(
            try slicedWassersteinDistance(x, y, directions: 500, using: &first)
                == slicedWassersteinDistance(x, y, directions: 500, using: &second))
        #expect(throws: TransportError.self) { try slicedWassersteinDistance(x, u, using: &generator) }
        #expect(throws: TransportError.self) { try slicedWassersteinDistance(x, y, directions: 0, using: &generator) }
    }

    @Test func gaussiansHaveClosedForms() throws {
        // Commuting covariances: Σ (√λ − √μ)²; one dimension: (m₁ − m₂)² + (s₁ − s₂)².
        let distance = try gaussianWassersteinDistance(
            mean: [1, 2], covariance: [[4, 0], [0, 9]], mean: [0, 0], covariance: [[1, 0], [0, 25]])
        #expect(abs(distance - 10.0.squareRoot()) < 1e-14)
        // scipy.linalg.sqrtm with S1 = [[2, .5], [.5, 1]], S2 = [[1, -.3], [-.3, 3]]:
        // sqrt(trace(S1 + S2 - 2 sqrtm(sqrtm(S1) @ S2 @ sqrtm(S1))))
        #expect(abs(try buresDistance([[2, 0.5], [0.5, 1]], [[1, -0.3], [-0.3, 3]]) - 0.9640082234959289) < 1e-13)
        // Singular covariances: points on lines.
        #expect(abs(try buresDistance([[1, 0], [0, 0]], [[0, 0], [0, 1]]) - 2.0.squareRoot()) < 1e-14)
        #expect(throws: LinearAlgebraError.self) { try buresDistance([[1, 0], [0, -1]], .identity(2)) }
        #expect(throws: LinearAlgebraError.self) { try buresDistance(.identity(3), .identity(2)) }
    }
}
