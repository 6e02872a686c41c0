import BenchmarkMeasuring
import Mathematics

/// Minimisation: the peer loops over coordinates, or calls the objective, in Python.
let optimisationCases: [CaseMaker] = [
    { try lassoPath(500, 100) }, { try lassoPath(200, 400) },
    {
        let start = Vector(count: 50) { $0 % 2 == 0 ? -1.2 : 1 }
        return ComparedCase(
            "L-BFGS: Rosenbrock in 50 dimensions", peerName: "rosenbrock", inputs: ["start": NumericArray(start)],
            bar: .pythonLoop
        ) {
            try LBFGS(gradientTolerance: 1e-8).minimise(from: start) { x in
                var value = 0.0, gradient = Vector.zeros(x.count)
                for i in 0..<x.count - 1 {
                    let bend = x[i + 1] - x[i] * x[i], rest = 1 - x[i]
                    value += 100 * bend * bend + rest * rest
                    gradient[i] += -400 * x[i] * bend - 2 * rest
                    gradient[i + 1] += 200 * bend
                }
                return (value, gradient)
            }
        } results: {
            [Output("minimum", Array($0.point), tolerance: 1e-5)]
        }
    },
]

private func lassoPath(_ rows: Int, _ columns: Int) throws -> ComparedCase {
    let x = normalMatrix(rows, columns)
    let truth = Vector(count: columns) { $0 < 10 ? Double(10 - $0) : 0 }
    let y = x * truth + 2 * normalVector(rows, seed: 8)
    let lasso = ElasticNet(fitsIntercept: false, tolerance: 1e-10)
    let largest = try lasso.largestUsefulPenalty(x, y)
    let penalties = Vector.logarithmicallySpaced(from: largest, to: largest * 0.01, count: 50)
    return ComparedCase(
        "lasso path \(rows)x\(columns), 50 penalties", peerName: "lasso_path", settings: ["tolerance": 1e-10],
        inputs: ["x": NumericArray(x), "y": NumericArray(y), "penalties": NumericArray(penalties)], bar: .pythonLoop
    ) {
        try lasso.path(x, y, penalties: penalties)
    } results: { fits in
        [Output("coefficients", fits.flatMap { Array($0.coefficients) }, tolerance: 1e-4)]
    }
}
