import Decisions
import Foundation
import Mathematics
import Testing

@Suite struct VarianceReducedHalpernTests {
    private func regression(seed: UInt64, observations: Int = 40, unknowns: Int = 6) throws -> LeastSquaresInclusion {
        var generator = Philox(seed: seed)
        return try LeastSquaresInclusion(
            predictors: generator.normalMatrix(rows: observations, columns: unknowns),
            response: generator.normalVector(count: observations))
    }

    private func solution(_ problem: LeastSquaresInclusion) throws -> Vector {
        try problem.predictors.columnGram.solve(problem.predictors.transposeMultiplied(by: problem.response))
    }

    @Test func theEstimatorHasTheConditionalMeanOfItsRecursion() throws {
        let problem = try regression(seed: 1, observations: 12, unknowns: 3)
        let first: Vector = [0.3, -1, 2], second: Vector = [1, 0.5, -0.2], third: Vector = [0, 0.1, 0.7]
        var generator = Philox(seed: 8)
        // An estimate that is not F: one batch step away from it.
        var estimator = try RecursiveEstimator(problem, at: first)
        estimator.move(to: second, probability: 0, batchSize: 4, using: &generator)
        #expect((estimator.value - problem.value(at: second)).norm > 1e-3)
        let expected = problem.value(at: third) - problem.value(at: second) + estimator.value

        let draws = 20_000
        var moments = [StreamingMoments](repeating: StreamingMoments(), count: 3)
        for _ in 0..<draws {
            var copy = estimator
            copy.move(to: third, probability: 0, batchSize: 4, using: &generator)
            for index in 0..<3 { moments[index].add(copy.value[index]) }
        }
        for index in 0..<3 {
            #expect(abs(moments[index].mean - expected[index]) < 4 * moments[index].standardError)
            // Without replacement: the variance of a mean of b of n is that with replacement times (n − b)/(n − 1).
            var differences: [Double] = []
            for component in 0..<12 {
                var difference = Vector.zeros(3)
                problem.addComponentDifferences([component], at: third, from: second, factor: 1, into: &difference)
                differences.append(difference[index])
            }
            let variance = StreamingMoments(differences).populationVariance / 4 * (8.0 / 11)
            #expect(abs(moments[index].variance / variance - 1) < 0.05)
        }
    }

    @Test func aBatchOfAllIsExact() throws {
        let problem = try regression(seed: 2)
        var generator = Philox(seed: 0)
        var estimator = try RecursiveEstimator(problem, at: .zeros(6))
        for step in 1...5 {
            let point = Vector(repeating: Double(step) / 3, count: 6)
            estimator.move(to: point, probability: 0, batchSize: 40, using: &generator)
            #expect((estimator.value - problem.value(at: point)).norm < 1e-12)
        }
        #expect(estimator.componentCalls == 40 + 5 * 80)
        estimator.move(to: .zeros(6), probability: 1, batchSize: 1, using: &generator)
        #expect(estimator.value == problem.value(at: .zeros(6)))
        #expect(estimator.componentCalls == 480)
    }

    @Test func deterministicHalpernStaysBelowItsBound() throws {
        for seed in 0..<5 {
            let problem = try regression(seed: UInt64(seed))
            let mean = problem.predictors.columnGram / Double(problem.componentCount)
            let l = try SymmetricEigendecomposition(mean).eigenvalues.max() ?? 0
            let start = Vector(repeating: 3, count: 6)
            let distance = (start - (try solution(problem))).norm
            let trace = try halpern(
                problem, start: start, step: 1 / (4 * l), budget: EpochBudget(epochs: 2000, recordingInterval: 0))
            for (k, residual) in zip(trace.iterations, trace.residuals) {
                #expect(residual <= 16 * l * distance / Double(k + 4))
            }
            // In the end u_k − u* = λ_k (ηM)⁻¹(u₀ − u*), so that the residual is λ_k‖u₀ − u*‖/η.
            let limit = 2 / Double(2003) * 4 * l * distance
            #expect(abs(trace.finalResidual / limit - 1) < 0.02)
        }
    }

