import DeepLearning
import Mathematics

/// A learned score of the diffused data on the plane (ode-sde-gap, arXiv:2311.15996).
public struct ScoreModel: Parameterized, Sendable {
    /// What the network gives.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// u = ln p up to a constant, whose gradient is the score. It has a Fokker-Planck residual.
        case potential
        /// The score itself, the usual choice: it need not be a gradient.
        case score
    }

    /// What the network's output is added to.
    public enum Reference: String, Sendable, Hashable, CaseIterable {
        /// Nothing: the paper's choice.
        case none
        /// The stationary law N(0, I/2), to which the diffused data tend: u = −|x|² + network, with the score −2x +
        /// ∇ network. The network then learns only how the data differ from it, which takes much less training,
        /// and a network that has learnt nothing is a solution of the Fokker-Planck equation with that law.
        case stationary
    }

    public let kind: Kind
    public let reference: Reference
    /// Inputs x₁, x₂, t; three hidden layers; one output or two.
    public var network: Perceptron<Float>

    /// The paper's network: 3-80-80-80-1 (or -2) with the activation softplus of β = 100.
    public init<G: RandomNumberGenerator>(
        _ kind: Kind = .potential, relativeTo reference: Reference = .none, hiddenWidth: Int = 80,
        using generator: inout G
    ) {
        self.kind = kind
        self.reference = reference
        network = Perceptron(
            widths: [3, hiddenWidth, hiddenWidth, hiddenWidth, kind == .potential ? 1 : 2],
            activation: .softplus(beta: 100), using: &generator)
    }

    /// The score at points of the plane and time, differentiable by the model.
    ///
    /// - Parameter points: rows x₁, x₂, t.
    /// - Returns: shape [points, 2].
    public func score(at points: Tensor<Float>) -> Tensor<Float> {
        switch kind {
        case .score: return withReference(network(points), points)
        case .potential:
            let jet = network(Jet(variables: points, directions: 2))
            return withReference(jet.derivatives.squeezed(at: 2).transposed(), points)
        }
    }

    private func withReference(_ score: Tensor<Float>, _ points: Tensor<Float>) -> Tensor<Float> {
        switch reference {
        case .none: score
        case .stationary: score - points[0..., 0..<2] * 2
        }
    }

    /// The score at points of the plane at one time, for sampling.
    public func score(at points: Tensor<Float>, time: Double) -> Tensor<Float> {
        let times = Tensor<Float>(repeating: Float(time), shape: [points.shape[0], 1])
        let inputs = Tensor.concatenating([points, times], along: 1)
        switch kind {
        case .score: return withReference(network(inputs), points)
        // One backward pass costs less than two directions forward.
        case .potential: return withReference(gradient(at: inputs) { network($0).sum() }[0..., 0..<2], points)
        }
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
        try network.forEachParameter(body)
    }
}
