import CVectorMath

extension Tensor where Scalar: TensorScalar {
    /// The sum of all elements, a scalar tensor; 0 of an empty one.
    public func sum() -> Tensor {
        let shape = shape
        return Tensor.recording(self, .linear, { $0.reduced(VM_SUM, rows: 1, columns: $0.count, to: []) }) { _, _ in
            { $0.expanded(to: shape) }
        }
    }

    /// The sums along some axes (negative ones count from the end), which stay as size 1 where `keepingAxes`.
    public func sum(along axes: Int..., keepingAxes: Bool = false) -> Tensor {
        sum(along: axes, keepingAxes: keepingAxes)
    }

    /// The sums along some axes (negative ones count from the end), which stay as size 1 where `keepingAxes`.
    public func sum(along axes: [Int], keepingAxes: Bool = false) -> Tensor {
        let sorted = axes.map { shape.axis($0, "sum") }.sorted(by: >)
        var result = self
        for axis in sorted { result = result.sumAlongOne(axis) }
        if keepingAxes { return result }
        for axis in sorted { result = result.squeezed(at: axis) }
        return result
    }

    /// The sum along one axis, which stays as size 1.
    private func sumAlongOne(_ axis: Int) -> Tensor {
        let shape = shape
        return Tensor.recording(self, .linear, { $0.reduced(VM_SUM, along: axis) }) { _, _ in
            { $0.expanded(to: shape) }
        }
    }

    /// The mean of all elements; NaN of an empty tensor.
    public func mean() -> Tensor { sum() / Scalar(count) }

    /// The means along some axes.
    public func mean(along axes: Int..., keepingAxes: Bool = false) -> Tensor {
        var divisor = 1
        for axis in axes { divisor *= shape[shape.axis(axis, "mean")] }
        return sum(along: axes, keepingAxes: keepingAxes) / Scalar(divisor)
    }

    /// The variances along some axes: mean squares about the mean, divided by the count less `correction`.
    public func variance(along axes: Int..., correction: Int = 0, keepingAxes: Bool = false) -> Tensor {
        var divisor = 1
        for axis in axes { divisor *= shape[shape.axis(axis, "variance")] }
        let mean = sum(along: axes, keepingAxes: true) / Scalar(divisor)
        return (self - mean).squared().sum(along: axes, keepingAxes: keepingAxes) / Scalar(divisor - correction)
    }

    /// The largest elements along an axis. Where several are equally large, they share the derivative.
    public func max(along axis: Int, keepingAxes: Bool = false) -> Tensor {
        extremum(VM_MAX, along: axis, keepingAxes: keepingAxes)
    }

    /// The smallest elements along an axis. Where several are equally small, they share the derivative.
    public func min(along axis: Int, keepingAxes: Bool = false) -> Tensor {
        extremum(VM_MIN, along: axis, keepingAxes: keepingAxes)
    }

    /// The largest element.
    public func max() -> Tensor { flattened().max(along: 0) }

    /// The smallest element.
    public func min() -> Tensor { flattened().min(along: 0) }

    private func extremum(_ operation: vm_reduction, along axis: Int, keepingAxes: Bool) -> Tensor {
        let axis = shape.axis(axis, "max or min")
        guard shape[axis] > 0 else { fatalError("the shape \(shape) has no largest or smallest element along axis \(axis)") }
        let result = Tensor.recording(self, .general, { $0.reduced(operation, along: axis) }) { x, y in
            let reached = VectorMath.binary(VM_EQUAL, "max or min", x.detached(), y.detached())
            let weights = reached / reached.sum(along: axis, keepingAxes: true)
            return { $0 * weights }
        }
        return keepingAxes ? result : result.squeezed(at: axis)
    }

    /// Reduces one axis to size 1, outside any differentiation.
    private func reduced(_ operation: vm_reduction, along axis: Int) -> Tensor {
        let x = packed()
        let size = shape[axis]
        var inner = 1, outer = 1
        for other in axis + 1..<Swift.max(rank, axis + 1) { inner *= shape[other] }
        for other in 0..<axis { outer *= shape[other] }
        let result = Tensor(uninitialized: shape.replacing(axis, with: 1))
        let isDouble: Int32 = Scalar.usesDoubleKernels ? 1 : 0
        if inner == 1 {
            vm_reduce_rows(operation, isDouble, outer, size, x.pointer, result.pointer)
        } else {
            for block in 0..<outer {
                vm_reduce_columns(
                    operation, isDouble, size, inner, x.pointer + block * size * inner, result.pointer + block * inner)
            }
        }
        return result
    }

    private func reduced(_ operation: vm_reduction, rows: Int, columns: Int, to shape: TensorShape) -> Tensor {
        let x = packed()
        let result = Tensor(uninitialized: shape)
        vm_reduce_rows(operation, Scalar.usesDoubleKernels ? 1 : 0, rows, columns, x.pointer, result.pointer)
        return result
    }

    /// The tensor summed over the axes along which `shape` was repeated to give this one's: what broadcasting
    /// does to a cotangent.
    public func summed(to target: TensorShape) -> Tensor {
        if shape == target { return self }
        let missing = rank - target.rank
        // Leading axes in one pass: the common case of a row added to every row of a matrix.
        var leading = missing
        while leading - missing < target.rank, target[leading - missing] == 1, shape[leading] != 1 { leading += 1 }
        var result = self
        if leading > 0 {
            var rows = 1, columns = 1
            for axis in 0..<leading { rows *= shape[axis] }
            for axis in leading..<rank { columns *= shape[axis] }
            result = result.reshaped(to: [rows, columns]).sumAlongOne(0)
            var rest = TensorShape(repeating: 1, rank: leading - missing)
            for axis in leading..<rank { rest.append(shape[axis]) }
            result = result.reshaped(to: rest)
        }
        for axis in 0..<target.rank where target[axis] == 1 && result.shape[axis] != 1 {
            result = result.sumAlongOne(axis)
        }
        return result
    }

    /// ln Σ e^x along an axis, without overflow; −∞ of a line without elements or of −∞ alone, whose derivative is
    /// zero.
    public func logSumExp(along axis: Int, keepingAxes: Bool = false) -> Tensor {
        let axis = shape.axis(axis, "logSumExp")
        let result = Tensor.recording(self, .general, { x in
            guard x.shape[axis] > 0 else { return Tensor(repeating: -.infinity, shape: x.shape.replacing(axis, with: 1)) }
            let largest = x.reduced(VM_MAX, along: axis).finiteOrZero()
            return log(exp(x - largest).sumAlongOne(axis)) + largest
        }) { x, y in
            let level = y.replacing(where: y.mapped { !$0.isFinite }, with: 0)
            return { $0 * exp(x - level) }
        }
        return keepingAxes ? result : result.squeezed(at: axis)
    }

    private func finiteOrZero() -> Tensor { mapped { $0.isFinite ? $0 : 0 } }

    /// Σ aᵢbᵢ over all elements of two tensors of one shape.
    public static func dot(_ a: Tensor, _ b: Tensor) -> Tensor { (a * b).sum() }
}
