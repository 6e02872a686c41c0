import CVectorMath

/// The loops over contiguous arrays that the operations are made of, for whichever scalar a tensor has.
enum VectorMath {
    @inline(__always)
    static func unary<S: TensorScalar>(_ operation: vm_unary_operation, _ x: Tensor<S>) -> Tensor<S> {
        let x = x.packed()
        let result = Tensor<S>(uninitialized: x.shape)
        vm_unary(operation, S.usesDoubleKernels ? 1 : 0, result.count, x.pointer, result.pointer)
        return result
    }

    /// f(a, b) element by element, with broadcasting.
    static func binary<S: TensorScalar>(
        _ operation: vm_binary_operation, _ name: StaticString, _ a: Tensor<S>, _ b: Tensor<S>
    ) -> Tensor<S> {
        guard let shape = a.shape.broadcast(with: b.shape) else {
            shapesDoNotFit("\(name)", a.shape, b.shape, "each pair of sizes, from the last axis on, is equal or one of them is 1")
        }
        let result = Tensor<S>(uninitialized: shape)
        if result.count == 0 { return result }
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
        if let (layout, rows, columns) = layout(of: b.shape, beside: a.shape, result: shape) {
            let a = a.packed(), b = b.packed()
            vm_binary(operation, layout, 0, isDouble, rows, columns, a.pointer, b.pointer, result.pointer)
        } else if let (layout, rows, columns) = self.layout(of: a.shape, beside: b.shape, result: shape) {
            let a = a.packed(), b = b.packed()
            vm_binary(operation, layout, 1, isDouble, rows, columns, b.pointer, a.pointer, result.pointer)
        } else if a.shape == shape, let (outer, rows, columns) = middle(of: b.shape, in: shape) {
            let a = a.packed(), b = b.packed()
            for block in 0..<outer {
                let start = block * rows * columns
                vm_binary(
                    operation, VM_COLUMN, 0, isDouble, rows, columns, a.pointer + start, b.pointer, result.pointer + start)
            }
        } else if b.shape == shape, let (outer, rows, columns) = middle(of: a.shape, in: shape) {
            let a = a.packed(), b = b.packed()
            for block in 0..<outer {
                let start = block * rows * columns
                vm_binary(
                    operation, VM_COLUMN, 1, isDouble, rows, columns, b.pointer + start, a.pointer, result.pointer + start)
            }
        } else {
            let a = a.expanded(to: shape).packed(), b = b.expanded(to: shape).packed()
            vm_binary(operation, VM_SAME, 0, isDouble, 1, shape.scalarCount, a.pointer, b.pointer, result.pointer)
        }
        return result
    }

    /// f(a, s) for a number s, or f(s, a) where `swapped`.
    @inline(__always)
    static func binary<S: TensorScalar>(
        _ operation: vm_binary_operation, _ a: Tensor<S>, _ scalar: S, swapped: Bool = false
    ) -> Tensor<S> {
        let a = a.packed()
        let result = Tensor<S>(uninitialized: a.shape)
        withUnsafePointer(to: scalar) {
            vm_binary(
                operation, VM_SCALAR, swapped ? 1 : 0, S.usesDoubleKernels ? 1 : 0, 1, result.count, a.pointer, $0,
                result.pointer)
        }
        return result
    }

    /// How `small` lies beside `large` when `large` has already the shape of the result; nil if it is no row,
    /// column or single number of it.
    private static func layout(
        of small: TensorShape, beside large: TensorShape, result: TensorShape
    ) -> (vm_layout, rows: Int, columns: Int)? {
        guard large == result else { return nil }
        let total = result.scalarCount
        if small == large { return (VM_SAME, 1, total) }
        let count = small.scalarCount
        if count == 1 { return (VM_SCALAR, 1, total) }
        // Sizes of `small` seen from the result's axes: some leading ones, then the result's own: a row.
        let missing = result.rank - small.rank
        var axis = result.rank - 1
        while axis >= missing, small[axis - missing] == result[axis] { axis -= 1 }
        if leadingOnes(small, upTo: axis - missing) { return (VM_ROW, total / count, count) }
        // The result's own sizes, then ones: a column.
        guard missing == 0 else { return nil }
        axis = 0
        while axis < result.rank, small[axis] == result[axis] { axis += 1 }
        for rest in axis..<result.rank where small[rest] != 1 { return nil }
        return (VM_COLUMN, count, total / count)
    }

    /// `small` as the middle axes of the result, between repeated ones: a number for each channel of images.
    private static func middle(
        of small: TensorShape, in result: TensorShape
    ) -> (outer: Int, rows: Int, columns: Int)? {
        let missing = result.rank - small.rank
        var first = 0, end = small.rank
        while first < end, small[first] == 1 { first += 1 }
        while end > first, small[end - 1] == 1 { end -= 1 }
        var outer = 1, rows = 1, columns = 1
        for axis in 0..<missing + first { outer *= result[axis] }
        for axis in first..<end {
            guard small[axis] == result[axis + missing] else { return nil }
            rows *= small[axis]
        }
        for axis in missing + end..<result.rank { columns *= result[axis] }
        // Many short runs are no faster than the general way.
        return rows * columns >= 64 ? (outer, rows, columns) : nil
    }

    private static func leadingOnes(_ shape: TensorShape, upTo last: Int) -> Bool {
        guard last >= 0 else { return true }
        for axis in 0...last where shape[axis] != 1 { return false }
        return true
    }

    /// y += scale · x, both contiguous and of the same shape.
    static func add<S: TensorScalar>(_ x: Tensor<S>, scaledBy scale: S = 1, to y: inout Tensor<S>) {
        let x = x.packed()
        y.makeUnique()
        vm_add_scaled(S.usesDoubleKernels ? 1 : 0, y.count, Double(scale), x.pointer, y.pointer)
    }
}

/// Stops the program because shapes do not fit; unlike `precondition` it says so in a release build too.
@inline(never)
func shapesDoNotFit(_ operation: String, _ left: TensorShape, _ right: TensorShape, _ rule: String) -> Never {
    fatalError("\(operation): shapes \(left) and \(right) do not fit: \(rule)")
}
