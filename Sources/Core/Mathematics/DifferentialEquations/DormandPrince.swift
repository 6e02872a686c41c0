/// Dormand and Prince's pair 5(4) (J. Comput. Appl. Math. 6, 1980) with Gustafsson's PI step control and Shampine's
/// continuous output (Hairer, Nørsett and Wanner, "Solving ODEs I", sections II.4 to II.6).
struct DormandPrinceStepper: ODEStepper {
    static var terms: Int { 5 }

    private(set) var time: Double
    private(set) var stepStart: Double
    private(set) var stepLength = 0.0
    private(set) var statistics = ODEStatistics()
    var state: UnsafeMutablePointer<Double> { work.pointer }
    var polynomial: UnsafeMutablePointer<Double> { work.pointer + 10 * count }

    private let count: Int
    private let options: ODEOptions
    /// State, next state, error, seven slopes, five coefficients.
    private let work: Storage<Double>
    /// The magnitude of the next step.
    private var step = 0.0
    private var previousError = 1e-4
    private var slopeIsAtStart = true

    init(
        _ function: ODEFunction, _ start: Double, _ end: Double, _ initial: Vector, _ options: ODEOptions
    ) throws(ODEError) {
        (time, stepStart, count, self.options) = (start, start, initial.count, options)
        work = Storage(repeating: 0, count: 15 * max(count, 1))
        for index in 0..<count { work.pointer[index] = initial[index] }
        let slope = work.pointer + 3 * count
        function(
            start, UnsafeBufferPointer(start: work.pointer, count: count),
            UnsafeMutableBufferPointer(start: slope, count: count))
        try requireFiniteSlope(slope, count, at: start)
        step = firstStep(function, start, end, work.pointer, slope, count, order: 5, options)
        statistics.evaluations = options.initialStep == nil ? 2 : 1
    }

    mutating func advance(_ function: ODEFunction, _ jacobian: ODEJacobian?, to end: Double) throws(ODEError) {
        let n = count
        let y = work.pointer
        let (next, error) = (y + n, y + 2 * n)
        let k1 = y + 3 * n
        let (k2, k3, k4, k5, k6, k7) = (k1 + n, k1 + 2 * n, k1 + 3 * n, k1 + 4 * n, k1 + 5 * n, k1 + 6 * n)
        let input = UnsafeBufferPointer(start: next, count: n)
        let direction: Double = end >= time ? 1 : -1
        var wasRejected = false
        while true {
            step = min(step, options.maximumStep)
            let remaining = (end - time).magnitude
            // A last step slightly longer is better than a tiny one after it.
            let isLast = step * 1.01 >= remaining && remaining <= options.maximumStep
            let h = direction * (isLast ? remaining : step)
            guard h.magnitude > 4 * time.ulp else {
                // Distinguishes a right-hand side that is no number from a mere singularity.
                if wasRejected { try requireFiniteSlope(k2, 6 * n, dimension: n, at: time) }
                throw .stepTooSmall(time: time, step: h)
            }
            for i in 0..<n { next[i] = y[i] + h * (1 / 5 * k1[i]) }
            function(time + h / 5, input, UnsafeMutableBufferPointer(start: k2, count: n))
            for i in 0..<n { next[i] = y[i] + h * (3 / 40 * k1[i] + 9 / 40 * k2[i]) }
            function(time + h * 3 / 10, input, UnsafeMutableBufferPointer(start: k3, count: n))
            for i in 0..<n { next[i] = y[i] + h * (44 / 45 * k1[i] - 56 / 15 * k2[i] + 32 / 9 * k3[i]) }
            function(time + h * 4 / 5, input, UnsafeMutableBufferPointer(start: k4, count: n))
            for i in 0..<n {
                let sum: Double = 19372 / 6561 * k1[i] - 25360 / 2187 * k2[i] + 64448 / 6561 * k3[i]
                next[i] = y[i] + h * (sum - 212 / 729 * k4[i])
            }
            function(time + h * 8 / 9, input, UnsafeMutableBufferPointer(start: k5, count: n))
            for i in 0..<n {
                let sum: Double = 9017 / 3168 * k1[i] - 355 / 33 * k2[i] + 46732 / 5247 * k3[i]
                next[i] = y[i] + h * (sum + 49 / 176 * k4[i] - 5103 / 18656 * k5[i])
            }
            let newTime = isLast ? end : time + h
            function(newTime, input, UnsafeMutableBufferPointer(start: k6, count: n))
            for i in 0..<n {
                let sum: Double = 35 / 384 * k1[i] + 500 / 1113 * k3[i] + 125 / 192 * k4[i]
                next[i] = y[i] + h * (sum - 2187 / 6784 * k5[i] + 11 / 84 * k6[i])
            }
            function(newTime, input, UnsafeMutableBufferPointer(start: k7, count: n))
            statistics.evaluations += 6
            for i in 0..<n {
                let sum: Double = 71 / 57600 * k1[i] - 71 / 16695 * k3[i] + 71 / 1920 * k4[i]
                error[i] = h * (sum - 17253 / 339200 * k5[i] + 22 / 525 * k6[i] - 1 / 40 * k7[i])
            }
            let norm = scaledNorm(n, error, y, next, options)
            let growth = norm == 0 ? 0 : power(norm, 0.17)
            if norm <= 1 {
                let factor = max(0.1, min(5, growth / power(previousError, 0.04) / 0.9))
                let proposed = h.magnitude / factor
                // Directly after a rejection the step does not grow; a shortened last step teaches nothing.
                step = wasRejected ? min(proposed, h.magnitude) : proposed
                previousError = max(norm, 1e-4)
                (stepStart, stepLength, time) = (time, h, newTime)
                statistics.acceptedSteps += 1
                writePolynomial(h)
                y.update(from: next, count: n)
                k1.update(from: k7, count: n)
                return
            }
            statistics.rejectedSteps += 1
            wasRejected = true
            step = norm == .infinity ? h.magnitude / 10 : h.magnitude / min(5, growth / 0.9)
            if statistics.acceptedSteps + statistics.rejectedSteps >= options.maximumSteps {
                throw .tooManySteps(time: time, limit: options.maximumSteps)
            }
        }
    }

    /// The continuous output in powers of θ.
    private func writePolynomial(_ h: Double) {
        let n = count
        let (y, next, k1) = (work.pointer, work.pointer + n, work.pointer + 3 * n)
        let (k3, k4, k5, k6, k7) = (k1 + 2 * n, k1 + 3 * n, k1 + 4 * n, k1 + 5 * n, k1 + 6 * n)
        let c = polynomial
        for i in 0..<n {
            let difference = next[i] - y[i]
            let bump = h * k1[i] - difference
            let tail = difference - h * k7[i] - bump
            let first: Double = -12_715_105_075 / 11_282_082_432 * k1[i] + 87_487_479_700 / 32_700_410_799 * k3[i]
            let second: Double = -10_690_763_975 / 1_880_347_072 * k4[i] + 701_980_252_875 / 199_316_789_632 * k5[i]
            let third: Double = -1_453_857_185 / 822_651_844 * k6[i] + 69_997_945 / 29_380_423 * k7[i]
            let quartic = h * (first + second + third)
            c[i] = y[i]
            c[n + i] = difference + bump
            c[2 * n + i] = -bump + tail + quartic
            c[3 * n + i] = -tail - 2 * quartic
            c[4 * n + i] = quartic
        }
    }
}
