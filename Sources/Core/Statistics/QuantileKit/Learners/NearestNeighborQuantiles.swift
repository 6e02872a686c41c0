import Mathematics

/// Quantiles of the responses of the nearest training observations, in standardised features.
public struct NearestNeighborQuantiles: QuantileLearner, Hashable {
    /// How many neighbours; nil for the root of the training sample's size, times two.
    public var neighborCount: Int?

    public init(neighborCount: Int? = nil) { self.neighborCount = neighborCount }

    public var name: String { "nearest neighbours" }

    private struct Model: QuantileModel {
        let tree: KDTree
        let response: Vector
        let levels: [Double]
        let count: Int
        let standardization: Standardization

        func quantiles(at features: Matrix) throws(StatisticsError) -> Matrix {
            let points = try standardization(features)
            var result = Matrix.zeros(points.rows, levels.count)
            for row in 0..<points.rows {
                let neighbors = try linearAlgebra { () throws(LinearAlgebraError) in
                    try tree.nearest(to: points.row(row), count: count)
                }
                let values = neighbors.map { response[$0.index] }
                result.setRow(row, to: Vector(try Mathematics.quantiles(of: values, at: levels, method: .hazen)))
            }
            return result
        }
    }

    public func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel {
        try requireTraining(features: features, response: response, levels: levels)
        let count = neighborCount ?? Int(2 * Double(response.count).squareRoot())
        guard count >= 1 else {
            throw .outOfRange(argument: "neighborCount", value: Double(count), expected: "at least 1")
        }
        let standardization = Standardization(of: features)
        let points = try standardization(features)
        let tree = try linearAlgebra { () throws(LinearAlgebraError) in try KDTree(points) }
        return Model(
            tree: tree, response: response, levels: levels, count: min(count, response.count),
            standardization: standardization)
    }
}
