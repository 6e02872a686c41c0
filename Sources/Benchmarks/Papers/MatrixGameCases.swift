import BenchmarkMeasuring
import Decisions
import Mathematics

/// vr-halpern (arXiv:2310.02987) on its policeman and burglar game, until the residual is below 10⁻³ and with it the value
/// within half a per cent, against the linear program of the game in HiGHS, which is exact. Without a bar: first-order methods
/// are for problems that no linear program solves, and on a game of this size the simplex method wins.
let matrixGameCases: [CaseMaker] = anyThreads([{ try game(houses: 100) }])

private func game(houses: Int) throws -> ComparedCase {
    var generator = Philox(seed: 1)
    let game = try MatrixGame.policemanAndBurglar(houses: houses, using: &generator)
    let step = 5 / game.payoff.frobeniusNorm
    return ComparedCase(
        "vr-halpern: policeman and burglar, \(houses) houses", peerName: "matrix_game",
        inputs: ["payoff": NumericArray(game.payoff)], bar: .none, note: "peer: SciPy linprog, HiGHS, exact"
    ) {
        var own = Philox(seed: 2)
        return try solve(
            game, by: .varianceReducedHalpern, start: game.uniformStart, step: step,
            budget: EpochBudget(epochs: 100_000, tolerance: 1e-3), using: &own)
    } results: { trace in
        let x = Vector(trace.point[0..<houses])
        return [Output("value", [(game.payoff * x).max() ?? .nan], tolerance: 5e-3)]
    }
}
