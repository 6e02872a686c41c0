/// The three-stage Radau IIA method of order 5 with simplified Newton iterations (Hairer and Wanner, "Solving
/// ODEs II", section IV.8).
struct RadauStepper: ODEStepper {
    static var terms: Int { 4 }

    private(set) var time: Double
    private(set) var stepStart: Double
    private(set) var stepLength = 0.0
    private(set) var statistics = ODEStatistics()
    var state: UnsafeMutablePointer<Double> { work.pointer }
    var polynomial: UnsafeMutablePointer<Double> { work.pointer + 13 * count }

    private let count: Int
    private let options: ODEOptions
    /// State, slope, error, trial; stages Z, transformed stages W, slopes F (three each); coefficients (four).
    private let work: Storage<Double>
    private var step = 0.0
    private var jacobianMatrix: Matrix
    private var jacobianIsCurrent = false
    private var hasJacobian = false
    private var realFactors: LUDecomposition<Double>?
    private var complexFactors: LUDecomposition<Double>?
    private var factoredStep = 0.0
    private var previousError = 0.0

    private static let rootOfSix = 6.0.squareRoot()
    private static let nodes: [Double] = [(4 - rootOfSix) / 10, (4 + rootOfSix) / 10, 1]
    private static let errorWeights: [Double] = [(-13 - 7 * rootOfSix) / 3, (-13 + 7 * rootOfSix) / 3, -1 / 3]
    // The real eigenvalue and the complex pair α ± iβ of the inverse of Butcher's matrix, and the
    // transformation to its real block form.
    private static let gamma = 3.6378342527444957322
    private static let alpha = 2.6810828736277521339
    private static let beta = 3.0504301992474105694
    private static let forward: [Double] = [
        0.094438762488975241487, -0.14125529502095420843, -0.030029194105147424492,
        0.25021312296533331138, 0.204129352293799932, 0.3829421127572619378,
        1, 1, 0,
    ]
    private static let inverse: [Double] = [
        4.1787185915519047273, 0.32768282076106238708, 0.52337644549944954804,
        -4.1787185915519047273, -0.32768282076106238708, 0.47662355450055045196,
        -0.50287263494578687595, 2.5719269498556054292, -0.59603920482822492497,
    ]
    private static let newtonLimit = 7

    init(
        _ function: ODEFunction, _ start: Double, _ end: Double, _ initial: Vector, _ options: ODEOptions
    ) throws(ODEError) {
        (time, stepStart, count, self.options) = (start, start, initial.count, options)
        work = Storage(repeating: 0, count: 17 * max(count, 1))
        jacobianMatrix = .zeros(count, count)
        for index in 0..<count { work.pointer[index] = initial[index] }
        let slope = work.pointer + count
        function(
            start, UnsafeBufferPointer(start: work.pointer, count: count),
            UnsafeMutableBufferPointer(start: slope, count: count))
        try requireFiniteSlope(slope, count, at: start)
        step = firstStep(function, start, end, work.pointer, slope, count, order: 3, options)
        statistics.evaluations = options.initialStep == nil ? 2 : 1
    }

