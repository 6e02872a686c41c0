import DeepLearning
import Foundation
import Mathematics

/// A mixture of normal distributions, with its log-density and the derivatives that diffusion models are compared
/// with, at any level of noise.
///
/// Each covariance is kept by its eigenvectors: noise that is the same in all directions changes only the
/// eigenvalues, so that a diffused mixture costs nothing to make.
public struct GaussianMixture: Sendable {
    /// Positive, with the sum 1.
    public let weights: Vector
    /// One row a component.
    public let means: Matrix
    /// One row a component: the eigenvalues of its covariance, positive.
    public let variances: Matrix
    /// For each component the eigenvectors of its covariance, as columns.
    public let directions: [Matrix]

    /// The number of components.
    public var componentCount: Int { weights.count }
    /// d.
    public var dimension: Int { means.columns }

    private init(weights: Vector, means: Matrix, variances: Matrix, directions: [Matrix]) {
        self.weights = weights
        self.means = means
        self.variances = variances
        self.directions = directions
    }

    // swiftcore: input
    /// A mixture of components with any covariances.
    ///
    /// - Parameters:
    ///   - weights: not negative, with a positive sum; divided by it.
    ///   - means: one row a component.
    ///   - covariances: one a component, symmetric and positive definite.
    /// - Throws: `DiffusionError` where an argument cannot be used.
    public init(weights: Vector, means: Matrix, covariances: [Matrix]) throws {
        let total = weights.reduce(0, +)
        guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), total > 0 else {
            throw DiffusionError(argument: "weights", value: "\(weights)", expected: "numbers of at least 0 with a positive sum")
        }
        guard means.rows == weights.count, covariances.count == weights.count else {
            throw DiffusionError(
                argument: "means", value: "\(means.rows) rows and \(covariances.count) covariances",
                expected: "\(weights.count) of each, as there are weights")
        }
        var variances = Matrix.zeros(means.rows, means.columns)
        var directions: [Matrix] = []
        for (index, covariance) in covariances.enumerated() {
            guard covariance.rows == means.columns, covariance.columns == means.columns else {
                throw DiffusionError(
                    argument: "covariances[\(index)]", value: "\(covariance.rows) × \(covariance.columns)",
                    expected: "\(means.columns) × \(means.columns)")
            }
            let eigen = try SymmetricEigendecomposition(covariance)
            guard let smallest = eigen.eigenvalues.min(), smallest > 0 else {
                throw DiffusionError(
                    argument: "covariances[\(index)]", value: "smallest eigenvalue \(eigen.eigenvalues.min() ?? .nan)",
                    expected: "a positive definite matrix")
            }
            for axis in 0..<means.columns { variances[index, axis] = eigen.eigenvalues[axis] }
            directions.append(eigen.eigenvectors)
        }
        self.init(weights: Vector(weights.map { $0 / total }), means: means, variances: variances, directions: directions)
    }

    /// A mixture of equally weighted round components.
    ///
    /// - Parameters:
    ///   - means: one row a component.
    ///   - variance: of every coordinate of every component, positive.
    /// - Throws: `DiffusionError` where an argument cannot be used.
    public init(means: Matrix, variance: Double) throws {
        guard variance > 0, variance.isFinite else {
            throw DiffusionError(argument: "variance", value: "\(variance)", expected: "a positive number")
        }
        guard means.rows > 0, means.columns > 0 else {
            throw DiffusionError(
                argument: "means", value: "\(means.rows) × \(means.columns)", expected: "at least one row and column")
        }
        let count = means.rows
        self.init(
            weights: Vector(repeating: 1 / Double(count), count: count), means: means,
            variances: Matrix(repeating: variance, rows: count, columns: means.columns),
            directions: [Matrix](repeating: .identity(means.columns), count: count))
    }

    /// The law of factor · X + √variance · Z for X of this mixture and Z standard normal: the mixture at a level of
    /// noise.
    public func diffused(meanFactor factor: Double, variance: Double) -> GaussianMixture {
        GaussianMixture(
            weights: weights, means: factor * means,
            variances: Matrix(rows: variances.rows, columns: variances.columns) { row, column in
                factor * factor * variances[row, column] + variance
            },
            directions: directions)
    }

    /// The mixture at a time of the Ornstein-Uhlenbeck process.
    public func diffused(by process: OrnsteinUhlenbeckProcess, to time: Double) -> GaussianMixture {
        diffused(meanFactor: process.meanFactor(at: time), variance: process.variance(at: time))
    }

    // swiftcore: gaussian_mixture_samples; require: count >= 0; self: mixture
    /// `count` independent points, one a row.
    public func sample<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> Matrix {
        var cumulative: [Double] = []
        var sum = 0.0
        for weight in weights {
            sum += weight
            cumulative.append(sum)
        }
        var points = Matrix.zeros(count, dimension)
        for row in 0..<count {
            let place = generator.uniform() * sum
            let component = cumulative.firstIndex { place < $0 } ?? componentCount - 1
            let coordinates = Vector(count: dimension) { axis in
                variances[component, axis].squareRoot() * generator.normal()
            }
            let offset = directions[component] * coordinates
            for axis in 0..<dimension { points[row, axis] = means[component, axis] + offset[axis] }
        }
        return points
    }

    /// ln p and its derivatives by the point.
    public struct Derivatives: Sendable {
        /// ln p(x).
        public let logDensity: Double
        /// ∇ ln p(x).
        public let score: Vector
        /// The matrix of second derivatives of ln p.
        public let hessian: Matrix
        /// Δ ln p(x).
        public var laplacian: Double { (0..<score.count).reduce(0) { $0 + hessian[$1, $1] } }
    }

    /// ln p, its score and its Hessian at a point.
    ///
    /// With r the responsibilities and s_k the components' scores: ∇ ln p = Σ r_k s_k and
    /// ∇² ln p = Σ r_k (s_k s_kᵀ − Σ_k⁻¹) − ∇ ln p ∇ ln pᵀ. Precondition: the point has d coordinates.
    public func derivatives(at point: Vector) -> Derivatives {
        let (logDensity, responsibilities, scores, _) = parts(at: point)
        var score = Vector.zeros(dimension)
        var hessian = Matrix.zeros(dimension, dimension)
        for component in 0..<componentCount {
            let share = responsibilities[component]
            for i in 0..<dimension {
                score[i] += share * scores[component][i]
                for j in 0..<dimension {
                    var precision = 0.0
                    for axis in 0..<dimension {
                        precision +=
                            directions[component][i, axis] * directions[component][j, axis] / variances[component, axis]
                    }
                    hessian[i, j] += share * (scores[component][i] * scores[component][j] - precision)
                }
            }
        }
        for i in 0..<dimension {
            for j in 0..<dimension { hessian[i, j] -= score[i] * score[j] }
        }
        return Derivatives(logDensity: logDensity, score: score, hessian: hessian)
    }

    /// The mean of x₀ given factor · x₀ + noise = point, when this mixture is the law of the noisy points: Tweedie's
    /// formula (x + variance · ∇ ln p(x)) / factor.
    public func denoisedMean(at point: Vector, meanFactor factor: Double, variance: Double) -> Vector {
        let score = derivatives(at: point).score
        return Vector(count: dimension) { (point[$0] + variance * score[$0]) / factor }
    }

    /// The covariance of x₀ given factor · x₀ + noise = point, when this mixture is the law of the noisy points:
    /// variance (I + variance · ∇² ln p(x)) / factor².
    public func denoisedCovariance(at point: Vector, meanFactor factor: Double, variance: Double) -> Matrix {
        let hessian = derivatives(at: point).hessian
        return Matrix(rows: dimension, columns: dimension) { row, column in
            variance * ((row == column ? 1 : 0) + variance * hessian[row, column]) / (factor * factor)
        }
    }

    /// ln p, the responsibilities, each component's score, and each component's coordinates along its eigenvectors.
    func parts(
        at point: Vector
    ) -> (logDensity: Double, responsibilities: [Double], scores: [Vector], coordinates: [Vector]) {
        precondition(point.count == dimension, "a point of \(dimension) coordinates")
        var logarithms: [Double] = []
        var scores: [Vector] = [], allCoordinates: [Vector] = []
        for component in 0..<componentCount {
            let offset = Vector(count: dimension) { point[$0] - means[component, $0] }
            let coordinates = directions[component].transposed * offset
            var logarithm = Foundation.log(weights[component])
            for axis in 0..<dimension {
                let variance = variances[component, axis]
                logarithm -= 0.5 * (coordinates[axis] * coordinates[axis] / variance + Foundation.log(2 * .pi * variance))
            }
            logarithms.append(logarithm)
            scores.append(
                -(directions[component] * Vector(count: dimension) { coordinates[$0] / variances[component, $0] }))
            allCoordinates.append(coordinates)
        }
        let largest = logarithms.max() ?? 0
        let exponentials = logarithms.map { Foundation.exp($0 - largest) }
        let total = exponentials.reduce(0, +)
        return (largest + Foundation.log(total), exponentials.map { $0 / total }, scores, allCoordinates)
    }

    // swiftcore: gaussian_mixture_scores; where: Scalar = Double; require: points.rank == 2 && points.shape[1] == receiver.dimension; self: mixture
    /// The scores at many points at once.
    ///
    /// - Parameter points: shape [points, d].
    /// - Returns: shape [points, d].
    public func scores<Scalar: TensorScalar>(at points: Tensor<Scalar>) -> Tensor<Scalar> {
        var logarithms: [Tensor<Scalar>] = [], componentScores: [Tensor<Scalar>] = []
        for component in 0..<componentCount {
            let directions = Tensor<Scalar>(Tensor<Double>(directions[component]))
            let mean = Tensor<Scalar>(Tensor<Double>(Vector(count: dimension) { means[component, $0] }))
            let precision = Tensor<Scalar>(Tensor<Double>(Vector(count: dimension) { 1 / variances[component, $0] }))
            let normalizer =
                Foundation.log(weights[component])
                - 0.5 * (0..<dimension).reduce(0) { $0 + Foundation.log(2 * .pi * variances[component, $1]) }
            let coordinates = matmul(points - mean, directions)
            let scaled = coordinates * precision
            logarithms.append((coordinates * scaled).sum(along: -1) * -0.5 + Scalar(normalizer))
            componentScores.append(-matmul(scaled, directions.transposed()))
        }
        let responsibilities = Tensor.stacking(logarithms, along: 1).softmax()
        var score = componentScores[0] * responsibilities[0..., 0..<1]
        for component in 1..<componentCount {
            score = score + componentScores[component] * responsibilities[0..., component..<component + 1]
        }
        return score
    }
}

/// An argument of a diffusion model that cannot be used.
public struct DiffusionError: Error, Hashable, CustomStringConvertible {
    public let argument: String
    public let value: String
    public let expected: String

    public init(argument: String, value: String, expected: String) {
        self.argument = argument
        self.value = value
        self.expected = expected
    }

    public var description: String { "\(argument): \(value); expected \(expected)" }
}
