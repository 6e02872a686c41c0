/// What a butterfly computes with: one number, or several side by side.
///
/// The butterflies are written once over this protocol and specialised for `SIMD4<Double>`, which does
/// the long part of every loop, and `Double`, which does what is left over.
protocol TransformLane {
    static var width: Int { get }
    init(loading pointer: UnsafePointer<Double>)
    init(repeating value: Double)
    func store(to pointer: UnsafeMutablePointer<Double>)
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
}

extension Double: TransformLane {
    @inline(__always) static var width: Int { 1 }
    @inline(__always) init(loading pointer: UnsafePointer<Double>) { self = pointer.pointee }
    @inline(__always) init(repeating value: Double) { self = value }
    @inline(__always) func store(to pointer: UnsafeMutablePointer<Double>) { pointer.pointee = self }
}

extension SIMD4<Double>: TransformLane {
    @inline(__always) static var width: Int { 4 }
    @inline(__always) init(loading pointer: UnsafePointer<Double>) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
    }
    @inline(__always) func store(to pointer: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: SIMD4<Double>.self)
    }
}

/// A complex number of lanes.
struct ComplexLane<L: TransformLane> {
    var real: L
    var imaginary: L

    @inline(__always) init(_ real: L, _ imaginary: L) {
        self.real = real
        self.imaginary = imaginary
    }

    @inline(__always) static func + (left: Self, right: Self) -> Self {
        Self(left.real + right.real, left.imaginary + right.imaginary)
    }

    @inline(__always) static func - (left: Self, right: Self) -> Self {
        Self(left.real - right.real, left.imaginary - right.imaginary)
    }

    @inline(__always) static func * (left: Self, right: Self) -> Self {
        Self(
            left.real * right.real - left.imaginary * right.imaginary,
            left.real * right.imaginary + left.imaginary * right.real)
    }

    @inline(__always) static func * (left: L, right: Self) -> Self {
        Self(left * right.real, left * right.imaginary)
    }

    /// The number times −i.
    @inline(__always) var timesMinusI: Self { Self(imaginary, L(repeating: 0) - real) }

    /// a − ib, without the negation that `timesMinusI` needs.
    @inline(__always) func minusI(times other: Self) -> Self {
        Self(real + other.imaginary, imaginary - other.real)
    }

    /// a + ib.
    @inline(__always) func plusI(times other: Self) -> Self {
        Self(real - other.imaginary, imaginary + other.real)
    }
}

/// Complex numbers with the real and the imaginary parts in arrays of their own.
struct SplitPointer {
    let real: UnsafeMutablePointer<Double>
    let imaginary: UnsafeMutablePointer<Double>

    @inline(__always) func load<L: TransformLane>(_ index: Int, as type: L.Type = L.self) -> ComplexLane<L> {
        ComplexLane(L(loading: real + index), L(loading: imaginary + index))
    }

    @inline(__always) func store<L: TransformLane>(_ value: ComplexLane<L>, at index: Int) {
        value.real.store(to: real + index)
        value.imaginary.store(to: imaginary + index)
    }

    /// The same memory with the parts exchanged: a forward transform of it is an inverse one.
    @inline(__always) var swapped: SplitPointer { SplitPointer(real: imaginary, imaginary: real) }
}
