import Foundation
import Mathematics
import Testing

/// Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², minimum 0 at ones.
func rosenbrock(_ x: Vector) -> (value: Double, gradient: Vector) {
    var value = 0.0
    var gradient = Vector.zeros(x.count)
    for index in 0..<x.count - 1 {
        let (a, b) = (1 - x[index], x[index + 1] - x[index] * x[index])
        value += a * a + 100 * b * b
        gradient[index] += -2 * a - 400 * x[index] * b
        gradient[index + 1] += 200 * b
    }
    return (value, gradient)
}

func rosenbrockHessian(_ x: Vector) -> Matrix {
    var result = Matrix.zeros(x.count, x.count)
    for index in 0..<x.count - 1 {
        result[index, index] += 2 + 1200 * x[index] * x[index] - 400 * x[index + 1]
        result[index, index + 1] -= 400 * x[index]
        result[index + 1, index] -= 400 * x[index]
        result[index + 1, index + 1] += 200
    }
    return result
}

/// Ridge-penalised logistic regression on twelve fixed rows.
struct Logistic {
    // X = [[sin(1 + i (j + 1)) for j in range(3)] for i in range(12)]
    let rows = Matrix(rows: 12, columns: 3) { sin(1 + Double($0 * ($1 + 1))) }
    // t = [1 if (i * 7) % 5 < 2 else -1 for i in range(12)]
    let labels = Vector((0..<12).map { ($0 * 7) % 5 < 2 ? 1 : -1 })
    // scipy.optimize.minimize(f, zeros(3), jac=True, method="BFGS", gtol=1e-12) and five steps of Newton, with
    // f = sum(logaddexp(0, -t * (X @ w))) + 0.05 w @ w
    let solution: Vector = [-0.43345678279866967, 0.05024372608612158, -1.1475055906422658]
    let minimum = 7.666760666149945

    func callAsFunction(_ w: Vector) -> (value: Double, gradient: Vector) {
        let margins = labels .* (rows * w)
        let value = margins.reduce(0.0) { $0 + log1p(exp(-$1)) } + 0.05 * w.squaredNorm
        let slopes = margins.map { -1 / (1 + exp($0)) } .* labels
        return (value, rows.transposeMultiplied(by: slopes) + 0.1 * w)
    }

    func hessian(_ w: Vector) -> Matrix {
        let weights = (labels .* (rows * w)).map { 1 / (2 + exp($0) + exp(-$0)) }
        return rows.transposeMultiplied(by: rows.scalingRows(by: weights)) + 0.1 * Matrix.identity(3)
    }
}

func expectClose(
    _ a: Vector, _ b: Vector, within tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        a.count == b.count && (a - b).maximumMagnitude <= tolerance, "\(a) and \(b)", sourceLocation: sourceLocation)
}

struct Mishap: Error {}
