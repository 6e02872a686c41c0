import Foundation
import Mathematics
import Testing

@Suite struct ODETests {
    static func oscillator(_: Double, y: UnsafeBufferPointer<Double>, dy: UnsafeMutableBufferPointer<Double>) {
        dy[0] = y[1]
        dy[1] = -y[0]
    }
    static func lotkaVolterra(_: Double, y: UnsafeBufferPointer<Double>, dy: UnsafeMutableBufferPointer<Double>) {
        dy[0] = 1.5 * y[0] - y[0] * y[1]
        dy[1] = -3 * y[1] + y[0] * y[1]
    }
    static func robertson(_: Double, y: UnsafeBufferPointer<Double>, dy: UnsafeMutableBufferPointer<Double>) {
        dy[0] = -0.04 * y[0] + 1e4 * y[1] * y[2]
        dy[2] = 3e7 * y[1] * y[1]
        dy[1] = -dy[0] - dy[2]
    }

    @Test(arguments: [ODEMethod.dormandPrince, .radau])
    func errorsFollowTheTolerance(_ method: ODEMethod) throws {
        for tolerance in [1e-4, 1e-7, 1e-10] {
            let options = ODEOptions(relativeTolerance: tolerance, absoluteTolerance: tolerance)
            // y'' = −y: y = cos t, over three turns forwards, and back again.
            let end = 6 * Double.pi + 1
            let there = try solveODE(
                Self.oscillator, from: 0, to: end, startingAt: [1, 0], method: method, options: options)
            #expect(abs(there.finalState[0] - cos(end)) < 100 * tolerance)
            #expect(there.finalTime == end && there.times[0] == 0 && there.times.count == there.statistics.acceptedSteps + 1)
            let back = try solveODE(
                Self.oscillator, from: end, to: 0, startingAt: there.finalState, method: method, options: options)
            #expect(abs(back.finalState[0] - 1) < 200 * tolerance)
            // The continuous output between the steps.
            for time in stride(from: 0.05, to: end, by: 0.37) {
                #expect(abs(there.state(at: time)[1] + sin(time)) < (method == .radau ? 400 : 200) * tolerance)
                #expect(abs(back.state(at: time)[0] - cos(time)) < 400 * tolerance)
            }
            // A linear equation with known solution and explicit time: y' = −2ty.
            let bell = try solveODE(
                { t, y, dy in dy[0] = -2 * t * y[0] }, from: 0, to: 2, startingAt: [1], method: method, options: options)
            #expect(abs(bell.finalState[0] - exp(-4.0)) < 20 * tolerance)
        }
    }

    @Test func nonlinearProblemsMatchSciPy() throws {
        let options = ODEOptions(relativeTolerance: 1e-11, absoluteTolerance: 1e-12)
        // solve_ivp(lotka_volterra, (0, 10), [10, 5], method='DOP853', rtol=1e-13, atol=1e-14).y[:, -1]
        for method in [ODEMethod.dormandPrince, .radau] {
            let solution = try solveODE(
                Self.lotkaVolterra, from: 0, to: 10, startingAt: [10, 5], method: method, options: options)
            expectRelative(solution.finalState[0], 0.287212964202105, 1e-8)
            expectRelative(solution.finalState[1], 0.44977746350622194, 1e-8)
        }
    }

