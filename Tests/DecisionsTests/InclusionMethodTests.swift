import Decisions
import Foundation
import Mathematics
import Testing

/// The deterministic methods, the trace and the choice of methods.
@Suite struct InclusionMethodTests {
    private let game: MatrixGame
    private let threeIterations = EpochBudget(epochs: 5.5, recordingInterval: 0)

    init() throws { game = try MatrixGame(payoff: [[1, 2, 0], [0, 1, 3], [2, 0, 1]]) }

    // numpy: F(u) = [A.T@y, -A@x], J = projection of both halves by sorting, eta = 0.2, three iterations from 1/3.
    @Test func extragradientTakesTheStepsOfItsFormula() throws {
        let trace = try extragradient(game, start: game.uniformStart, step: 0.2, budget: threeIterations)
        let expected: Vector = [
            0.44227148788294457, 0.3866773479652492, 0.17105116415180616, 0.3809394714220392, 0.31500112299954275,
            0.30405940557841793,
        ]
        #expect((trace.point - expected).norm < 1e-14)
        #expect(abs(trace.finalResidual - 0.29129655342623983) < 1e-14)
        #expect(trace.epochs == [0, 2, 4, 6])
        #expect(trace.iterations == [0, 1, 2, 3])
        #expect(trace.componentCalls == 18)
    }

    @Test func extraAnchoredGradientTakesTheStepsOfItsFormula() throws {
        let trace = try extraAnchoredGradient(game, start: game.uniformStart, step: 0.2, budget: threeIterations)
        let expected: Vector = [
            0.4112002853223594, 0.3745243347050754, 0.21427537997256513, 0.35806280018289904, 0.3342405560128029,
            0.3076966438042982,
        ]
        #expect((trace.point - expected).norm < 1e-14)
        #expect(abs(trace.finalResidual - 0.2727328116400674) < 1e-14)
        #expect(trace.componentCalls == 18)
    }

    @Test func halpernTakesTheStepsOfItsFormula() throws {
        let trace = try halpern(
            game, start: game.uniformStart, step: 0.2, budget: EpochBudget(epochs: 3, recordingInterval: 0))
        let expected: Vector = [
            0.41046913580246913, 0.38202469135802475, 0.20750617283950615, 0.3300740740740741, 0.3718518518518519,
            0.29807407407407405,
        ]
        #expect((trace.point - expected).norm < 1e-14)
        #expect(abs(trace.finalResidual - 0.2951545188739032) < 1e-14)
        #expect(trace.epochs == [0, 1, 2, 3])
    }

    @Test func extragradientFindsTheValueOfALinearProgram() throws {
        var generator = Philox(seed: 4)
        let burglary = try MatrixGame.policemanAndBurglar(houses: 8, using: &generator)
        // min over x of max_i (Ax)_i: minimise t subject to Ax ≤ t, Σx = 1.
        let n = burglary.payoff.rows
        var program = LinearProgram(minimising: Vector(count: n + 1) { $0 == n ? 1 : 0 })
        for row in 0..<n {
            program.constrain(
                indices: Array(0...n), coefficients: Array(burglary.payoff.row(row)) + [-1], .atMost(0))
        }
        program.constrain(indices: Array(0..<n), coefficients: Array(repeating: 1, count: n), .equalTo(1))
        program.bound(variable: n, .free)
        let value = try program.solve().value
        let step = 0.9 / burglary.payoff.norm(.spectral)
        let trace = try extragradient(
            burglary, start: burglary.uniformStart, step: step, budget: EpochBudget(epochs: 20_000, tolerance: 1e-9))
        let x = Vector(trace.point[0..<n]), y = Vector(trace.point[n...])
        #expect(abs(y.dot(burglary.payoff * x) - value) < 1e-7)
        #expect(burglary.dualityGap(at: trace.point) < 1e-7)
    }

    @Test func policemanAndBurglarHasItsPayoffs() throws {
        var generator = Philox(seed: 9), same = Philox(seed: 9)
        let game = try MatrixGame.policemanAndBurglar(houses: 5, decay: 0.5, using: &generator)
        let wealth = same.normalVector(count: 5)
        #expect(game.payoff.diagonal == .zeros(5))
        #expect(abs(game.payoff[3, 1] - abs(wealth[1]) * (1 - exp(-1.0))) < 1e-15)
        #expect(abs(game.payoff[0, 4] - abs(wealth[4]) * (1 - exp(-2.0))) < 1e-15)
    }

