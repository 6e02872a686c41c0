import BenchmarkMeasuring
import Foundation
import Mathematics

/// Functions of the user's: the peer calls Python for each value.
let calculusCases: [CaseMaker] = [
    {
        ComparedCase(
            "adaptive quadrature", peerName: "quadrature", settings: ["frequency": 50], bar: .pythonLoop
        ) {
            try integrate(
                { exp(-$0) * cos(50 * $0) * $0.squareRoot() }, from: 0, to: 10, absoluteTolerance: 1e-12,
                relativeTolerance: 1e-10)
        } results: {
            [Output("integral", [$0.value], tolerance: 1e-8)]
        }
    },
    {
        ComparedCase("ODE: Lorenz, explicit 5(4)", peerName: "lorenz", bar: .pythonLoop) {
            try solveODE(
                { _, y, derivative in
                    derivative[0] = 10 * (y[1] - y[0])
                    derivative[1] = y[0] * (28 - y[2]) - y[1]
                    derivative[2] = y[0] * y[1] - 8 / 3 * y[2]
                }, from: 0, to: 5, startingAt: [1, 1, 1],
                options: ODEOptions(relativeTolerance: 1e-8, absoluteTolerance: 1e-10))
        } results: {
            // The attractor multiplies errors by about a hundred by then.
            [Output("state at the end", Array($0.finalState), tolerance: 1e-4)]
        }
    },
    {
        ComparedCase(
            "ODE: stiff van der Pol, Radau", peerName: "van_der_pol", settings: ["stiffness": 1000, "end": 500],
            bar: .pythonLoop
        ) {
            try solveODE(
                { _, y, derivative in
                    derivative[0] = y[1]
                    derivative[1] = 1000 * (1 - y[0] * y[0]) * y[1] - y[0]
                }, from: 0, to: 500, startingAt: [2, 0], method: .radau,
                options: ODEOptions(relativeTolerance: 1e-7, absoluteTolerance: 1e-9))
        } results: {
            [Output("position at the end", [$0.finalState[0]], tolerance: 1e-5)]
        }
    },
]
