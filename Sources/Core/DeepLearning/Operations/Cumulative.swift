extension Tensor where Scalar: TensorScalar {
    /// Along an axis, the sum of the elements up to each one: Σ_{j≤i} x_j.
    ///
    /// - Parameters:
    ///   - axis: negative ones count from the last.
    ///   - isReversed: from each element to the last instead: Σ_{j≥i} x_j.
    ///   - isExclusive: without the element itself.
    public func cumulativeSum(along axis: Int = -1, isReversed: Bool = false, isExclusive: Bool = false) -> Tensor {
        let axis = shape.axis(axis, "cumulativeSum")
        return Tensor.recording(self, .linear, { x in
            let x = x.packed()
            let result = Tensor(uninitialized: x.shape)
            let (outer, size, inner) = x.shape.blocks(around: axis)
            accumulate(x.pointer, result.pointer, outer, size, inner, isReversed, isExclusive)
            return result
        }) { _, _ in
            { $0.cumulativeSum(along: axis, isReversed: !isReversed, isExclusive: isExclusive) }
        }
    }

    /// Along an axis, the product of the elements up to each one: Π_{j≤i} x_j. In ⌈log₂ n⌉ products of shifted
    /// copies, so that elements that are zero have the right derivative.
    public func cumulativeProduct(along axis: Int = -1) -> Tensor {
        doubled(along: shape.axis(axis, "cumulativeProduct")) { $0 * $1 }
    }

    /// Along an axis, ln Σ_{j≤i} e^{x_j}, without overflow.
    public func cumulativeLogSumExp(along axis: Int = -1) -> Tensor {
        doubled(along: shape.axis(axis, "cumulativeLogSumExp")) { Tensor.stacking([$0, $1]).logSumExp(along: 0) }
    }

    /// Along an axis, the largest of the elements up to each one. Of equal ones the first counts in a derivative;
    /// from the first NaN on all are NaN.
    public func cumulativeMaximum(along axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "cumulativeMaximum")
        let x = packed()
        let (outer, size, inner) = shape.blocks(around: axis)
        let places = Tensor<Int>(uninitialized: shape)
        for block in 0..<outer {
            for lane in 0..<inner {
                let start = block * size * inner + lane
                var best = 0
                for index in 0..<size {
                    let new = x.pointer[start + index * inner], old = x.pointer[start + best * inner]
                    if new > old || (new != new && old == old) { best = index }
                    places.pointer[start + index * inner] = best
                }
            }
        }
        return taking(places, along: axis)
    }

    /// An associative scan: after the step of width s each place holds the combination of the last 2s elements.
    private func doubled(along axis: Int, _ combine: (Tensor, Tensor) -> Tensor) -> Tensor {
        let size = shape[axis]
        var result = self
        var width = 1
        while width < size {
            let combined = combine(
                result.sliced(width..<size, along: axis), result.sliced(0..<size - width, along: axis))
            result = Tensor.concatenating([result.sliced(0..<width, along: axis), combined], along: axis)
            width *= 2
        }
        return result
    }

    /// The products along an axis; 1 of no elements. Zeros among them have the right derivative.
    public func product(along axis: Int, keepingAxes: Bool = false) -> Tensor {
        let axis = shape.axis(axis, "product")
        guard shape[axis] > 0 else {
            let ones = Tensor.ones(shape.replacing(axis, with: 1))
            return keepingAxes ? ones : ones.squeezed(at: axis)
        }
        var result = self
        while result.shape[axis] > 1 {
            let size = result.shape[axis], half = size / 2
            let halves = result.sliced(0..<half, along: axis) * result.sliced(half..<2 * half, along: axis)
            let rest = result.sliced(2 * half..<size, along: axis)
            result = size % 2 == 0 ? halves : Tensor.concatenating([halves, rest], along: axis)
        }
        return keepingAxes ? result : result.squeezed(at: axis)
    }

    /// The product of all elements; 1 of an empty tensor.
    public func product() -> Tensor { flattened().product(along: 0) }
}

extension TensorShape {
    /// How many elements lie before, along and behind an axis.
    func blocks(around axis: Int) -> (outer: Int, size: Int, inner: Int) {
        var outer = 1, inner = 1
        for other in 0..<axis { outer *= self[other] }
        for other in axis + 1..<Swift.max(rank, axis + 1) { inner *= self[other] }
        return (outer, self[axis], inner)
    }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func accumulate<Scalar: TensorScalar>(
    _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ outer: Int, _ size: Int, _ inner: Int,
    _ isReversed: Bool, _ isExclusive: Bool
) {
    for block in 0..<outer {
        for index in 0..<size {
            let place = block * size * inner + (isReversed ? size - 1 - index : index) * inner
            let before = isReversed ? place + inner : place - inner
            for lane in 0..<inner {
                let sum = index == 0 ? 0 : y[before + lane]
                let added = isExclusive ? (index == 0 ? 0 : x[before + lane]) : x[place + lane]
                y[place + lane] = sum + added
            }
        }
    }
}