    mutating func advance(_ function: ODEFunction, _ jacobian: ODEJacobian?, to end: Double) throws(ODEError) {
        let n = count
        let y = work.pointer
        let (slope, error, trial) = (y + n, y + 2 * n, y + 3 * n)
        let (z, w) = (y + 4 * n, y + 7 * n)
        let direction: Double = end >= time ? 1 : -1
        let relative = options.relativeTolerance
        let newtonTolerance = max(10 * Double.ulpOfOne / relative, min(0.03, relative.squareRoot()))
        var wasRejected = false
        if !hasJacobian { try updateJacobian(function, jacobian) }
        while true {
            step = min(step, options.maximumStep)
            let remaining = (end - time).magnitude
            let isLast = step * 1.01 >= remaining && remaining <= options.maximumStep
            let h = direction * (isLast ? remaining : step)
            guard h.magnitude > 4 * time.ulp else { throw .stepTooSmall(time: time, step: h) }
            if statistics.acceptedSteps + statistics.rejectedSteps >= options.maximumSteps, wasRejected {
                throw .tooManySteps(time: time, limit: options.maximumSteps)
            }
            if h != factoredStep { factor(h) }
            guard let realFactors, let complexFactors else {
                // A singular iteration matrix: another step gives another matrix.
                step = h.magnitude / 2
                (wasRejected, factoredStep) = (true, 0)
                statistics.rejectedSteps += 1
                continue
            }
            predict(h)
            let newton = iterate(function, h, newtonTolerance, realFactors, complexFactors)
            guard newton.converged else {
                statistics.rejectedSteps += 1
                wasRejected = true
                if jacobianIsCurrent { step = h.magnitude / 2 } else { try updateJacobian(function, jacobian) }
                continue
            }
            for i in 0..<n { trial[i] = y[i] + z[2 * n + i] }
            estimateError(h, slope, realFactors)
            var norm = scaledNorm(n, error, y, trial, options)
            if norm >= 1, wasRejected || statistics.acceptedSteps == 0 {
                // A second pass filters the stiff part out of the estimate.
                for i in 0..<n { w[i] = y[i] + error[i] }
                let filtered = w + n
                function(
                    time, UnsafeBufferPointer(start: w, count: n),
                    UnsafeMutableBufferPointer(start: filtered, count: n))
                statistics.evaluations += 1
                estimateError(h, filtered, realFactors)
                norm = scaledNorm(n, error, y, trial, options)
            }
            let limit = Double(Self.newtonLimit)
            let safety = 0.9 * (2 * limit + 1) / (2 * limit + Double(newton.iterations))
            var growth = norm == 0 ? 10 : power(norm, -0.25)
            if norm < 1 {
                if previousError > 0, stepLength != 0, norm > 0 {
                    // Gustafsson's predictive controller.
                    growth *= min(1, (h / stepLength).magnitude * power(previousError / norm, 0.25))
                }
                let factor = min(10, max(0.2, safety * growth))
                (stepStart, stepLength) = (time, h)
                time = isLast ? end : time + h
                previousError = max(norm, 1e-10)
                statistics.acceptedSteps += 1
                writePolynomial()
                y.update(from: trial, count: n)
                function(
                    time, UnsafeBufferPointer(start: y, count: n), UnsafeMutableBufferPointer(start: slope, count: n))
                statistics.evaluations += 1
                try requireFiniteSlope(slope, n, at: time)
                jacobianIsCurrent = false
                let renew = newton.iterations > 2 && newton.rate > 1e-3
                // Small changes of the step are not worth a factorisation.
                if renew || factor >= 1.2 || factor < 1 {
                    step = h.magnitude * factor
                } else {
                    step = h.magnitude
                }
                if wasRejected { step = min(step, h.magnitude) }
                if renew { try updateJacobian(function, jacobian) }
                return
            }
            statistics.rejectedSteps += 1
            wasRejected = true
            step = h.magnitude * (norm == .infinity ? 0.1 : max(0.1, min(0.9, safety * growth)))
        }
    }

    /// The starting values of the stages: the last step's polynomial continued.
    private func predict(_ h: Double) {
        let n = count
        let (y, z) = (work.pointer, work.pointer + 4 * n)
        if stepLength == 0 {
            z.update(repeating: 0, count: 3 * n)
        } else {
            for stage in 0..<3 {
                let theta = 1 + Self.nodes[stage] * h / stepLength
                ODETrajectory.evaluate(polynomial, 4, n, at: theta, into: z + stage * n)
                for i in 0..<n { z[stage * n + i] -= y[i] }
            }
        }
        transform(Self.inverse, z, into: work.pointer + 7 * n)
    }

