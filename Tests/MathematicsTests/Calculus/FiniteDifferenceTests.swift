import Foundation
import Mathematics
import Testing

@Suite struct FiniteDifferenceTests {
    @Test func derivativesOfKnownFunctions() {
        for (f, exact, x) in [
            ({ sin($0) }, cos(0.7), 0.7), ({ exp($0) }, exp(3.0), 3), ({ 1 / $0 }, -1 / 4e-4, 0.02),
            ({ $0 * $0 * $0 }, 3e12, 1e6), ({ _ in 5 }, 0, 2),
        ] as [((Double) -> Double, Double, Double)] {
            let step = x == 0.02 ? 0.005 : nil
            let (value, error) = FiniteDifferences.derivative(of: f, at: x, step: step)
            expectRelative(value, exact, 1e-11, floor: 1e-11)
            #expect(abs(value - exact) <= max(100 * error, 1e-13 * abs(exact)))
        }
        #expect(FiniteDifferences.derivative(of: { $0.squareRoot() }, at: -1).value.isNaN)
    }

    @Test func gradientJacobianAndHessian() {
        // Rosenbrock's function has known derivatives.
        let rosenbrock = { (x: Vector) in 100 * pow(x[1] - x[0] * x[0], 2) + pow(1 - x[0], 2) }
        let point: Vector = [-1.2, 1.5]
        let gradient = FiniteDifferences.gradient(of: rosenbrock, at: point)
        expectRelative(gradient[0], -400 * point[0] * (point[1] - 1.44) - 2 * (1 - point[0]), 1e-8)
        expectRelative(gradient[1], 200 * (point[1] - 1.44), 1e-8)
        let hessian = FiniteDifferences.hessian(of: rosenbrock, at: point)
        expectRelative(hessian[0, 0], 1200 * 1.44 - 400 * 1.5 + 2, 1e-5)
        expectRelative(hessian[0, 1], 480, 1e-5)
        #expect(hessian[0, 1] == hessian[1, 0])
        expectRelative(hessian[1, 1], 200, 1e-5)
        #expect(point == [-1.2, 1.5])
        let jacobian = FiniteDifferences.jacobian(of: { [$0[0] * $0[1], sin($0[0]), $0[1]] }, at: [2, 3])
        let exact: Matrix = [[3, 2], [cos(2.0), 0], [0, 1]]
        for row in 0..<3 { for column in 0..<2 { expectRelative(jacobian[row, column], exact[row, column], 1e-9, floor: 1) } }
    }
}

@Suite struct ScalarSearchTests {
    @Test func bisectionFindsTheLastBit() throws {
        let root = try bisect({ $0 * $0 - 2 }, in: 0...2)
        #expect(abs(root - 2.0.squareRoot()) <= 2.0.squareRoot().ulp)
        #expect(abs(try bisect({ $0 < 0.3 ? -1 : 1 }, in: -1...4) - 0.3) < 1e-15)
        #expect(abs(try bisect({ $0 - 0.25 }, in: -1...4, tolerance: 1e-3) - 0.25) <= 1e-3)
        #expect(throws: RootFindingError.noSignChange(lower: 1, upper: 2, valueAtLower: 1, valueAtUpper: 2)) {
            _ = try bisect({ $0 }, in: 1...2)
        }
    }

    @Test func safeguardedNewton() throws {
        // Kepler's equation at e = 0.999, where plain Newton overshoots: mpmath findroot(lambda E: E - 0.999*sin(E) - 0.01, 0.3)
        var evaluations = 0
        let anomaly = try findRootByNewton(
            of: { evaluations += 1; return ($0 - 0.999 * sin($0) - 0.01, 1 - 0.999 * cos($0)) }, in: 0...Double.pi,
            startingAt: 0.01)
        expectRelative(anomaly, 0.3874611232377607, 1e-14)
        #expect(evaluations < 30)
        // Newton alone diverges from here: arctan.
        #expect(abs(try findRootByNewton(of: { (atan($0), 1 / (1 + $0 * $0)) }, in: -10...30, startingAt: 20)) < 1e-15)
        // A wrong derivative costs time, not correctness.
        expectRelative(try findRootByNewton(of: { ($0 * $0 * $0 - 5, 0) }, in: 0...5), cbrt(5), 1e-15)
        #expect(throws: RootFindingError.self) { _ = try findRootByNewton(of: { ($0, 1) }, in: 1...2) }
    }

    @Test func minimaMeetClosedForms() throws {
        for search in [
            { f, r throws in try minimize(f, in: r) }, { f, r throws in try minimizeByGoldenSection(f, in: r) },
        ] as [((Double) -> Double, ClosedRange<Double>) throws -> ScalarMinimum] {
            // x ln x has its minimum −1/e at 1/e.
            let entropy = try search({ $0 * log($0) }, 1e-3...2)
            expectRelative(entropy.argument, exp(-1.0), 1e-7)
            expectRelative(entropy.value, -exp(-1.0), 1e-14)
            expectRelative(try search({ abs($0 - 0.3) }, -1...1).argument, 0.3, 1e-7)
            // At the end of the range.
            #expect(try search({ $0 }, 2...5).argument - 2 < 1e-6)
        }
        // Parabolas need far fewer evaluations than golden sections.
        let brent = try minimize({ cosh($0 - 1) }, in: -3...4)
        let golden = try minimizeByGoldenSection({ cosh($0 - 1) }, in: -3...4)
        #expect(brent.evaluations < 25 && golden.evaluations > 35 && abs(brent.argument - 1) < 1e-7)
        #expect(throws: RootFindingError.self) { _ = try minimize({ _ in .nan }, in: 0...1) }
        #expect(throws: RootFindingError.self) { _ = try minimizeByGoldenSection({ $0 }, in: 0...1, tolerance: 0) }
    }
}

