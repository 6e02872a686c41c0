import Foundation
import Mathematics
import Testing

@Suite struct MarkovChainTests {
    // Two recurrent classes, one with period 2, and a transient state.
    private let multichain: Matrix = [
        [0.5, 0.5, 0, 0, 0], [0.25, 0.75, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [0.2, 0.1, 0.3, 0.1, 0.3],
    ]

    @Test func classesAndLimitOfAMultichain() throws {
        let chain = try MarkovChain(transition: multichain)
        #expect(chain.recurrentClasses == [[0, 1], [2, 3]])
        #expect(!chain.isUnichain)
        // νP = ν by hand: (1/3, 2/3) and (1/2, 1/2); state 4 is absorbed with 0.3/0.7 and 0.4/0.7.
        let expected: Matrix = [
            [1 / 3.0, 2 / 3.0, 0, 0, 0], [1 / 3.0, 2 / 3.0, 0, 0, 0], [0, 0, 0.5, 0.5, 0], [0, 0, 0.5, 0.5, 0],
            [1 / 7.0, 2 / 7.0, 2 / 7.0, 2 / 7.0, 0],
        ]
        #expect((chain.limitingMatrix - expected).maximumMagnitude < 1e-14)
        #expect(chain.stationaryDistributions.count == 2)
        #expect(chain.mixingTime() == .infinity)
    }

    @Test func gainAndBiasSolveThePoissonEquation() throws {
        let chain = try MarkovChain(transition: multichain)
        let reward: Vector = [1, -2, 0.5, 3, 10]
        let (gain, bias) = try chain.gainAndBias(reward: reward)
        #expect((gain + bias - reward - multichain * bias).norm < 1e-13)
        #expect((chain.limitingMatrix * bias).norm < 1e-13)
        #expect(abs(gain[0] + 1) < 1e-14)
        #expect(abs(gain[2] - 1.75) < 1e-14)
        // A gain is the limit of (1 − γ)V_γ, and a bias that of V_γ − g/(1 − γ).
        let discount = 1 - 1e-6
        let value = try chain.discountedValue(reward: reward, discount: discount)
        #expect((1e-6 * value - gain).maximumMagnitude < 1e-4)
        #expect((value - 1e6 * gain - bias).maximumMagnitude < 1e-3)
    }

    @Test func mixingTimes() throws {
        // ‖Pᵗ(s, ·) − ν‖₁ from state 1 is 1.5 · 0.96ᵗ: below ½ from t = ln 3/−ln 0.96 = 26.9 on.
        let lazy = try MarkovChain(transition: [[0.99, 0.01], [0.03, 0.97]])
        #expect(lazy.mixingTime() == 27)
        #expect(lazy.mixingTime(threshold: 1.5 * pow(0.96, 100.5)) == 101)
        #expect(try MarkovChain(transition: [[0, 1], [1, 0]]).mixingTime() == .infinity)
        #expect(try MarkovChain(transition: [[0.5, 0.5], [0.5, 0.5]]).mixingTime() == 1)
        // From either state the distance is (1 − 2p)ᵗ: 0.2; 0.6, 0.36; 0.9⁶ = 0.53, 0.9⁷ = 0.48.
        for (p, time) in [(0.4, 1.0), (0.2, 2.0), (0.05, 7.0)] {
            let chain = try MarkovChain(transition: [[1 - p, p], [p, 1 - p]])
            #expect(chain.mixingTime() == time)
        }
    }

    @Test func badTablesAreNamed() {
        var error = #expect(throws: MDPError.self) { _ = try MarkovChain(transition: [[0.5, 0.6], [0, 1]]) }
        #expect(error?.description == "the sum of transition[0, ...] is 1.1: expected 1, to 1e-9")
        error = #expect(throws: MDPError.self) { _ = try MarkovChain(transition: [[1.5, -0.5], [0, 1]]) }
        #expect(error?.description == "transition[0, 1] is -0.5: expected a probability")
        #expect(throws: MDPError.self) { _ = try MarkovChain(transition: [[0.5, 0.5]]) }
        #expect(throws: MDPError.self) { _ = try MarkovChain(transition: [[1]]).gainAndBias(reward: [1, 2]) }
        #expect(throws: MDPError.self) {
            _ = try MarkovChain(transition: [[1]]).discountedValue(reward: [1], discount: 1)
        }
    }
}