    private func transform(
        _ matrix: [Double], _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>
    ) {
        let n = count
        for i in 0..<n {
            let (a, b, c) = (source[i], source[n + i], source[2 * n + i])
            target[i] = matrix[0] * a + matrix[1] * b + matrix[2] * c
            target[n + i] = matrix[3] * a + matrix[4] * b + matrix[5] * c
            target[2 * n + i] = matrix[6] * a + matrix[7] * b + matrix[8] * c
        }
    }

    /// The simplified Newton iteration for the stages.
    private mutating func iterate(
        _ function: ODEFunction, _ h: Double, _ tolerance: Double, _ realFactors: LUDecomposition<Double>,
        _ complexFactors: LUDecomposition<Double>
    ) -> (converged: Bool, iterations: Int, rate: Double) {
        let n = count
        let (y, trial) = (work.pointer, work.pointer + 3 * n)
        let (z, w, f) = (y + 4 * n, y + 7 * n, y + 10 * n)
        var (previousNorm, rate) = (0.0, 0.0)
        var (realRight, complexRight) = (Vector.zeros(n), Vector.zeros(2 * n))
        for iteration in 1...Self.newtonLimit {
            for stage in 0..<3 {
                for i in 0..<n { trial[i] = y[i] + z[stage * n + i] }
                function(
                    time + Self.nodes[stage] * h, UnsafeBufferPointer(start: trial, count: n),
                    UnsafeMutableBufferPointer(start: f + stage * n, count: n))
            }
            statistics.evaluations += 3
            for i in 0..<3 * n where !f[i].isFinite { return (false, iteration, rate) }
            transform(Self.inverse, f, into: f)
            let (gamma, alpha, beta) = (Self.gamma / h, Self.alpha / h, Self.beta / h)
            realRight.withUnsafeMutableBufferPointer { for i in 0..<n { $0[i] = f[i] - gamma * w[i] } }
            complexRight.withUnsafeMutableBufferPointer {
                for i in 0..<n {
                    $0[i] = f[n + i] - alpha * w[n + i] + beta * w[2 * n + i]
                    $0[n + i] = f[2 * n + i] - beta * w[n + i] - alpha * w[2 * n + i]
                }
            }
            guard let first = try? realFactors.solve(realRight), let pair = try? complexFactors.solve(complexRight)
            else { return (false, iteration, rate) }
            var sum = 0.0
            for i in 0..<n {
                let scale = options.absoluteTolerance + options.relativeTolerance * y[i].magnitude
                for change in [first[i], pair[i], pair[n + i]] where change != 0 {
                    sum += change / scale * (change / scale)
                }
            }
            let norm = (sum / Double(max(3 * n, 1))).squareRoot()
            guard norm.isFinite else { return (false, iteration, rate) }
            if iteration > 1 {
                rate = norm / previousNorm
                let left = Double(Self.newtonLimit - iteration)
                if rate >= 1 || power(rate, left) / (1 - rate) * norm > tolerance, norm > 1e-3 * tolerance {
                    return (false, iteration, rate)
                }
            }
            for i in 0..<n {
                w[i] += first[i]
                w[n + i] += pair[i]
                w[2 * n + i] += pair[n + i]
            }
            transform(Self.forward, w, into: z)
            if norm == 0 || iteration > 1 && rate / (1 - rate) * norm < tolerance || norm <= 1e-3 * tolerance {
                return (true, iteration, rate)
            }
            previousNorm = norm
        }
        return (false, Self.newtonLimit, rate)
    }

    /// Hairer and Wanner's error estimate of order 3, (γ/h − J)⁻¹(f + Σ eᵢZᵢ/h).
    private func estimateError(_ h: Double, _ slope: UnsafePointer<Double>, _ factors: LUDecomposition<Double>) {
        let n = count
        let (error, z) = (work.pointer + 2 * n, work.pointer + 4 * n)
        let e = Self.errorWeights
        let right = Vector(count: n) { (i: Int) -> Double in
            let sum: Double = e[0] * z[i] + e[1] * z[n + i] + e[2] * z[2 * n + i]
            return slope[i] + sum / h
        }
        if let solution = try? factors.solve(right) {
            for i in 0..<n { error[i] = solution[i] }
        } else {
            for i in 0..<n { error[i] = .infinity }
        }
    }

