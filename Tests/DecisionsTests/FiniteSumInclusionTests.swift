import Decisions
import Foundation
import Mathematics
import Testing

@Suite struct FiniteSumInclusionTests {
    /// Mean ‖Fᵢ(u) − Fᵢ(0)‖² as a quadratic form, from the component differences along the axes.
    private func componentGram(_ problem: some FiniteSumInclusion) -> Matrix {
        let d = problem.dimension
        var gram = Matrix.zeros(d, d)
        for component in 0..<problem.componentCount {
            let columns = (0..<d).map { axis -> Vector in
                var point = Vector.zeros(d), difference = Vector.zeros(d)
                point[axis] = 1
                problem.addComponentDifferences([component], at: point, from: .zeros(d), factor: 1, into: &difference)
                return difference
            }
            for row in 0..<d {
                for column in 0..<d {
                    gram[row, column] += columns[row].dot(columns[column]) / Double(problem.componentCount)
                }
            }
        }
        return gram
    }

    private func checkComponentsSumToTheOperator(_ problem: some FiniteSumInclusion) {
        var generator = Philox(seed: 3)
        let u = generator.normalVector(count: problem.dimension)
        let v = generator.normalVector(count: problem.dimension)
        var mean = Vector.zeros(problem.dimension)
        problem.addComponentDifferences(
            ArraySlice(0..<problem.componentCount), at: u, from: v, factor: 1 / Double(problem.componentCount),
            into: &mean)
        #expect((mean - (problem.value(at: u) - problem.value(at: v))).norm < 1e-12)
    }

    @Test func theQuadraticLagrangianIsTheFormula() throws {
        let problem = try QuadraticLagrangian.antibidiagonal(size: 4)
        // numpy: A[i, 3-i] = 1/4, A[i, 2-i] = -1/4; H = 2*A.T@A; b = ones/4; h = [0, 0, 0, 1/4];
        // np.concatenate([H@x - h - A.T@y, A@x - b])
        let value = problem.value(at: [0.5, 1, 1.5, 2, 1, -1, 2, 0.5])
        let expected: Vector = [0.375, -0.75, 0.5, -0.4375, -0.125, -0.125, -0.125, -0.125]
        #expect((value - expected).norm < 1e-15)
        checkComponentsSumToTheOperator(problem)
        // numpy: sqrt(eigvalsh(sum_i n B_i.T @ B_i)[-1])
        #expect(abs(problem.averageLipschitzConstant - 1.0520279206281602) < 1e-14)
    }

    @Test func averageConstantsAreTheLargestEigenvalues() throws {
        var generator = Philox(seed: 1)
        let game = try MatrixGame(payoff: generator.normalMatrix(rows: 5, columns: 5))
        checkComponentsSumToTheOperator(game)
        let largest = try SymmetricEigendecomposition(componentGram(game)).eigenvalues.max() ?? 0
        #expect(abs(game.averageLipschitzConstant - largest.squareRoot()) < 1e-12)

        let lagrangian = try QuadraticLagrangian.antibidiagonal(size: 7)
        let eigenvalue = try SymmetricEigendecomposition(componentGram(lagrangian)).eigenvalues.max() ?? 0
        #expect(abs(lagrangian.averageLipschitzConstant - eigenvalue.squareRoot()) < 1e-12)

        let regression = try LeastSquaresInclusion(
            predictors: generator.normalMatrix(rows: 6, columns: 3), response: generator.normalVector(count: 6))
        checkComponentsSumToTheOperator(regression)
        // Cocoercive on average: (mean Gram of F) − (mean Gram of the components)/L has no negative eigenvalue, and a
        // larger constant 1/L would give one where the rows are orthogonal.
        let mean = regression.predictors.columnGram / 6
        let gap = mean - componentGram(regression) / regression.averageCocoercivityConstant
        #expect((try SymmetricEigendecomposition(gap).eigenvalues.min() ?? -1) > -1e-12)
    }

    @Test func theResidualIsZeroAtSolutionsOnly() throws {
        // Rock, paper, scissors: uniform strategies.
        let game = try MatrixGame(payoff: [[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
        #expect(game.residual(at: game.uniformStart) < 1e-15)
        #expect(abs(game.dualityGap(at: game.uniformStart)) < 1e-15)
        // x = rock, y = rock: F = (column 0 of Aᵀ.., −A e₀) and J projects: x loses 1 to paper, y could gain 1.
        let point: Vector = [1, 0, 0, 1, 0, 0]
        #expect(game.dualityGap(at: point) == 2)
        #expect(game.residual(at: point) > 0.5)

        let regression = try LeastSquaresInclusion(predictors: [[1, 0], [0, 2], [1, 1]], response: [1, 2, 3])
        let solution = try regression.predictors.columnGram.solve(
            regression.predictors.transposeMultiplied(by: regression.response))
        #expect(regression.residual(at: solution) < 1e-14)
        #expect(abs(regression.residual(at: [0, 0]) - regression.value(at: [0, 0]).norm) < 1e-15)
    }

    @Test func aSumOfFunctionsAgreesWithTheBuiltInOnes() throws {
        var generator = Philox(seed: 5)
        let predictors = generator.normalMatrix(rows: 6, columns: 3)
        let regression = try LeastSquaresInclusion(predictors: predictors, response: [1, 0, 2, -1, 3, 1])
        let response = regression.response
        let functions = try FiniteSumOperator(
            dimension: 3, componentCount: 6,
            component: { index, u in
                (predictors.row(index).dot(u) - response[index]) * predictors.row(index)
            }, constraint: .nonNegative)
        let u = generator.normalVector(count: 3)
        #expect((functions.value(at: u) - regression.value(at: u)).norm < 1e-14)
        checkComponentsSumToTheOperator(functions)
        #expect(functions.resolvent(of: [-1, 2, 3], step: 0.1) == [0, 2, 3])
    }

    @Test func badInputIsNamed() throws {
        var error = #expect(throws: OptimisationError.self) { _ = try MatrixGame(payoff: [[1, 2, 3], [4, 5, 6]]) }
        #expect(error?.description.contains("payoff is 2 × 3") == true)
        error = #expect(throws: OptimisationError.self) {
            _ = try QuadraticLagrangian(
                quadratic: [[1, 2], [0, 1]], constraints: .identity(2), linear: [0, 0], right: [0, 0])
        }
        #expect(error?.description.contains("symmetric") == true)
        #expect(throws: OptimisationError.lengthMismatch(argument: "right", count: 1, expected: 2)) {
            _ = try QuadraticLagrangian(
                quadratic: .identity(2), constraints: .identity(2), linear: [0, 0], right: [0])
        }
        #expect(throws: OptimisationError.lengthMismatch(argument: "response", count: 1, expected: 2)) {
            _ = try LeastSquaresInclusion(predictors: .identity(2), response: [0])
        }
        error = #expect(throws: OptimisationError.self) { _ = try MatrixGame(payoff: [[.nan]]) }
        #expect(error?.description.contains("payoff[0]") == true)
    }
}