    @Test func theTraceStopsAtItsToleranceAndNotesAtItsInterval() throws {
        let every = try extragradient(
            game, start: game.uniformStart, step: 0.2, budget: EpochBudget(epochs: 400, recordingInterval: 0))
        let tolerance = 0.05
        let first = try #require(every.epochs(toResidual: tolerance))
        let stopped = try extragradient(
            game, start: game.uniformStart, step: 0.2,
            budget: EpochBudget(epochs: 400, recordingInterval: 0, tolerance: tolerance))
        #expect(stopped.epochs.last == first)
        #expect(stopped.finalResidual <= tolerance)
        #expect(stopped.residuals.dropLast().allSatisfy { $0 > tolerance })
        let sparse = try extragradient(
            game, start: game.uniformStart, step: 0.2, budget: EpochBudget(epochs: 43, recordingInterval: 10))
        #expect(sparse.epochs == [0, 10, 20, 30, 40, 44])
        #expect(sparse.residuals[2] == every.residuals[10])
        #expect(sparse.epochs(toResidual: 0) == nil)
    }

    @Test func anOverflowingStepIsReported() throws {
        let problem = try QuadraticLagrangian.antibidiagonal(size: 6)
        let error = #expect(throws: OptimisationError.self) {
            _ = try extragradient(
                problem, start: .ones(12), step: 1e30, budget: EpochBudget(epochs: 1000))
        }
        #expect(error?.description.contains("residual") == true)
    }

    @Test func theChoiceOfMethodsCallsEach() throws {
        let budget = EpochBudget(epochs: 30, recordingInterval: 0)
        let start = game.uniformStart
        for method in InclusionMethod.allCases {
            var generator = Philox(seed: 2), same = Philox(seed: 2)
            let chosen = try solveMatrixGame(
                payoff: game.payoff, by: method, step: 0.05, resolventStep: 1.5, budget: budget, using: &generator)
            let direct =
                switch method {
                case .extragradient: try extragradient(game, start: start, step: 0.05, budget: budget)
                case .extraAnchoredGradient: try extraAnchoredGradient(game, start: start, step: 0.05, budget: budget)
                case .varianceReducedExtragradient:
                    try varianceReducedExtragradient(game, start: start, step: 0.05, budget: budget, using: &same)
                case .halpern: try halpern(game, start: start, step: 0.05, budget: budget)
                case .varianceReducedHalpern:
                    try varianceReducedHalpern(game, start: start, step: 0.05, budget: budget, using: &same)
                case .inexactHalpern:
                    try inexactHalpern(
                        game, start: start, options: InexactHalpernOptions(resolventStep: 1.5, innerStep: 0.05),
                        budget: budget, using: &same)
                }
            #expect(chosen == direct)
            #expect(chosen.finalResidual < chosen.residuals[0])
        }
    }

    @Test func badArgumentsAreNamed() throws {
        let budget = EpochBudget(epochs: 10)
        let start = game.uniformStart
        let badStep = OptimisationError.invalid(argument: "step", value: "0.0", expected: "a positive finite number")
        #expect(throws: badStep) {
            _ = try extragradient(game, start: start, step: 0, budget: budget)
        }
        #expect(throws: OptimisationError.lengthMismatch(argument: "start", count: 2, expected: 6)) {
            _ = try halpern(game, start: [1, 2], step: 1, budget: budget)
        }
        #expect(throws: OptimisationError.self) {
            _ = try extraAnchoredGradient(game, start: start, step: 1, budget: EpochBudget(epochs: 0))
        }
        var generator = Philox(seed: 0)
        for size in [0, 4] {
            let error = #expect(throws: OptimisationError.self) {
                _ = try varianceReducedHalpern(
                    game, start: start, step: 1, options: HalpernOptions(batchSize: size), budget: budget,
                    using: &generator)
            }
            #expect(error?.description == "options.batchSize is \(size): expected a number from 1 to 3")
        }
        #expect(throws: OptimisationError.self) {
            _ = try varianceReducedExtragradient(
                game, start: start, step: 1, anchorProbability: 0, budget: budget, using: &generator)
        }
        #expect(throws: OptimisationError.self) {
            _ = try inexactHalpern(
                game, start: start, options: InexactHalpernOptions(resolventStep: 1, innerStep: -1), budget: budget,
                using: &generator)
        }
    }
}
