import Mathematics
import RealModule

/// A floating-point type that tensors can compute and differentiate with: `Float` or `Double`.
///
/// Every operation is written once over this protocol; only these two types can conform, since the
/// kernels beneath (BLAS and the vector loops) exist for them alone.
public protocol TensorScalar: LinearAlgebraScalar, BitwiseCopyable {
    /// Whether the kernels for Doubles serve the type; those for Floats do otherwise.
    static var usesDoubleKernels: Bool { get }
}

extension Float: TensorScalar {
    @inlinable public static var usesDoubleKernels: Bool { false }
}

extension Double: TensorScalar {
    @inlinable public static var usesDoubleKernels: Bool { true }
}

/// What a tensor can hold: numbers, indices (`Int`) or truth values (`Bool`).
public typealias TensorElement = BitwiseCopyable & Sendable