    @Test func stiffProblems() throws {
        let options = ODEOptions(relativeTolerance: 1e-8, absoluteTolerance: 1e-14)
        // solve_ivp(robertson, (0, T), [1, 0, 0], method='Radau', rtol=1e-12, atol=1e-16).y[:, -1]
        let early = try solveODE(
            Self.robertson, from: 0, to: 40, startingAt: [1, 0, 0], method: .radau, options: options)
        for (value, reference) in zip(early.finalState, [0.7158270687194137, 9.185534764558203e-06, 0.2841637457458199]) { expectRelative(value, reference, 1e-6) }
        let late = try solveODE(
            Self.robertson, from: 0, to: 4e5, startingAt: [1, 0, 0], method: .radau, options: options)
        for (value, reference) in zip(late.finalState, [0.004938274520998147, 1.9849940879617838e-08, 0.995061705629059]) { expectRelative(value, reference, 1e-6) }
        #expect(late.statistics.acceptedSteps < 800)
        // Mass is conserved by the linear invariant.
        expectRelative(late.finalState.sum, 1, 1e-10)
        // Van der Pol, μ = 1000: solve_ivp(..., (0, 2000), [2, 0], method='Radau', rtol=1e-11, atol=1e-13)
        let jacobian: ODEJacobian = { _, y, j in
            j[1] = 1
            j[2] = -2000 * y[0] * y[1] - 1
            j[3] = 1000 * (1 - y[0] * y[0])
        }
        let relaxation = try solveODE(
            { _, y, dy in
                dy[0] = y[1]
                dy[1] = 1000 * (1 - y[0] * y[0]) * y[1] - y[0]
            }, from: 0, to: 2000, startingAt: [2, 0], method: .radau, jacobian: jacobian,
            options: ODEOptions(relativeTolerance: 1e-8, absoluteTolerance: 1e-10))
        expectRelative(relaxation.finalState[0], 1.7061677321704185, 1e-6)
        #expect(relaxation.statistics.acceptedSteps < 2700)
        // Prothero and Robinson: y' = −10⁶(y − cos t) − sin t keeps y = cos t with large steps.
        let smooth = try solveODE(
            { t, y, dy in dy[0] = -1e6 * (y[0] - cos(t)) - sin(t) }, from: 0, to: 10, startingAt: [1], method: .radau)
        #expect(abs(smooth.finalState[0] - cos(10)) < 1e-5 && smooth.statistics.acceptedSteps < 100)
    }

