import RealModule

/// The learning rate as a function of the step, counted from 0.
///
/// ```swift
/// let schedule = LearningRateSchedule.cosine(from: 3e-4, to: 3e-5, steps: 900).warmingUp(steps: 100)
/// optimizer.learningRate = Float(schedule(step))
/// ```
///
/// Past their last step, schedules of a given length keep their last value.
public struct LearningRateSchedule: Sendable {
    private let rate: @Sendable (Int) -> Double

    /// A schedule of one's own.
    public init(_ rate: @escaping @Sendable (_ step: Int) -> Double) { self.rate = rate }

    /// The rate at a step.
    public func callAsFunction(_ step: Int) -> Double { rate(step) }

    /// Always the same rate.
    public static func constant(_ value: Double) -> Self { Self { _ in value } }

    /// A straight line from one rate, at step 0, to another, at step `steps`.
    public static func linear(from first: Double, to last: Double = 0, steps: Int) -> Self {
        Self { first + (last - first) * fraction($0, of: steps) }
    }

    /// Half a period of a cosine from one rate, at step 0, to another, at step `steps` (Loshchilov and Hutter
    /// 2017, arXiv:1608.03983, equation 5 without restarts).
    public static func cosine(from first: Double, to last: Double = 0, steps: Int) -> Self {
        Self { last + (first - last) * (1 + Double.cos(.pi * fraction($0, of: steps))) / 2 }
    }

    /// A rate multiplied by a factor after every `interval` steps.
    public static func step(from first: Double, factor: Double, every interval: Int) -> Self {
        precondition(interval > 0, "a step schedule's interval is positive: got \(interval)")
        return Self { first * Double.pow(factor, $0 / interval) }
    }

    /// A rate multiplied by a factor at each of the given steps.
    public static func step(from first: Double, factor: Double, at steps: [Int]) -> Self {
        Self { step in first * Double.pow(factor, steps.count { $0 <= step }) }
    }

    /// A rate multiplied by a factor at every step.
    public static func exponential(from first: Double, factor: Double) -> Self {
        Self { first * Double.pow(factor, $0) }
    }

    /// Up to a peak by half a cosine in the first `warmUp` of the steps, then down by another (Smith and Topin
    /// 2018, arXiv:1708.07120).
    ///
    /// - Parameters:
    ///   - peak: the largest rate, reached at step `warmUp` · `steps` − 1.
    ///   - steps: the last rate is at step `steps` − 1.
    ///   - warmUp: the rising part, in 0 ..< 1.
    ///   - initialDivisor: the peak divided by the first rate.
    ///   - finalDivisor: the first rate divided by the last.
    public static func oneCycle(
        peak: Double, steps: Int, warmUp: Double = 0.3, initialDivisor: Double = 25, finalDivisor: Double = 1e4
    ) -> Self {
        let first = peak / initialDivisor, last = first / finalDivisor
        let top = warmUp * Double(steps) - 1, end = Double(steps) - 1
        return Self { step in
            let t = min(Double(step), end)
            let (from, to, part) = t <= top ? (first, peak, top > 0 ? t / top : 1) : (peak, last, (t - top) / (end - top))
            return to + (from - to) * (1 + Double.cos(.pi * part)) / 2
        }
    }

    /// A linear rise to a peak, then the peak times √(warmUp / step) (Vaswani et al. 2017, arXiv:1706.03762,
    /// section 5.3); the step is counted from 1 here.
    public static func inverseSquareRoot(peak: Double, warmUp: Int) -> Self {
        precondition(warmUp > 0, "an inverse square root's warm-up is positive: got \(warmUp)")
        return Self { step in
            let t = Double(step + 1), w = Double(warmUp)
            return peak * min(t / w, (w / t).squareRoot())
        }
    }

    /// The schedule after `steps` steps of a linear rise to its first value: (step + 1)/(steps + 1) of it, so that
    /// no update has the rate 0.
    public func warmingUp(steps: Int) -> Self {
        Self { step in
            step < steps ? rate(0) * Double(step + 1) / Double(steps + 1) : rate(step - steps)
        }
    }

    private static func fraction(_ step: Int, of steps: Int) -> Double {
        steps <= 0 ? 1 : min(max(Double(step) / Double(steps), 0), 1)
    }
}
