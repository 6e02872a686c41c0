import BenchmarkMeasuring
import Mathematics
import Numerics

/// Makes a case; they are made one after the other, so that no more than one holds memory.
typealias CaseMaker = @Sendable () throws -> ComparedCase

extension NumericArray {
    init(_ matrix: Matrix) { self.init(matrix.numbers, shape: [matrix.rows, matrix.columns]) }
    init(_ vector: Vector) { self.init(Array(vector)) }
}

extension Matrix {
    /// The elements row after row.
    var numbers: [Double] { withUnsafeBufferPointer { Array($0) } }
}

/// Standard normal numbers, the same in every run.
func normalMatrix(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var generator = Philox(seed: seed)
    return generator.normalMatrix(rows: rows, columns: columns)
}

func normalVector(_ count: Int, seed: UInt64 = 2) -> Vector {
    var generator = Philox(seed: seed)
    return generator.normalVector(count: count)
}

/// Real and imaginary parts, in turn.
func interleaved(_ numbers: [Complex<Double>]) -> [Double] { numbers.flatMap { [$0.real, $0.imaginary] } }
