import DeepLearning
import Foundation
import Mathematics

// The Fokker-Planck equation of dX = −X dt + dW for u = ln p:
// R = ∂u/∂t − d − x·∇u − |∇u|²/2 − Δu/2 (ode-sde-gap, arXiv:2311.15996).

extension GaussianMixture {
    /// ∂/∂t of the log-density of this mixture under the Ornstein-Uhlenbeck process, at a time and point: from how
    /// each component's mean and variances change, not from the Fokker-Planck equation.
    public func timeDerivative(of process: OrnsteinUhlenbeckProcess, at point: Vector, time: Double) -> Double {
        let diffused = diffused(by: process, to: time)
        let (_, responsibilities, _, coordinates) = diffused.parts(at: point)
        let factor = process.meanFactor(at: time)
        var derivative = 0.0
        for component in 0..<componentCount {
            // The mean factor·m moves by −factor·m, so that a coordinate of x − mean moves by +factor·m.
            let motion =
                diffused.directions[component].transposed
                * Vector(count: dimension) { factor * means[component, $0] }
            var change = 0.0
            for axis in 0..<dimension {
                let variance = diffused.variances[component, axis]
                let varianceChange = factor * factor * (1 - 2 * variances[component, axis])
                let y = coordinates[component][axis]
                change +=
                    -y * motion[axis] / variance + 0.5 * y * y * varianceChange / (variance * variance)
                    - 0.5 * varianceChange / variance
            }
            derivative += responsibilities[component] * change
        }
        return derivative
    }

    /// R of the exact log-density at a point and time, 0 up to rounding; with a perturbation u + δh, its residual.
    ///
    /// - Parameters:
    ///   - process: whose Fokker-Planck equation it is.
    ///   - point: x.
    ///   - time: t, in [0, T].
    ///   - perturbation: δh as value and derivatives at the point; nil for none.
    public func fokkerPlanckResidual(
        of process: OrnsteinUhlenbeckProcess, at point: Vector, time: Double, perturbation: PotentialPerturbation? = nil
    ) -> Double {
        let exact = diffused(by: process, to: time).derivatives(at: point)
        var timeDerivative = timeDerivative(of: process, at: point, time: time)
        var slope = exact.score, laplacian = exact.laplacian
        if let perturbation {
            let part = perturbation.derivatives(at: point, time: time)
            timeDerivative += part.timeDerivative
            slope += part.gradient
            laplacian += part.laplacian
        }
        return timeDerivative - Double(dimension) - point.dot(slope) - 0.5 * slope.dot(slope) - 0.5 * laplacian
    }
}

/// A bump δ h(x, t) = δ e^(−t) exp(−|x − c|²/(2w²)) added to an exact log-density, to control the residual.
public struct PotentialPerturbation: Sendable, Hashable {
    /// δ.
    public let size: Double
    /// c.
    public let centre: [Double]
    /// w, positive.
    public let width: Double

    /// - Throws: `DiffusionError` unless the width is positive and the size finite.
    public init(size: Double, centre: [Double], width: Double) throws(DiffusionError) {
        guard width > 0, width.isFinite else {
            throw DiffusionError(argument: "width", value: "\(width)", expected: "a positive number")
        }
        guard size.isFinite else { throw DiffusionError(argument: "size", value: "\(size)", expected: "a finite number") }
        self.size = size
        self.centre = centre
        self.width = width
    }

    func derivatives(at point: Vector, time: Double) -> (timeDerivative: Double, gradient: Vector, laplacian: Double) {
        let offset = Vector(count: point.count) { point[$0] - centre[$0] }
        let squared = offset.dot(offset), w2 = width * width
        let value = size * Foundation.exp(-time - squared / (2 * w2))
        return (-value, (-value / w2) * offset, value * (squared / (w2 * w2) - Double(point.count) / w2))
    }

    /// ∇δh at many points, of the shape [points, coordinates].
    public func gradient<Scalar: TensorScalar>(at points: Tensor<Scalar>, time: Double) -> Tensor<Scalar> {
        let offset = points - Tensor(centre.map { Scalar($0) })
        let exponent = offset.squared().sum(along: -1, keepingAxes: true) * Scalar(-0.5 / (width * width)) - Scalar(time)
        return offset * (exp(exponent) * Scalar(-size / (width * width)))
    }
}

extension ScoreModel {
    /// R of the model's potential at points of the plane and time.
    ///
    /// Precondition: the model is a potential.
    ///
    /// - Parameter points: rows x₁, x₂, t: shape [points, 3].
    /// - Returns: shape [points, 1], differentiable by the model.
    public func fokkerPlanckResidual(at points: Tensor<Float>) -> Tensor<Float> {
        precondition(kind == .potential, "a model of the score alone has no Fokker-Planck residual")
        let jet = network(Jet(variables: points, laplacianOver: 2))
        let first = jet.derivative(along: 0), second = jet.derivative(along: 1)
        let drift = points[0..., 0..<1] * first + points[0..., 1..<2] * second
        let diffusion = (first.squared() + second.squared() + jet.laplacian) * 0.5
        switch reference {
        case .none: return jet.derivative(along: 2) - 2 - drift - diffusion
        // With u = −|x|² + v the constant and the quadratic terms cancel: v_t + x·∇v − |∇v|²/2 − Δv/2.
        case .stationary: return jet.derivative(along: 2) + drift - diffusion
        }
    }
}
