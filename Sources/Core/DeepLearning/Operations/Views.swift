import Mathematics

// Views of the same memory under another shape. All are linear, and each one's pullback is a view or a sum.
// They hold for any element; the differentiable ones dispatch on the trace.

extension Tensor {
    /// Runs a view that is linear: on a tensor with a trace it is recorded with its pullback.
    @inline(__always)
    func viewing(
        _ compute: (Tensor) -> Tensor, pullback: @escaping (Tensor) -> Tensor
    ) -> Tensor {
        guard let trace else { return compute(self) }
        let y = lowered.viewing(compute, pullback: pullback)
        if trace.isForward {
            let tangent = unsafeDowncast(trace, to: ForwardTrace<Scalar>.self).tangent
            return y.traced(
                ForwardTrace(level: trace.level, lower: y.trace, tangent: tangent.viewing(compute, pullback: pullback)))
        }
        let parent = unsafeDowncast(trace, to: ReverseTrace<Scalar>.self)
        return y.traced(ReverseTrace(level: trace.level, lower: y.trace, rule: .unary(parent, pullback)))
    }

    /// The same elements in the same order under another shape; one size may be −1: whatever is left.
    ///
    /// Copies only where the memory's order does not allow a view.
    public func reshaped(to newShape: TensorShape) -> Tensor {
        var target = newShape
        if let unknown = newShape.firstIndex(of: -1) {
            var known = 1
            for axis in 0..<newShape.rank where axis != unknown { known *= newShape[axis] }
            target = newShape.replacing(unknown, with: known == 0 ? 0 : count / known)
        }
        guard target.scalarCount == count else {
            fatalError("reshaped: a tensor of the shape \(shape) with \(count) elements cannot have the shape \(newShape)")
        }
        if target == shape { return self }
        let old = shape
        return viewing({
            let packed = $0.packed()
            return Tensor(storage: packed.storage, offset: packed.offset, shape: target, strides: target.contiguousStrides)
        }) { $0.reshaped(to: old) }
    }

    /// All elements along one axis.
    public func flattened() -> Tensor { reshaped(to: [count]) }

    /// The axes in another order: axis i of the result is axis `axes[i]` of this tensor.
    public func permuted(_ axes: Int...) -> Tensor { permuted(axes) }

    /// The axes in another order: axis i of the result is axis `axes[i]` of this tensor.
    public func permuted(_ axes: [Int]) -> Tensor {
        let order = axes.map { shape.axis($0, "permuted") }
        guard order.count == rank, Set(order).count == rank else {
            fatalError("permuted: \(axes) is not an order of the \(rank) axes of the shape \(shape)")
        }
        var inverse = [Int](repeating: 0, count: rank)
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return viewing({ x in
            x.viewed(TensorShape(order.map { x.shape[$0] }), strides: TensorShape(order.map { x.strides[$0] }))
        }) { $0.permuted(inverse) }
    }

    /// The matrix or matrices in the last two axes, transposed.
    public func transposed() -> Tensor { transposed(-2, -1) }

    /// Two axes exchanged.
    public func transposed(_ first: Int, _ second: Int) -> Tensor {
        let a = shape.axis(first, "transposed"), b = shape.axis(second, "transposed")
        return viewing({ x in
            var shape = x.shape, strides = x.strides
            shape.sizes[a] = x.shape.sizes[b]
            shape.sizes[b] = x.shape.sizes[a]
            strides.sizes[a] = x.strides.sizes[b]
            strides.sizes[b] = x.strides.sizes[a]
            return x.viewed(shape, strides: strides)
        }) { $0.transposed(a, b) }
    }

    /// A new axis of size 1 before `axis`; −1 puts it last.
    public func expandingShape(at axis: Int) -> Tensor {
        let position = axis < 0 ? axis + rank + 1 : axis
        guard position >= 0, position <= rank else {
            fatalError("expandingShape: \(axis) is not a place for a new axis in the shape \(shape)")
        }
        return viewing({ x in
            var shape = x.shape, strides = x.strides
            shape.insert(1, at: position)
            strides.insert(1, at: position)
            return x.viewed(shape, strides: strides)
        }) { $0.squeezed(at: position) }
    }