    @Test func theVarianceReducedIterationSolvesRegression() throws {
        let problem = try regression(seed: 7)
        let l = problem.averageCocoercivityConstant
        var generator = Philox(seed: 11)
        let trace = try varianceReducedHalpern(
            problem, start: .zeros(6), step: 1 / (4 * l), budget: EpochBudget(epochs: 4000), using: &generator)
        let k = Double(try #require(trace.iterations.last))
        #expect(trace.finalResidual <= 16 * l * (try solution(problem)).norm / (k + 4))
        #expect((trace.point - (try solution(problem))).norm < 0.05)
        var again = Philox(seed: 11)
        let second = try varianceReducedHalpern(
            problem, start: .zeros(6), step: 1 / (4 * l), budget: EpochBudget(epochs: 4000), using: &again)
        #expect(second == trace)
    }

    @Test func theScheduleOfFullEvaluations() {
        #expect(fullEvaluationProbability(iteration: 1, componentCount: 100) == 4.0 / 6)
        #expect(fullEvaluationProbability(iteration: 10, componentCount: 100) == 4.0 / 15)
        #expect(fullEvaluationProbability(iteration: 11, componentCount: 100) == 4.0 / 15)
        #expect(fullEvaluationProbability(iteration: 5000, componentCount: 50) == 4 / (50.0.squareRoot() + 5))
    }

    @Test func callsAreThoseExpected() throws {
        let problem = try regression(seed: 3, observations: 100, unknowns: 2)
        var generator = Philox(seed: 5)
        let trace = try varianceReducedHalpern(
            problem, start: .zeros(2), step: 0.01, budget: EpochBudget(epochs: 5000), using: &generator)
        let k = try #require(trace.iterations.last)
        var mean = 100.0, variance = 0.0
        // F in full with p_k, else two calls for each of ⌈√100⌉ components; the last iteration makes no estimate after
        // it.
        for iteration in 1..<k {
            let p = 4 / (min(Double(iteration), 10) + 5)
            mean += p * 100 + (1 - p) * 20
            variance += p * (1 - p) * 80 * 80
        }
        #expect(abs(Double(trace.componentCalls) - mean) < 4 * variance.squareRoot())
        #expect(trace.componentCalls >= 500_000)
    }

    @Test func theInnerMethodFindsTheResolvent() throws {
        let problem = try QuadraticLagrangian.antibidiagonal(size: 6)
        let u: Vector = Vector(count: 12) { sin(Double($0)) }
        let eta = 2.0
        // (I + ηM)v = u − ηF(0), with the matrix M of F column by column.
        let offset = problem.value(at: .zeros(12))
        let system = Matrix(rows: 12, columns: 12) { row, column in
            var axis = Vector.zeros(12)
            axis[column] = 1
            return (row == column ? 1 : 0) + eta * (problem.value(at: axis) - offset)[row]
        }
        let exact = try system.solve(u - eta * offset)
        var generator = Philox(seed: 1)
        let (point, calls) = try approximateResolvent(
            of: problem, point: u, options: InexactHalpernOptions(resolventStep: eta, innerStep: 0.02), steps: 20_000,
            using: &generator)
        #expect((point - exact).norm < 1e-9)
        // 6 calls to begin, 2 a step, and 6 whenever the anchor moves: 20 000 / 6 times in expectation.
        #expect((calls - 6 - 40_000) % 6 == 0)
        let moves = Double(calls - 40_006) / 6
        #expect(abs(moves - 20_000.0 / 6) < 4 * (20_000 * 5.0 / 36).squareRoot())
    }

    @Test func theInnerMethodRespectsTheConstraint() throws {
        // The resolvent of the normal cones alone is the projection: with a payoff of zeros F = 0.
        let game = try MatrixGame(payoff: .zeros(3, 3))
        var generator = Philox(seed: 1)
        let (point, _) = try approximateResolvent(
            of: game, point: [1, 1, 0, 0, 0, 3], options: InexactHalpernOptions(resolventStep: 1, innerStep: 0.1),
            steps: 2000, using: &generator)
        #expect((point - [0.5, 0.5, 0, 0, 0, 1]).norm < 1e-10)
    }

    @Test func theRandomisedMethodsSolveTheGame() throws {
        var generator = Philox(seed: 21)
        let game = try MatrixGame.policemanAndBurglar(houses: 10, using: &generator)
        let l = game.averageLipschitzConstant
        let budget = EpochBudget(epochs: 5000, recordingInterval: 100)
        let reduced = try varianceReducedExtragradient(
            game, start: game.uniformStart, step: 0.9 * 0.1.squareRoot() / l, budget: budget, using: &generator)
        #expect(game.dualityGap(at: reduced.point) < 1e-3)
        let anchored = try varianceReducedHalpern(
            game, start: game.uniformStart, step: 1 / l, budget: budget, using: &generator)
        #expect(game.dualityGap(at: anchored.point) < 0.02)
        let inexact = try inexactHalpern(
            game, start: game.uniformStart,
            options: InexactHalpernOptions(resolventStep: 10.0.squareRoot() / l, innerStep: 0.05, innerLength: 1),
            budget: budget, using: &generator)
        #expect(game.dualityGap(at: inexact.point) < 0.02)
    }
}
