extension DenseVector {
    /// The scalars, copied first if somebody else holds them, to be written to.
    var mutablePointer: UnsafeMutablePointer<Scalar> {
        mutating get {
            makeUnique()
            return memory.pointer
        }
    }
}

extension DenseMatrix {
    /// The scalars, copied first if somebody else holds them, to be written to.
    var mutablePointer: UnsafeMutablePointer<Scalar> {
        mutating get {
            makeUnique()
            return memory.pointer
        }
    }
}
