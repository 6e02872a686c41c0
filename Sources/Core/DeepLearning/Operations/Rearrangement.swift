/// What stands outside a tensor that is padded.
public enum PaddingMode<Scalar: TensorScalar>: Sendable {
    /// A number.
    case constant(Scalar)
    /// The elements mirrored at the last one, which is not repeated: d c b | a b c d | c b a.
    case reflecting
    /// The last element: a a a | a b c d | d d d.
    case replicating
    /// The elements again from the other end: b c d | a b c d | a b c.
    case circular
}

extension Tensor where Scalar: TensorScalar {
    /// The tensor with `before` more places at the beginning of an axis and `after` more at its end.
    ///
    /// Stops the program if there are not as many elements to mirror or to repeat.
    public func padded(
        before: Int, after: Int, along axis: Int = -1, with mode: PaddingMode<Scalar> = .constant(0)
    ) -> Tensor {
        let axis = shape.axis(axis, "padded")
        let size = shape[axis]
        guard before >= 0, after >= 0 else {
            fatalError("padded: \(before) places before and \(after) after an axis: expected no negative numbers")
        }
        if before == 0, after == 0 { return self }
        let places = -before..<size + after
        switch mode {
        case .constant(let value):
            let target = shape.replacing(axis, with: size + before + after)
            let inside = placed(in: target, before..<before + size, step: 1, along: axis)
            if value == 0 { return inside }
            var frame = Tensor<Bool>(repeating: true, shape: TensorShape([target[axis]]))
            for place in before..<before + size { frame.setTrue(place, false) }
            for _ in axis + 1..<Swift.max(rank, axis + 1) { frame = frame.expandingShape(at: -1) }
            return inside.replacing(where: frame, with: value)
        case .reflecting:
            guard before < size, after < size else {
                fatalError("padded: \(size) elements cannot be mirrored into \(before) places before and \(after) after them")
            }
            let last = size - 1
            return gathering(Tensor<Int>(places.map { last - Swift.abs(last - Swift.abs($0)) }), along: axis)
        case .replicating:
            guard size > 0 else { fatalError("padded: the shape \(shape) has no element to repeat along axis \(axis)") }
            return gathering(Tensor<Int>(places.map { Swift.min(Swift.max($0, 0), size - 1) }), along: axis)
        case .circular:
            guard size > 0 else { fatalError("padded: the shape \(shape) has no element to repeat along axis \(axis)") }
            return gathering(Tensor<Int>(places.map { (($0 % size) + size) % size }), along: axis)
        }
    }

    /// The whole tensor `count` times, one after the other along an axis: a b a b.
    public func tiled(_ count: Int, along axis: Int) -> Tensor {
        let axis = shape.axis(axis, "tiled")
        return repeated(count, at: axis, joining: axis)
    }

    /// Each element `count` times along an axis: a a b b.
    public func repeatingEach(_ count: Int, along axis: Int) -> Tensor {
        let axis = shape.axis(axis, "repeatingEach")
        return repeated(count, at: axis + 1, joining: axis)
    }

    private func repeated(_ count: Int, at new: Int, joining axis: Int) -> Tensor {
        guard count >= 0 else { fatalError("a tensor cannot be repeated \(count) times") }
        let view = expandingShape(at: new)
        return view.expanded(to: view.shape.replacing(new, with: count)).reshaped(to: shape.replacing(axis, with: shape[axis] * count))
    }

    /// The elements moved `shift` places along an axis; those that leave at one end come in at the other.
    public func rolled(by shift: Int, along axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "rolled")
        let size = shape[axis]
        guard size > 0, shift % size != 0 else { return self }
        let start = ((-shift % size) + size) % size
        return Tensor.concatenating([sliced(start..<size, along: axis), sliced(0..<start, along: axis)], along: axis)
    }

    /// The products of every element of one vector with every one of another: aᵢ bⱼ.
    public static func outerProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
        guard a.rank == 1, b.rank == 1 else { shapesDoNotFit("outerProduct", a.shape, b.shape, "both are vectors") }
        return a.expandingShape(at: 1) * b
    }
}

extension Tensor where Scalar == Bool {
    fileprivate mutating func setTrue(_ place: Int, _ value: Bool) {
        withUnsafeMutableScalars { $0[place] = value }
    }
}