    @Test func outputTimesAreMet() throws {
        let times = Vector.linearlySpaced(from: 0, to: 3, count: 13)
        let solution = try solveODE(
            Self.oscillator, from: 0, to: 3, startingAt: [0, 1], outputTimes: times,
            options: ODEOptions(relativeTolerance: 1e-9))
        #expect(solution.times == times && solution.states.rows == 13)
        for row in 0..<13 { #expect(abs(solution.states[row, 0] - sin(times[row])) < 1e-7) }
        // The form with vectors.
        let vectors = try solveODE({ (_: Double, y: Vector) in [y[1], -y[0]] }, from: 0, to: 3, startingAt: [0, 1])
        #expect(abs(vectors.finalState[0] - sin(3)) < 1e-5)
        let still = try solveODE(Self.oscillator, from: 2, to: 2, startingAt: [0.5, 1])
        #expect(still.finalState == [0.5, 1] && still.states.rows == 1 && still.state(at: 2) == [0.5, 1])
    }

    @Test(arguments: [ODEMethod.dormandPrince, .radau])
    func eventsAreLocated(_ method: ODEMethod) throws {
        let options = ODEOptions(relativeTolerance: 1e-9, absoluteTolerance: 1e-11)
        // A stone thrown up at 10 m/s from 2 m: at the top at v/g, on the ground at (v + √(v² + 2gh))/g.
        let stone = try solveODE(
            { _, y, dy in
                dy[0] = y[1]
                dy[1] = -9.81
            }, from: 0, to: 100, startingAt: [2, 10], method: method,
            events: [ODEEvent(isTerminal: true) { _, y in y[0] }, ODEEvent { _, y in y[1] }], options: options)
        let landing = (10 + (100 + 2 * 9.81 * 2).squareRoot()) / 9.81
        #expect(stone.events.map(\.event) == [1, 0])
        #expect(abs(stone.events[0].time - 10 / 9.81) < 1e-8 && abs(stone.finalTime - landing) < 1e-8)
        #expect(stone.terminalEvent?.event == 0 && abs(stone.finalState[0]) < 1e-9)
        #expect(stone.times[stone.times.count - 1] == stone.finalTime)
        // Directions: sin t rises through zero at 2π, 4π and falls at π, 3π; not at the start.
        func crossings(_ direction: ODEEvent.Direction, from start: Double, to end: Double) throws -> [Double] {
            try solveODE(
                Self.oscillator, from: start, to: end, startingAt: [sin(start), cos(start)], method: method,
                events: [ODEEvent(direction: direction) { _, y in y[0] }], options: options
            ).events.map { $0.time / .pi }
        }
        for (direction, expected) in [(ODEEvent.Direction.any, [1.0, 2, 3, 4]), (.rising, [2, 4]), (.falling, [1, 3])] {
            let found = try crossings(direction, from: 0, to: 13)
            #expect(found.count == expected.count)
            for (value, reference) in zip(found, expected) { #expect(abs(value - reference) < 1e-7) }
        }
        // Backwards in time a fall is a rise.
        #expect(try crossings(.rising, from: 13, to: 5).map { $0.rounded() } == [3])
    }

    @Test func failuresAreClear() {
        func check(_ expected: (ODEError) -> Bool, _ body: () throws -> Void) {
            do {
                try body()
                Issue.record("no error")
            } catch let error as ODEError { #expect(expected(error), "\(error)") } catch { Issue.record(error) }
        }
        // y' = y² explodes at t = 1.
        for method in [ODEMethod.dormandPrince, .radau] {
            check({ if case .stepTooSmall(let time, _) = $0 { abs(time - 1) < 1e-6 } else if case .notFinite = $0 { true } else { false } }) {
                _ = try solveODE({ _, y, dy in dy[0] = y[0] * y[0] }, from: 0, to: 2, startingAt: [1], method: method)
            }
        }
        check({ if case .notFinite(_, let component, _) = $0 { component == 1 } else { false } }) {
            _ = try solveODE({ _, y, dy in (dy[0], dy[1]) = (1, .nan) }, from: 0, to: 2, startingAt: [1, 1])
        }
        check({ if case .tooManySteps(_, 10) = $0 { true } else { false } }) {
            _ = try solveODE(Self.robertson, from: 0, to: 40, startingAt: [1, 0, 0], options: ODEOptions(maximumSteps: 10))
        }
        check({ if case .invalidArgument("outputTimes", _, _) = $0 { true } else { false } }) {
            _ = try solveODE(Self.oscillator, from: 0, to: 1, startingAt: [1, 0], outputTimes: [0.5, 0.2])
        }
        check({ if case .invalidArgument("relativeTolerance", 0, _) = $0 { true } else { false } }) {
            _ = try solveODE(Self.oscillator, from: 0, to: 1, startingAt: [1, 0], options: ODEOptions(relativeTolerance: 0))
        }
        check({ if case .eventNotANumber(0, _) = $0 { true } else { false } }) {
            _ = try solveODE(Self.oscillator, from: 0, to: 1, startingAt: [1, 0], events: [ODEEvent { _, _ in .nan }])
        }
        check({ if case .invalidArgument("steps", 0, _) = $0 { true } else { false } }) {
            _ = try integrateRungeKutta4(Self.oscillator, from: 0, to: 1, startingAt: [1, 0], steps: 0)
        }
    }

    @Test func rungeKutta4HasOrderFour() throws {
        func error(_ steps: Int) throws -> Double {
            let run = try integrateRungeKutta4(Self.oscillator, from: 0, to: 2, startingAt: [1, 0], steps: steps)
            return abs(run.states[steps, 0] - cos(2))
        }
        let order = log2(try error(40) / error(80))
        #expect(abs(order - 4) < 0.1)
        let sparse = try integrateRungeKutta4(
            Self.oscillator, from: 0, to: 2, startingAt: [1, 0], steps: 11, keepEvery: 4)
        #expect(sparse.times.count == 4 && sparse.times[3] == 2 && abs(sparse.times[1] - 8.0 / 11) < 1e-15)
        #expect(abs(sparse.states[2, 0] - cos(16.0 / 11)) < 1e-4)
    }
}

@Suite struct SDETests {
    /// Root mean square error at t = 1 of dx = 0.5x dt + x dW against the exact solution on the same path.
    private func strongError(_ method: SDEMethod, steps: Int) throws -> Double {
        var sum = 0.0
        let (fine, root, paths) = (512, Philox(seed: 9), 400)
        for path in 0..<paths {
            var generator = root.stream(path)
            let noise = generator.normalMatrix(rows: fine, columns: 1, standardDeviation: 1 / Double(fine).squareRoot())
            let group = fine / steps
            let increments = Matrix(rows: steps, columns: 1) { row, _ in
                (0..<group).reduce(0) { $0 + noise[row * group + $1, 0] }
            }
            let run = try integrateSDE(
                drift: { _, x, a in a[0] = 0.5 * x[0] }, diffusion: { _, x, b in b[0] = x[0] }, from: 0, to: 1,
                startingAt: [1], increments: increments, method: method, keepEvery: steps)
            let w = noise.flattened.sum
            // Itô: exp((0.5 − 1/2) + W). Stratonovich: exp(0.5 + W).
            let exact = exp((method == .heun ? 0.5 : 0) + w)
            let error = (run.states[1, 0] - exact) / (method == .heun ? exp(0.5) : 1)
            sum += error * error
        }
        return (sum / Double(paths)).squareRoot()
    }

    @Test func strongOrders() throws {
        for (method, order) in [(SDEMethod.eulerMaruyama, 0.5), (.milstein, 1.0), (.heun, 1.0)] {
            let slope = log2(try strongError(method, steps: 16) / strongError(method, steps: 256)) / 4
            #expect(abs(slope - order) < 0.2, "\(method): \(slope)")
        }
    }

    @Test func correlatedNoiseHasItsCovariance() throws {
        // dx = −x dt + B dW has the covariance (1 − e^(−2t))/2 · BBᵀ.
        var generator = Philox(seed: 21)
        var (first, second, product) = (0.0, 0.0, 0.0)
        let paths = 4000
        for _ in 0..<paths {
            let run = try integrateSDE(
                drift: { _, x, a in (a[0], a[1]) = (-x[0], -x[1]) },
                diffusion: { _, _, b in (b[0], b[1], b[2], b[3], b[4], b[5]) = (1, 0, 2, -1, 0.5, 0) },
                from: 0, to: 1, startingAt: [0, 0], steps: 50, noise: .general(sources: 3), keepEvery: 50, using: &generator)
            first += run.states[1, 0] * run.states[1, 0] / Double(paths)
            second += run.states[1, 1] * run.states[1, 1] / Double(paths)
            product += run.states[1, 0] * run.states[1, 1] / Double(paths)
        }
        let factor = (1 - exp(-2.0)) / 2
        // Four standard errors √(2/4000) and 1% of bias by the step.
        #expect(abs(first / (5 * factor) - 1) < 0.1 && abs(second / (1.25 * factor) - 1) < 0.1)
        #expect(abs(product / factor + 1) < 0.2)
    }

    @Test func sameSeedSameBitsAndBackwardsTime() throws {
        func run(_ seed: UInt64) throws -> Matrix {
            var generator = Philox(seed: seed)
            return try integrateSDE(
                drift: { _, x, a in a[0] = x[0] }, diffusion: { _, _, b in b[0] = 0.1 }, from: 1, to: 0,
                startingAt: [1], steps: 100, keepEvery: 30, using: &generator).states
        }
        #expect(try run(1) == run(1))
        #expect(try run(1) != run(2))
        let states = try run(3)
        #expect(states.rows == 5 && abs(states[4, 0] - exp(-1.0)) < 0.5)
        #expect(throws: ODEError.self) {
            _ = try integrateSDE(
                drift: { _, _, a in a[0] = 0 }, diffusion: { _, _, b in b[0] = 0 }, from: 0, to: 1, startingAt: [1],
                increments: Matrix.zeros(4, 2))
        }
        #expect(throws: ODEError.self) {
            var generator = Philox(seed: 1)
            _ = try integrateSDE(
                drift: { _, _, a in a[0] = 0 }, diffusion: { _, _, b in b[0] = 0 }, from: 0, to: 1, startingAt: [1],
                steps: 3, method: .milstein, noise: .general(sources: 1), using: &generator)
        }
    }
}