    /// Without an axis of size 1.
    public func squeezed(at axis: Int) -> Tensor {
        let position = shape.axis(axis, "squeezed")
        guard shape[position] == 1 else {
            fatalError("squeezed: axis \(axis) of the shape \(shape) has the size \(shape[position]): expected 1")
        }
        return viewing({ $0.viewed($0.shape.removing(position), strides: $0.strides.removing(position)) }) {
            $0.expandingShape(at: position)
        }
    }

    /// The elements `range` of one axis, with a step; a view.
    public func sliced(_ range: Range<Int>, step: Int = 1, along axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "sliced")
        guard range.lowerBound >= 0, range.upperBound <= shape[axis], step > 0 else {
            fatalError("sliced: \(range) by \(step) does not lie in axis \(axis) of the shape \(shape)")
        }
        let old = shape
        return viewing({ x in
            let count = (range.count + step - 1) / step
            var strides = x.strides
            let offset = x.offset + range.lowerBound * strides[axis]
            strides.sizes[axis] *= Int32(step)
            return x.viewed(x.shape.replacing(axis, with: count), strides: strides, offset: offset)
        }) { $0.placed(in: old, range, step: step, along: axis) }
    }

    /// The part at one index of an axis, without that axis; a view.
    public func selecting(_ index: Int, along axis: Int) -> Tensor {
        let axis = shape.axis(axis, "selecting")
        let position = index < 0 ? index + shape[axis] : index
        guard position >= 0, position < shape[axis] else {
            fatalError("index \(index) is out of range along axis \(axis) of the shape \(shape)")
        }
        return sliced(position..<position + 1, along: axis).squeezed(at: axis)
    }

    /// The transpose of slicing: zeros of a shape, with this tensor in the place of the slice.
    func placed(in target: TensorShape, _ range: Range<Int>, step: Int, along axis: Int) -> Tensor {
        viewing({ x in
            let result = Tensor(uninitialized: target)
            memset0(result.storage)
            var strides = result.strides
            let start = range.lowerBound * strides[axis]
            strides.sizes[axis] *= Int32(step)
            let packed = x.packed()
            copyContiguous(from: packed.pointer, to: result.pointer + start, strides: strides, shape: x.shape)
            return result
        }) { $0.sliced(range, step: step, along: axis) }
    }

    /// The elements in the opposite order along an axis.
    public func reversed(along axis: Int) -> Tensor {
        let axis = shape.axis(axis, "reversed")
        return viewing({ x in
            guard x.count > 0 else { return x }
            var strides = x.strides
            let offset = x.offset + (x.shape[axis] - 1) * strides[axis]
            strides.sizes[axis] *= -1
            return x.viewed(x.shape, strides: strides, offset: offset)
        }) { $0.reversed(along: axis) }
    }
}

/// All bits zero: 0 of a number, false of a truth value.
func memset0<Scalar>(_ storage: Storage<Scalar>) {
    UnsafeMutableRawPointer(storage.pointer).initializeMemory(
        as: UInt8.self, repeating: 0, count: storage.count * MemoryLayout<Scalar>.stride)
}

extension Tensor where Scalar: TensorScalar {
    /// The tensor repeated along axes of size 1 and along new leading axes until it has the shape; a view.
    public func expanded(to target: TensorShape) -> Tensor {
        if shape == target { return self }
        let old = shape
        return viewing({ $0.repeatedView(target) }) { $0.summed(to: old) }
    }
}

extension Tensor {
    func repeatedView(_ target: TensorShape) -> Tensor {
        guard shape.broadcast(with: target) == target else {
            shapesDoNotFit("expanded", shape, target, "sizes agree from the last axis on, or the first's is 1 or missing")
        }
        let missing = target.rank - rank
        var newStrides = TensorShape(repeating: 0, rank: target.rank)
        for axis in 0..<rank where shape[axis] == target[axis + missing] {
            newStrides.sizes[axis + missing] = strides.sizes[axis]
        }
        return viewed(target, strides: newStrides)
    }

