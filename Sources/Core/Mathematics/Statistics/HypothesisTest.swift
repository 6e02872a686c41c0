/// Which departures from a hypothesis count against it.
public enum Alternative: Sendable, Hashable, CaseIterable {
    /// In both directions.
    case twoSided
    /// Smaller values than the hypothesis says.
    case less
    /// Larger values than the hypothesis says.
    case greater
}

/// The result of a test of a hypothesis.
public struct HypothesisTest: Sendable, Hashable {
    /// The test's statistic; each function says which.
    public let statistic: Double
    /// The probability, if the hypothesis holds, of a statistic at least as extreme.
    public let pValue: Double
    /// The degrees of freedom of the statistic's distribution (of the numerator, for an F), where it has any.
    public let degreesOfFreedom: Double?
    /// The degrees of freedom of the denominator, for an F.
    public let denominatorDegrees: Double?

    init(statistic: Double, pValue: Double, degreesOfFreedom: Double? = nil, denominatorDegrees: Double? = nil) {
        self.statistic = statistic
        // A sum of rounded probabilities may exceed 1 by a rounding error.
        self.pValue = pValue > 1 ? 1 : pValue
        self.degreesOfFreedom = degreesOfFreedom
        self.denominatorDegrees = denominatorDegrees
    }

    /// A t statistic with its p-value.
    static func studentT(
        _ statistic: Double, degreesOfFreedom: Double, _ alternative: Alternative
    ) throws(StatisticsError) -> HypothesisTest {
        guard statistic.isFinite else {
            // No variation at all: a difference is infinitely significant, none is undefined.
            let p: Double =
                statistic.isNaN ? .nan : alternative == .twoSided ? 0 : (statistic > 0) == (alternative == .greater) ? 0 : 1
            return HypothesisTest(statistic: statistic, pValue: p, degreesOfFreedom: degreesOfFreedom)
        }
        let t = try StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
        let p =
            switch alternative {
            case .twoSided: 2 * t.survival(statistic.magnitude)
            case .less: t.cumulative(statistic)
            case .greater: t.survival(statistic)
            }
        return HypothesisTest(statistic: statistic, pValue: p, degreesOfFreedom: degreesOfFreedom)
    }

    /// The p-value of a standard normal statistic.
    static func normalPValue(_ z: Double, _ alternative: Alternative) -> Double {
        switch alternative {
        case .twoSided: 2 * normalCDF(-z.magnitude)
        case .less: normalCDF(z)
        case .greater: normalCDF(-z)
        }
    }
}
