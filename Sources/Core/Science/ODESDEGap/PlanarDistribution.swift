import DeepLearning
import Foundation
import Mathematics

/// A distribution on the plane that a diffusion model learns (ode-sde-gap, arXiv:2311.15996).
public enum PlanarDistribution: Sendable {
    /// Uniform on eight squares of side 1.5 of a chess board on [−3, 3]².
    case checkerboard
    /// Two circles of radii 1.3 and 2.8 with normal noise of 0.2 on the radius, equally likely.
    case circles
    /// Nine round normal distributions, see `blobMixture`.
    case blobs
    /// Points of one's own, drawn with replacement: rows x₁, x₂.
    case points(Tensor<Float>)

    /// The nine normal distributions of `.blobs`: centres 0.65·{(±2, ±2), (0, 0), (±4, 0), (0, ±4)} and variance
    /// 0.2·0.65² in each coordinate.
    public static func blobMixture() throws -> GaussianMixture {
        try GaussianMixture(means: Matrix(rows: blobCentres), variance: 0.2 * 0.65 * 0.65)
    }

    private static let blobCentres: [[Double]] = [
        [2, -2], [-2, 2], [2, 2], [-2, -2], [0, 0], [4, 0], [-4, 0], [0, 4], [0, -4],
    ].map { $0.map { 0.65 * $0 } }

    /// The collocation box is [−h, h]²: h = 5.5 for the blobs, 3.5 for the others.
    public var boxHalfWidth: Double {
        switch self {
        case .blobs: 5.5
        case .checkerboard, .circles: 3.5
        case .points(let points):
            points.withUnsafeScalars { scalars in
                Double(scalars.reduce(0) { Swift.max($0, $1.magnitude) }) + 0.5
            }
        }
    }

    /// The points of a two-column CSV file (numbers separated by commas; a first line of names is skipped).
    ///
    /// - Throws: `DatasetError` with the line where a file cannot be used.
    public static func points(csv url: URL) throws(DatasetError) -> PlanarDistribution {
        var scalars: [Float] = []
        for (number, text) in try numberedLines(of: url) {
            let fields = text.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let values = fields.map { Float($0) }
            if number == 1, values.allSatisfy({ $0 == nil }), fields.count == 2 { continue }
            guard values.count == 2, let x = values[0], let y = values[1], x.isFinite, y.isFinite else {
                throw DatasetError(
                    file: url.lastPathComponent, place: "line \(number)",
                    problem: "\"\(text)\"; expected two finite numbers separated by a comma")
            }
            scalars += [x, y]
        }
        guard !scalars.isEmpty else {
            throw DatasetError(file: url.lastPathComponent, place: nil, problem: "no points; expected two numbers a line")
        }
        return .points(Tensor(shape: [scalars.count / 2, 2], scalars: scalars))
    }

    /// `count` independent points, as rows x₁, x₂.
    public func sample<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> Tensor<Float> {
        var result = Tensor<Float>.zeros([count, 2])
        result.withUnsafeMutableScalars { result in
            for row in 0..<count {
                let (x, y) = point(using: &generator)
                result[2 * row] = x
                result[2 * row + 1] = y
            }
        }
        return result
    }

    private func point<G: RandomNumberGenerator>(using generator: inout G) -> (Float, Float) {
        switch self {
        case .checkerboard:
            // Row r of the board has its squares at columns of the same parity.
            let square = Int.random(in: 0..<8, using: &generator)
            let row = square / 2, column = 2 * (square % 2) + row % 2
            return (
                Float(-3 + 1.5 * (Double(column) + generator.uniform())),
                Float(-3 + 1.5 * (Double(row) + generator.uniform()))
            )
        case .circles:
            let middle = generator.uniform() < 0.5 ? 1.3 : 2.8
            let radius = middle + 0.2 * generator.normal(), angle = 2 * Double.pi * generator.uniform()
            return (Float(radius * Foundation.cos(angle)), Float(radius * Foundation.sin(angle)))
        case .blobs:
            let centre = Self.blobCentres[Int.random(in: 0..<9, using: &generator)]
            let deviation = 0.65 * 0.2.squareRoot()
            return (
                Float(centre[0] + deviation * generator.normal()), Float(centre[1] + deviation * generator.normal())
            )
        case .points(let points):
            let row = Int.random(in: 0..<points.shape[0], using: &generator)
            return (points[row, 0].scalar, points[row, 1].scalar)
        }
    }
}