@Suite struct SystemRootTests {
    @Test(arguments: [false, true])
    func systemsAreSolved(usesBroyden: Bool) throws {
        // Rosenbrock's system, from the usual start: the root is (1, 1).
        let root = try findRoot(
            ofSystem: { [10 * ($0[1] - $0[0] * $0[0]), 1 - $0[0]] }, startingAt: [-1.2, 1], usesBroyden: usesBroyden)
        for value in root.solution { expectRelative(value, 1, 1e-9) }
        // Broyden's tridiagonal function: ‖F‖ = 0 checked by the residual itself.
        let tridiagonal = { (x: Vector) in
            Vector(count: x.count) { i in
                (3 - 2 * x[i]) * x[i] - (i > 0 ? x[i - 1] : 0) - 2 * (i + 1 < x.count ? x[i + 1] : 0) + 1
            }
        }
        let large = try findRoot(
            ofSystem: tridiagonal, startingAt: Vector(repeating: -1, count: 30), usesBroyden: usesBroyden)
        #expect(tridiagonal(large.solution).norm < 1e-10 && large.iterations < 30)
        // scipy.optimize.root(broyden_tridiagonal, -ones(30)).x[[0, 15, 29]]
        for (index, reference) in [(0, -0.570761192974676), (15, -0.7071065391691275), (29, -0.41641230116684197)] { expectRelative(large.solution[index], reference, 1e-8) }
        // Powell's badly scaled function with an exact Jacobian.
        let powell = try findRoot(
            ofSystem: { [1e4 * $0[0] * $0[1] - 1, exp(-$0[0]) + exp(-$0[1]) - 1.0001] }, startingAt: [0, 1],
            jacobian: { [[1e4 * $0[1], 1e4 * $0[0]], [-exp(-$0[0]), -exp(-$0[1])]] }, usesBroyden: usesBroyden,
            tolerance: 1e-12)
        expectRelative(powell.solution[1], 9.106146739866, 1e-6)
    }

    @Test func fixedPointsAndAcceleration() throws {
        // A linear contraction with factor 0.99: Anderson with enough memory solves it in a few steps.
        let matrix: Matrix = [[0.99, 0, 0], [0.1, 0.9, 0], [0, 0.2, -0.5]]
        let right: Vector = [1, 2, 3]
        let exact = try (Matrix.identity(3) - matrix).solve(right)
        let g = { (x: Vector) in matrix * x + right }
        let fast = try findFixedPoint(of: g, startingAt: [0, 0, 0])
        let slow = try findFixedPoint(of: g, startingAt: [0, 0, 0], memory: 0, maximumIterations: 10_000)
        for index in 0..<3 {
            expectRelative(fast.solution[index], exact[index], 1e-7)
            expectRelative(slow.solution[index], exact[index], 1e-7)
        }
        #expect(fast.iterations < 12 && slow.iterations > 1000)
        // cos x = x
        expectRelative(try findFixedPoint(of: { $0.map { cos($0) } }, startingAt: [1]).solution[0], 0.7390851332151607, 1e-9)
    }

    @Test func failuresAreClear() {
        #expect(throws: SystemRootError.self) { _ = try findRoot(ofSystem: { [$0[0] * $0[0] + 1] }, startingAt: [2]) }
        #expect(throws: SystemRootError.countMismatch(components: 1, unknowns: 2)) {
            _ = try findRoot(ofSystem: { [$0[0]] }, startingAt: [2, 3])
        }
        #expect(throws: SystemRootError.self) { _ = try findRoot(ofSystem: { [log($0[0])] }, startingAt: [-2]) }
        #expect(throws: SystemRootError.self) { _ = try findFixedPoint(of: { 2 * $0 }, startingAt: [1], memory: 0) }
        #expect(throws: SystemRootError.self) { _ = try findFixedPoint(of: { $0 + 1 }, startingAt: [1], damping: 0) }
    }
}
