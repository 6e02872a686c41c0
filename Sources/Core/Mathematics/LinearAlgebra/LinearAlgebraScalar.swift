import ComplexModule
import RealModule

/// A number for which BLAS and LAPACK have routines: `Float`, `Double`, `Complex<Float>` or
/// `Complex<Double>`.
///
/// Vectors, matrices and their decompositions are written once over this protocol. Only these four
/// types can conform: `blasType` names the routines.
public protocol BLASScalar: AlgebraicField, Hashable, Sendable, CustomStringConvertible {
    /// The real numbers of the same precision: the type itself where it is real.
    associatedtype RealScalar: LinearAlgebraScalar

    /// The letter of the type in the names of BLAS and LAPACK routines.
    static var blasType: BLASType { get }

    /// The number with the given real part and imaginary part 0.
    init(_ real: RealScalar)

    /// The real part.
    var realPart: RealScalar { get }

    /// The imaginary part; 0 of a real number.
    var imaginaryPart: RealScalar { get }

    /// The complex conjugate; a real number itself.
    var conjugated: Self { get }

    /// The absolute value √(re² + im²), without overflow.
    var modulus: RealScalar { get }

    /// Neither infinite nor NaN.
    var isFinite: Bool { get }
}

/// The letter of an element type in the names of BLAS and LAPACK routines.
public enum BLASType: CChar, Sendable {
    /// `Float`: "s".
    case single = 115
    /// `Double`: "d".
    case double = 100
    /// `Complex<Float>`: "c".
    case complexSingle = 99
    /// `Complex<Double>`: "z".
    case complexDouble = 122

    /// Whether the numbers have imaginary parts.
    public var isComplex: Bool { self == .complexSingle || self == .complexDouble }

    /// Whether the parts are Doubles.
    public var isDouble: Bool { self == .double || self == .complexDouble }
}

/// A real floating-point type for which BLAS and LAPACK have routines: `Float` or `Double`.
///
/// Complex numbers over it have them too, so that code over this protocol may use
/// `DenseMatrix<Complex<Self>>`.
public protocol LinearAlgebraScalar: BLASScalar, BinaryFloatingPoint, Real, LosslessStringConvertible
where RealScalar == Self {
    /// The letter of `Complex<Self>`.
    static var complexBLASType: BLASType { get }
}

extension LinearAlgebraScalar {
    @inlinable public var realPart: Self { self }
    @inlinable public var imaginaryPart: Self { 0 }
    @inlinable public var conjugated: Self { self }
    @inlinable public var modulus: Self { magnitude }
}

extension Float: LinearAlgebraScalar {
    public typealias RealScalar = Float
    @inlinable public static var blasType: BLASType { .single }
    @inlinable public static var complexBLASType: BLASType { .complexSingle }
}

extension Double: LinearAlgebraScalar {
    public typealias RealScalar = Double
    @inlinable public static var blasType: BLASType { .double }
    @inlinable public static var complexBLASType: BLASType { .complexDouble }
}

extension Complex: BLASScalar where RealType: LinearAlgebraScalar {
    public typealias RealScalar = RealType
    @inlinable public static var blasType: BLASType { RealType.complexBLASType }
    @inlinable public var realPart: RealType { real }
    @inlinable public var imaginaryPart: RealType { imaginary }
    @inlinable public var conjugated: Complex { conjugate }
    @inlinable public var modulus: RealType { length }
}
