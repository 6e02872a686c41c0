import Mathematics
import Testing

/// A linear program that is given as a whole is the one built step by step.
@Suite struct WholeLinearProgramTests {
    @Test func equalsTheStepByStepProgram() throws {
        var program = LinearProgram(maximising: [3, 2, 4])
        program.constrain(indices: [0, 1], coefficients: [1, 1], .atMost(4.5))
        program.constrain(indices: [1, 2], coefficients: [1, 2], .between(1, 5))
        program.bound(variable: 1, .between(-1, 2))
        program.requireInteger(variable: 2)
        let whole = try LinearProgram(
            objective: [3, 2, 4], maximises: true,
            constraints: [
                .init(indices: [0, 1], coefficients: [1, 1], bounds: .atMost(4.5)),
                .init(indices: [1, 2], coefficients: [1, 2], bounds: .between(1, 5)),
            ],
            variableBounds: [.atLeast(0), .between(-1, 2), .atLeast(0)], isInteger: [false, false, true])
        #expect(whole == program)
        // At x₁ = −1 the others can be largest: x₀ = 5.5, x₂ = 3.
        #expect(abs(try whole.solve().value - (3 * 5.5 - 2 + 4 * 3)) < 1e-9)
    }

    @Test func countsMustAgree() {
        let error = #expect(throws: LinearProgramError.self) {
            try LinearProgram(objective: [1, 2], variableBounds: [.free])
        }
        #expect(
            error
                == .invalid(
                    argument: "variableBounds", value: "1 elements",
                    expected: "2, one for each coefficient of objective"))
    }
}
