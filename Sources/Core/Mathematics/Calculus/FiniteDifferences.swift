import RealModule

/// How derivatives are approximated by differences.
///
/// Steps follow the balance of truncation and rounding, h = ε^(1/3)·max(|x|, scale) for central first
/// differences and ε^(1/4) for second ones; each is rounded so that x + h − x is exact.
public enum FiniteDifferences {
    /// f′(x) by central differences of shrinking step and Richardson's extrapolation (Ridders, Adv. Eng. Software 4,
    /// 1982), about 13 to 14 digits for smooth functions.
    ///
    /// - Parameters:
    ///   - function: smooth within `step` of x.
    ///   - x: where.
    ///   - step: the first and largest step; of the size over which the function changes notably.
    /// - Returns: the derivative and an estimate of its error. NaN if the function is NaN at a point used.
    public static func derivative(
        of function: (Double) -> Double, at x: Double, step: Double? = nil
    ) -> (value: Double, errorEstimate: Double) {
        let first = step ?? 0.1 * Swift.max(x.magnitude, 1)
        precondition(first > 0 && first.isFinite, "the step is \(first): expected a positive finite number")
        let (ratio, rows) = (1.6, 14)
        var previous: [Double] = []
        var best = (value: Double.nan, errorEstimate: Double.infinity)
        var h = first
        for row in 0..<rows {
            let (up, down) = (x + h, x - h)
            var current = [(function(up) - function(down)) / (up - down)]
            var factor = ratio * ratio
            for column in 0..<row {
                let value = (current[column] * factor - previous[column]) / (factor - 1)
                factor *= ratio * ratio
                let error = Swift.max((value - current[column]).magnitude, (value - previous[column]).magnitude)
                current.append(value)
                if error <= best.errorEstimate { best = (value, error) }
            }
            if row > 0, (current[row] - previous[row - 1]).magnitude >= 4 * best.errorEstimate { break }
            previous = current
            h /= ratio
        }
        return best
    }

    /// The gradient of a function of several variables by central differences, about 10 digits.
    ///
    /// 2n evaluations.
    ///
    /// - Parameters:
    ///   - function: reads a point.
    ///   - point: where.
    ///   - scale: the size below which a coordinate counts as small.
    public static func gradient(
        of function: (Vector) -> Double, at point: Vector, scale: Double = 1
    ) -> Vector {
        var moved = point
        return Vector(count: point.count) { index in
            let (up, down) = ends(point[index], firstOrderStep, scale)
            let high = moved.value(function, with: up, at: index)
            let low = moved.value(function, with: down, at: index)
            moved[index] = point[index]
            return (high - low) / (up - down)
        }
    }

    /// The Jacobian ∂fᵢ/∂xⱼ of a function from vectors to vectors by central differences, about 10 digits.
    ///
    /// 2n evaluations; row i, column j.
    public static func jacobian(of function: (Vector) -> Vector, at point: Vector, scale: Double = 1) -> Matrix {
        var columns: [Vector] = []
        for index in point.indices {
            let (up, down) = ends(point[index], firstOrderStep, scale)
            var moved = point
            moved[index] = up
            let high = function(moved)
            moved[index] = down
            let low = function(moved)
            precondition(high.count == low.count, "the function has \(high.count) and \(low.count) components")
            columns.append(Vector(count: high.count) { (high[$0] - low[$0]) / (up - down) })
        }
        let rows = columns.first?.count ?? function(point).count
        return Matrix(rows: rows, columns: point.count) { columns[$1][$0] }
    }

    /// The symmetric matrix of second derivatives by central differences, about 7 digits.
    ///
    /// 2n² + 1 evaluations.
    public static func hessian(
        of function: (Vector) -> Double, at point: Vector, scale: Double = 1
    ) -> Matrix {
        let count = point.count
        var moved = point
        let center = function(moved)
        let steps = point.map { x -> Double in
            let (up, _) = ends(x, secondOrderStep, scale)
            return up - x
        }
        var result = Matrix.zeros(count, count)
        for i in 0..<count {
            let high = moved.value(function, with: point[i] + steps[i], at: i)
            let low = moved.value(function, with: point[i] - steps[i], at: i)
            result[i, i] = ((high - center) + (low - center)) / (steps[i] * steps[i])
            for j in 0..<i {
                var sum = 0.0
                for (a, b) in [(1.0, 1.0), (1, -1), (-1, 1), (-1, -1)] {
                    moved[i] = point[i] + a * steps[i]
                    sum += a * b * moved.value(function, with: point[j] + b * steps[j], at: j)
                }
                moved[j] = point[j]
                result[i, j] = sum / (4 * steps[i] * steps[j])
                result[j, i] = result[i, j]
            }
            moved[i] = point[i]
        }
        return result
    }

    /// ε^(1/3) and ε^(1/4).
    private static let firstOrderStep = 6.055454452393343e-06
    private static let secondOrderStep = 0.0001220703125

    private static func ends(_ x: Double, _ relative: Double, _ scale: Double) -> (Double, Double) {
        let h = relative * Swift.max(x.magnitude, scale)
        return (x + h, x - h)
    }
}

extension DenseVector<Double> {
    fileprivate mutating func value(
        _ function: (Vector) -> Double, with value: Double, at index: Int
    ) -> Double {
        self[index] = value
        return function(self)
    }
}
