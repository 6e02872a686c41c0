import COpenBLAS
import Mathematics

extension Tensor where Scalar: TensorScalar {
    /// Uniform in ±gain √(6/(inputs + outputs)) (Glorot and Bengio 2010, equation 16).
    ///
    /// - Parameters:
    ///   - shape: for a matrix [inputs, outputs] the numbers of both are read from it.
    ///   - inputs: how many numbers each output is summed from; of a convolution, channels times kernel size.
    ///   - outputs: how many outputs each input goes into.
    ///   - gain: a factor of the bound, for the nonlinearity that follows.
    ///   - generator: draws the numbers.
    public static func xavierUniform<G: RandomNumberGenerator>(
        _ shape: TensorShape, inputs: Int? = nil, outputs: Int? = nil, gain: Scalar = 1, using generator: inout G
    ) -> Tensor {
        let (inputs, outputs) = connections(shape, inputs, outputs)
        let bound = gain * (6 / Scalar(inputs + outputs)).squareRoot()
        return randomUniform(shape, from: -bound, to: bound, using: &generator)
    }

    /// Normal with the standard deviation gain √(2/(inputs + outputs)) (Glorot and Bengio 2010).
    public static func xavierNormal<G: RandomNumberGenerator>(
        _ shape: TensorShape, inputs: Int? = nil, outputs: Int? = nil, gain: Scalar = 1, using generator: inout G
    ) -> Tensor {
        let (inputs, outputs) = connections(shape, inputs, outputs)
        return randomNormal(shape, standardDeviation: gain * (2 / Scalar(inputs + outputs)).squareRoot(), using: &generator)
    }

    /// Uniform in ±gain √(3/inputs) (He et al. 2015, arXiv:1502.01852); a gain of √2 suits ReLU.
    public static func heUniform<G: RandomNumberGenerator>(
        _ shape: TensorShape, inputs: Int? = nil, gain: Scalar = Scalar(2).squareRoot(), using generator: inout G
    ) -> Tensor {
        let bound = gain * (3 / Scalar(connections(shape, inputs, 1).inputs)).squareRoot()
        return randomUniform(shape, from: -bound, to: bound, using: &generator)
    }

    /// Normal with the standard deviation gain/√inputs (He et al. 2015, arXiv:1502.01852, equation 10); a gain of
    /// √2 suits ReLU.
    public static func heNormal<G: RandomNumberGenerator>(
        _ shape: TensorShape, inputs: Int? = nil, gain: Scalar = Scalar(2).squareRoot(), using generator: inout G
    ) -> Tensor {
        randomNormal(
            shape, standardDeviation: gain / Scalar(connections(shape, inputs, 1).inputs).squareRoot(), using: &generator)
    }

    /// A normal distribution of a mean and standard deviation, cut off at so many deviations on either side.
    ///
    /// By inversion, so that each number takes one draw.
    public static func truncatedNormal<G: RandomNumberGenerator>(
        _ shape: TensorShape, mean: Scalar = 0, standardDeviation: Scalar = 1, cutoff: Double = 2,
        using generator: inout G
    ) -> Tensor {
        precondition(cutoff > 0, "a truncated normal's cut-off is positive: got \(cutoff)")
        let tail = normalCDF(-cutoff)
        let scalars = (0..<shape.scalarCount).map { _ in
            let z = normalQuantile(tail + (1 - 2 * tail) * generator.openUniform())
            return mean + standardDeviation * Scalar(Swift.min(Swift.max(z, -cutoff), cutoff))
        }
        return Tensor(shape: shape, scalars: scalars)
    }

    /// A matrix with orthonormal rows or columns, whichever are fewer, uniformly distributed among them, times a
    /// gain (Saxe et al. 2014, arXiv:1312.6120).
    ///
    /// Tensors with more axes count as matrices of the first axis by all others. The factor Q of a normal matrix,
    /// with the signs of R's diagonal taken out (Mezzadri 2007, arXiv:math-ph/0609050), through LAPACK.
    public static func orthogonal<G: RandomNumberGenerator>(
        _ shape: TensorShape, gain: Scalar = 1, using generator: inout G
    ) -> Tensor {
        guard shape.rank >= 2 else {
            fatalError("orthogonal: the shape \(shape) is not a matrix: expected at least two axes")
        }
        let rows = shape[0], columns = rows == 0 ? 0 : shape.scalarCount / rows
        let tall = Swift.max(rows, columns), short = Swift.min(rows, columns)
        guard short > 0 else { return Tensor(uninitialized: shape) }
        var matrix = (0..<tall * short).map { _ in generator.normal() }
        var reflectors = [Double](repeating: 0, count: short)
        let order = Int32(short)
        var status = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, Int32(tall), order, &matrix, order, &reflectors)
        let signs = (0..<short).map { matrix[$0 * short + $0] < 0 ? -1.0 : 1.0 }
        if status == 0 {
            status = LAPACKE_dorgqr(LAPACK_ROW_MAJOR, Int32(tall), order, order, &matrix, order, &reflectors)
        }
        precondition(status == 0, "the QR factorisation of a finite matrix cannot fail: LAPACK says \(status)")
        let isTall = rows >= columns
        let scalars = (0..<rows * columns).map { place in
            let (row, column) = place.quotientAndRemainder(dividingBy: columns)
            let (i, j) = isTall ? (row, column) : (column, row)
            return gain * Scalar(matrix[i * short + j] * signs[j])
        }
        return Tensor(shape: shape, scalars: scalars)
    }

    private static func connections(_ shape: TensorShape, _ inputs: Int?, _ outputs: Int?) -> (inputs: Int, outputs: Int) {
        if let inputs, let outputs { return (inputs, outputs) }
        guard shape.rank == 2 else {
            fatalError("initialiser: the shape \(shape) is not a matrix [inputs, outputs]: give the numbers of inputs and outputs")
        }
        return (inputs ?? shape[0], outputs ?? shape[1])
    }
}