    /// Tensors of equal shape but for one axis, one after the other along it.
    public static func concatenating(_ tensors: [Tensor], along axis: Int = 0) -> Tensor where Scalar: TensorScalar {
        guard let first = tensors.first else { fatalError("concatenating: there is no tensor to concatenate") }
        let axis = first.shape.axis(axis, "concatenating")
        var total = 0
        for tensor in tensors {
            guard tensor.rank == first.rank, tensor.shape.replacing(axis, with: 0) == first.shape.replacing(axis, with: 0)
            else { shapesDoNotFit("concatenating", first.shape, tensor.shape, "sizes agree but along axis \(axis)") }
            total += tensor.shape[axis]
        }
        let target = first.shape.replacing(axis, with: total)
        return recording(tensors) { parts in
            let result = Tensor(uninitialized: target)
            var start = 0
            for part in parts {
                let packed = part.packed()
                copyContiguous(
                    from: packed.pointer, to: result.pointer + start * result.strides[axis], strides: result.strides,
                    shape: part.shape)
                start += part.shape[axis]
            }
            return result
        } pullback: { parts, _ in
            let sizes = parts.map { $0.shape[axis] }
            return { cotangent, wanted in
                var start = 0
                return zip(sizes, wanted).map { size, isWanted in
                    defer { start += size }
                    return isWanted ? cotangent.sliced(start..<start + size, along: axis) : nil
                }
            }
        }
    }

    /// Tensors of one shape along a new axis.
    public static func stacking(_ tensors: [Tensor], along axis: Int = 0) -> Tensor where Scalar: TensorScalar {
        concatenating(tensors.map { $0.expandingShape(at: axis) }, along: axis)
    }

    /// The tensor in parts of the given sizes along an axis; views.
    public func split(sizes: [Int], along axis: Int = 0) -> [Tensor] {
        let axis = shape.axis(axis, "split")
        guard sizes.reduce(0, +) == shape[axis] else {
            fatalError("split: the sizes \(sizes) do not add up to the \(shape[axis]) of axis \(axis) of the shape \(shape)")
        }
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return sliced(start..<start + size, along: axis)
        }
    }

    /// The tensor in `count` equal parts along an axis; views.
    public func split(count: Int, along axis: Int = 0) -> [Tensor] {
        let size = shape[shape.axis(axis, "split")]
        guard count > 0, size % count == 0 else {
            fatalError("split: axis \(axis) of the shape \(shape) has no \(count) equal parts")
        }
        return split(sizes: [Int](repeating: size / count, count: count), along: axis)
    }
}

/// What may stand in a tensor's subscript: an index, or a range of them.
public protocol TensorIndexing {
    /// The part of `tensor` at this index of `axis`, and whether the axis is still there.
    func apply<Scalar>(to tensor: Tensor<Scalar>, along axis: Int) -> (Tensor<Scalar>, keepsAxis: Bool)
}

extension Int: TensorIndexing {
    public func apply<Scalar>(to tensor: Tensor<Scalar>, along axis: Int) -> (Tensor<Scalar>, keepsAxis: Bool) {
        (tensor.selecting(self, along: axis), false)
    }
}

extension Range<Int>: TensorIndexing {
    public func apply<Scalar>(to tensor: Tensor<Scalar>, along axis: Int) -> (Tensor<Scalar>, keepsAxis: Bool) {
        (tensor.sliced(self, along: axis), true)
    }
}

extension ClosedRange<Int>: TensorIndexing {
    public func apply<Scalar>(to tensor: Tensor<Scalar>, along axis: Int) -> (Tensor<Scalar>, keepsAxis: Bool) {
        (tensor.sliced(Range(self), along: axis), true)
    }
}

extension PartialRangeFrom<Int>: TensorIndexing {
    public func apply<Scalar>(to tensor: Tensor<Scalar>, along axis: Int) -> (Tensor<Scalar>, keepsAxis: Bool) {
        let end = tensor.shape[axis]
        let start = lowerBound < 0 ? lowerBound + end : lowerBound
        return (start == 0 ? tensor : tensor.sliced(start..<end, along: axis), true)
    }
}

extension PartialRangeUpTo<Int>: TensorIndexing {
    public func apply<Scalar>(to tensor: Tensor<Scalar>, along axis: Int) -> (Tensor<Scalar>, keepsAxis: Bool) {
        let end = upperBound < 0 ? upperBound + tensor.shape[axis] : upperBound
        return (tensor.sliced(0..<end, along: axis), true)
    }
}

extension Tensor {
    /// The part of the tensor at indices or ranges of the first axes: `x[0]`, `x[1..<3, 0..., -1]`. A view.
    public subscript<each Index: TensorIndexing>(_ indices: repeat each Index) -> Tensor {
        var result = self
        var axis = 0
        for index in repeat each indices {
            let (part, keepsAxis) = index.apply(to: result, along: axis)
            result = part
            if keepsAxis { axis += 1 }
        }
        return result
    }
}
