import BenchmarkMeasuring
import Mathematics

extension NumericArray {
    init(_ matrix: Matrix) {
        self.init(matrix.withUnsafeBufferPointer { Array($0) }, shape: [matrix.rows, matrix.columns])
    }

    init(_ matrix: DenseMatrix<Float>) {
        self.init(matrix.withUnsafeBufferPointer { Array($0) }, shape: [matrix.rows, matrix.columns])
    }

    init(_ vector: Vector) { self.init(Array(vector)) }
}