    /// The collocation polynomial through the state and the stages, in powers of θ.
    private func writePolynomial() {
        let n = count
        let (y, z, c) = (work.pointer, work.pointer + 4 * n, polynomial)
        let (c1, c2) = (Self.nodes[0], Self.nodes[1])
        for i in 0..<n {
            // Newton's divided differences on 0, c₁, c₂, 1.
            let d1 = z[i] / c1
            let d12 = (z[n + i] - z[i]) / (c2 - c1)
            let d23 = (z[2 * n + i] - z[n + i]) / (1 - c2)
            let e1 = (d12 - d1) / c2
            let e2 = (d23 - d12) / (1 - c1)
            let g = e2 - e1
            c[i] = y[i]
            c[n + i] = d1 - c1 * e1 + c1 * c2 * g
            c[2 * n + i] = e1 - (c1 + c2) * g
            c[3 * n + i] = g
        }
    }

    private mutating func factor(_ h: Double) {
        let n = count
        let (gamma, alpha, beta) = (Self.gamma / h, Self.alpha / h, Self.beta / h)
        let jacobian = jacobianMatrix
        realFactors = try? LUDecomposition(Matrix(rows: n, columns: n) { ($0 == $1 ? gamma : 0) - jacobian[$0, $1] })
        // The complex system (α + iβ)/h − J as a real one of twice the order.
        complexFactors = try? LUDecomposition(
            Matrix(rows: 2 * n, columns: 2 * n) { (row: Int, column: Int) -> Double in
                let (i, j) = (row < n ? row : row - n, column < n ? column : column - n)
                if (row < n) == (column < n) { return (i == j ? alpha : 0) - jacobian[i, j] }
                return i != j ? 0 : row < n ? -beta : beta
            })
        statistics.factorizations += 1
        factoredStep = h
    }

    private mutating func updateJacobian(_ function: ODEFunction, _ jacobian: ODEJacobian?) throws(ODEError) {
        let n = count
        let (y, slope, trial, f) = (work.pointer, work.pointer + n, work.pointer + 3 * n, work.pointer + 10 * n)
        let time = time
        let options = options
        if let jacobian {
            jacobianMatrix.withUnsafeMutableBufferPointer {
                $0.update(repeating: 0)
                jacobian(time, UnsafeBufferPointer(start: y, count: n), $0)
            }
        } else {
            trial.update(from: y, count: n)
            jacobianMatrix.withUnsafeMutableBufferPointer { matrix in
                for column in 0..<n {
                    // Forward differences, outwards so as not to cross zero.
                    let size = (Double.ulpOfOne * max(1e-5, y[column].magnitude)).squareRoot()
                        * max(y[column].magnitude, max(options.absoluteTolerance, 1e-5)).squareRoot()
                    let moved = y[column] + (y[column] < 0 ? -size : size)
                    let difference = moved - y[column]
                    trial[column] = moved
                    function(
                        time, UnsafeBufferPointer(start: trial, count: n),
                        UnsafeMutableBufferPointer(start: f, count: n))
                    trial[column] = y[column]
                    for row in 0..<n { matrix[row * n + column] = (f[row] - slope[row]) / difference }
                }
            }
            statistics.evaluations += n
        }
        for (index, value) in jacobianMatrix.flattened.enumerated() where !value.isFinite {
            throw .notFinite(time: time, component: index / max(n, 1), value: value)
        }
        statistics.jacobians += 1
        (hasJacobian, jacobianIsCurrent, factoredStep) = (true, true, 0)
    }
}
