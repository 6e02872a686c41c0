import CVectorMath

extension Tensor where Scalar: TensorScalar {
    /// 1 where an element is less than the other's, else 0, with broadcasting; it has no derivative.
    public func isLess(than other: Tensor) -> Tensor {
        VectorMath.binary(VM_LESS, "isLess", detached(), other.detached())
    }

    /// 1 where an element is not greater than the other's, else 0, with broadcasting; it has no derivative.
    public func isLessOrEqual(to other: Tensor) -> Tensor {
        VectorMath.binary(VM_LESS_OR_EQUAL, "isLessOrEqual", detached(), other.detached())
    }

    /// 1 where elements are equal, else 0, with broadcasting; it has no derivative.
    public func isEqual(to other: Tensor) -> Tensor {
        VectorMath.binary(VM_EQUAL, "isEqual", detached(), other.detached())
    }

    /// Places where `mask` is true hold `value`, the others the element; the mask broadcasts.
    ///
    /// A replaced element's derivative is zero, whatever it was: infinite or NaN elements under the mask
    /// do no harm.
    public func replacing(where mask: Tensor<Bool>, with value: Scalar) -> Tensor {
        Tensor.recording(self, .general, { x in
            let mask = mask.repeatedView(x.shape).packed()
            var result = x.packed()
            result.makeUnique()
            let target = result.pointer, flags = mask.pointer
            for index in 0..<result.count where flags[index] { target[index] = value }
            return result
        }) { _, _ in { $0.replacing(where: mask, with: 0) } }
    }

    /// a where `mask` is true, b elsewhere; all three broadcast. Only the chosen one has a derivative there.
    public static func selecting(_ mask: Tensor<Bool>, _ a: Tensor, _ b: Tensor) -> Tensor {
        guard let common = a.shape.broadcast(with: b.shape), let shape = common.broadcast(with: mask.shape) else {
            shapesDoNotFit("selecting", a.shape, b.shape, "they and the mask's \(mask.shape) broadcast")
        }
        let inverse = mask.mapped { !$0 }
        return a.expanded(to: shape).replacing(where: inverse, with: 0) + b.expanded(to: shape).replacing(where: mask, with: 0)
    }

    // MARK: Gathering

    /// The parts at `indices` of one axis: the axis is replaced by the axes of `indices`.
    ///
    /// A row of an embedding table for every token: `table.gathering(tokens)`.
    ///
    /// Stops the program if an index does not lie in the axis.
    public func gathering(_ indices: Tensor<Int>, along axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis, "gathering")
        let old = shape
        return Tensor.recording(self, .linear, { $0.gathered(indices, axis) }) { _, _ in
            { $0.scatteringSum(indices, into: old, along: axis) }
        }
    }

    /// Zeros of a shape to which the parts of this tensor are added at `indices` of one axis: the transpose of
    /// `gathering`. Indices may repeat.
    public func scatteringSum(_ indices: Tensor<Int>, into target: TensorShape, along axis: Int = 0) -> Tensor {
        let axis = target.axis(axis, "scatteringSum")
        return Tensor.recording(self, .linear, { $0.scattered(indices, target, axis) }) { _, _ in
            { $0.gathering(indices, along: axis) }
        }
    }

    private func gathered(_ indices: Tensor<Int>, _ axis: Int) -> Tensor {
        let x = packed()
        let (outer, size, inner) = x.shape.blocks(around: axis)
        var target = TensorShape()
        for other in 0..<axis { target.append(shape[other]) }
        for other in indices.shape { target.append(other) }
        for other in axis + 1..<Swift.max(rank, axis + 1) { target.append(shape[other]) }
        let result = Tensor(uninitialized: target)
        let places = indices.scalars
        checkIndices(places, size, "gathering")
        var to = result.pointer
        for block in 0..<outer {
            let from = x.pointer + block * size * inner
            for place in places {
                if inner == 1 { to.pointee = from[place] } else { to.update(from: from + place * inner, count: inner) }
                to += inner
            }
        }
        return result
    }

    private func scattered(_ indices: Tensor<Int>, _ target: TensorShape, _ axis: Int) -> Tensor {
        let x = packed()
        let (outer, size, inner) = target.blocks(around: axis)
        let result = Tensor.zeros(target)
        let places = indices.scalars
        guard x.count == outer * places.count * inner else {
            shapesDoNotFit("scatteringSum", x.shape, target, "axis \(axis) is replaced by \(indices.shape)")
        }
        checkIndices(places, size, "scatteringSum")
        let isDouble: Int32 = Scalar.usesDoubleKernels ? 1 : 0
        var from = x.pointer
        for block in 0..<outer {
            let to = result.pointer + block * size * inner
            for place in places {
                if inner == 1 {
                    to[place] += from.pointee
                } else {
                    vm_add_scaled(isDouble, inner, 1, from, to + place * inner)
                }
                from += inner
            }
        }
        return result
    }

    /// The element at one index of the last axis for each place before it (`take_along_axis` on the last
    /// axis): `logProbabilities.picking(labels)`.
    public func picking(_ indices: Tensor<Int>) -> Tensor {
        guard rank == indices.rank + 1, shape.removing(rank - 1) == indices.shape else {
            shapesDoNotFit("picking", shape, indices.shape, "the second is the first without its last axis")
        }
        let columns = shape[rank - 1]
        let flat = indices.scalars
        checkIndices(flat, columns, "picking")
        let places = Tensor<Int>(flat.enumerated().map { $0 * columns + $1 })
        return flattened().gathering(places).reshaped(to: indices.shape)
    }
}

private func checkIndices(_ indices: [Int], _ count: Int, _ operation: String) {
    for index in indices where index < 0 || index >= count {
        fatalError("\(operation): index \(index) is not in 0 ..< \(count)")
    }
}

extension Tensor where Scalar: Comparable {
    /// The index of the largest element along an axis; the first of equal ones, and of NaN if there is one.
    public func argmax(along axis: Int = -1) -> Tensor<Int> { extremeIndex(along: axis) { $0 > $1 } }

    /// The index of the smallest element along an axis; the first of equal ones, and of NaN if there is one.
    public func argmin(along axis: Int = -1) -> Tensor<Int> { extremeIndex(along: axis) { $0 < $1 } }

    private func extremeIndex(along axis: Int, _ isBetter: (Scalar, Scalar) -> Bool) -> Tensor<Int> {
        let axis = shape.axis(axis, "argmax or argmin")
        guard shape[axis] > 0 else { fatalError("the shape \(shape) has no elements along axis \(axis)") }
        var order = Array(0..<rank)
        order.append(order.remove(at: axis))
        let moved = detachedView.permuted(order).packed()
        let columns = shape[axis]
        let result = Tensor<Int>(uninitialized: shape.removing(axis))
        for row in 0..<result.count {
            let from = moved.pointer + row * columns
            var best = 0
            for index in 1..<Swift.max(columns, 1) {
                // Only NaN differs from itself.
                let isNaN = from[index] != from[index] && from[best] == from[best]
                if isNaN || isBetter(from[index], from[best]) { best = index }
            }
            result.storage.pointer[row] = best
        }
        return result
    }

    private var detachedView: Tensor {
        var copy = self
        copy.trace = nil
        return copy
    }
}
