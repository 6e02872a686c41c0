import Mathematics

/// A minimum-entropy coupling with bottleneck: X to T by an entropy-bounded encoder, T to Y by a minimum-entropy
/// coupling, so that X – T – Y is a Markov chain with given marginals of X and Y and H(T) ≤ R (mec-bottleneck, arXiv:2410.21666).
public struct BottleneckCoupling: Sendable, Hashable {
    /// R in bits.
    public let rate: Double
    /// X to T.
    public let encoder: DeterministicEncoder
    /// P(T, Y).
    public let decoder: Matrix

    // swiftcore: bottleneck_coupling
    /// Decomposes the problem by I(X; Y) ≥ I(X; T) + I(T; Y) − R: the encoder maximises the first term, the coupling
    /// the second.
    ///
    /// - Parameters:
    ///   - source: P(X).
    ///   - output: P(Y).
    ///   - rate: R ≥ 0 in bits.
    ///   - method: how T and Y are coupled.
    /// - Throws: `StatisticsError` if a marginal is no distribution or the rate is negative.
    public init(
        source: [Double], output: [Double], rate: Double, method: CouplingMethod = .maxSeeking
    ) throws(StatisticsError) {
        self.rate = rate
        encoder = try .greedy(source, rate: rate)
        decoder = try minimumEntropyCoupling(encoder.cellProbabilities, output, method: method)
    }

    /// P(X, Y) = Σ_T P(X, T) P(Y | T).
    public var joint: Matrix {
        let labels = encoder.labels
        return Matrix(rows: labels.count, columns: decoder.columns) { symbol, y in
            let cell = labels[symbol], mass = encoder.cellProbabilities[cell]
            return mass > 0 ? encoder.symbolProbabilities[symbol] / mass * decoder[cell, y] : 0
        }
    }

    /// I(X; Y) in bits.
    public var information: Double {
        let joint = self.joint
        return bits(joint.rowSums) + bits(joint.columnSums) - bits(joint.flattened)
    }

    /// I(T; Y) in bits; equal to I(X; Y), since T is a function of X.
    public var codeInformation: Double {
        bits(decoder.rowSums) + bits(decoder.columnSums) - bits(decoder.flattened)
    }

    /// The lower bound I(X; T) + I(T; Y) − R on I(X; Y), which the decomposition maximises.
    public var informationBound: Double { encoder.information + codeInformation - rate }
}
