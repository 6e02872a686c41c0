import Mathematics

/// A vector for each of a number of tokens.
public struct Embedding<Scalar: TensorScalar>: Parameterized, Sendable {
    /// One row a token: the shape [tokens, width].
    public var table: Tensor<Scalar>

    /// A layer of a given table.
    public init(table: Tensor<Scalar>) { self.table = table }

    /// Normal numbers of the given standard deviation.
    public init<G: RandomNumberGenerator>(
        tokens: Int, width: Int, standardDeviation: Scalar = 1, using generator: inout G
    ) {
        table = .randomNormal([tokens, width], standardDeviation: standardDeviation, using: &generator)
    }

    /// The row of each token: the shape of `tokens` with `width` behind it.
    ///
    /// Stops the program if a token is not in the table.
    public func callAsFunction(_ tokens: Tensor<Int>) -> Tensor<Scalar> { table.gathering(tokens) }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows { try body(&table) }
}
