import Foundation
import Mathematics
import Testing

@Suite struct RootFindingTests {
    @Test func rootsHaveFullPrecision() throws {
        // scipy.optimize.brentq(lambda x: cos(x) - x, 0, 1, xtol=1e-16)
        #expect(abs(try findRoot(of: { cos($0) - $0 }, in: 0...1) - 0.7390851332151607) < 2e-16)
        #expect(abs(try findRoot(of: { $0 * $0 - 2 }, in: 0...2) - 2.0.squareRoot()) < 5e-16)
        #expect(try findRoot(of: { $0 - 3 }, in: 3...5) == 3)
    }

    @Test func hardFunctionsNeedFewEvaluations() throws {
        // A root of multiplicity nine, a step and a pole-like slope: bisection alone would need about 50.
        for function: (Double) -> Double in [
            { pow($0 - 0.3, 9) }, { $0 < 0.3 ? -1e-8 : 1 }, { ($0 - 0.3) / (1e-6 + abs($0 - 0.3)) },
        ] {
            var evaluations = 0
            let root = try findRoot(of: { evaluations += 1; return function($0) }, in: -1...4, tolerance: 1e-12)
            #expect(abs(root - 0.3) < 1e-6)
            #expect(evaluations < 250)
        }
    }

    @Test(arguments: [1e-300, 1e-12, 0.3, 1, 7e5, 1e300])
    func positiveRootsOfAnyMagnitudeAreFound(_ root: Double) throws {
        #expect(abs(try findPositiveRoot(ofMonotone: { $0 - root }) / root - 1) < 1e-12)
        #expect(abs(try findPositiveRoot(ofMonotone: { root / $0 - 1 }, startingAt: 10) / root - 1) < 1e-12)
    }

    @Test func badInputIsNamed() {
        #expect(throws: RootFindingError.noSignChange(lower: 1, upper: 2, valueAtLower: 1, valueAtUpper: 2)) {
            _ = try findRoot(of: { $0 }, in: 1...2)
        }
        #expect(throws: RootFindingError.notANumber(at: -1)) {
            _ = try findRoot(of: { $0.squareRoot() }, in: -1...2)
        }
        #expect(throws: RootFindingError.self) { _ = try findPositiveRoot(ofMonotone: { 1 + $0 }) }
        #expect(throws: RootFindingError.self) { _ = try findPositiveRoot(ofMonotone: { $0 - 1 }, startingAt: -1) }
    }
}
