extension Tensor where Scalar: TensorScalar {
    /// The indices that sort an axis: equal elements stay in their order, NaN comes last.
    public func argsort(along axis: Int = -1, isDescending: Bool = false) -> Tensor<Int> {
        let axis = shape.axis(axis, "argsort")
        let x = packed()
        let (outer, size, inner) = shape.blocks(around: axis)
        let result = Tensor<Int>(uninitialized: shape)
        var line = [Scalar](repeating: 0, count: size)
        for block in 0..<outer {
            for lane in 0..<inner {
                let start = block * size * inner + lane
                for index in 0..<size { line[index] = x.pointer[start + index * inner] }
                let order = sortingOrder(line, isDescending)
                for index in 0..<size { result.pointer[start + index * inner] = order[index] }
            }
        }
        return result
    }

    /// The elements in order along an axis, NaN last. The derivative goes to where each came from.
    public func sorted(along axis: Int = -1, isDescending: Bool = false) -> Tensor {
        taking(argsort(along: axis, isDescending: isDescending), along: axis)
    }

    /// The `count` largest elements along an axis, the largest first, and their indices. The derivative of the values
    /// goes to where each came from; NaN counts as smallest.
    public func largest(_ count: Int, along axis: Int = -1) -> (values: Tensor, indices: Tensor<Int>) {
        let axis = shape.axis(axis, "largest")
        guard count >= 0, count <= shape[axis] else {
            fatalError("largest: axis \(axis) of the shape \(shape) has no \(count) elements")
        }
        let indices = argsort(along: axis, isDescending: true).sliced(0..<count, along: axis)
        return (taking(indices, along: axis), indices)
    }

    /// The elements at `indices` along one axis, each for its own place on the others (`take_along_axis`): the
    /// result has the shape of `indices`, whose other sizes are the tensor's own, or 1 to repeat.
    ///
    /// Stops the program if an index does not lie in the axis.
    public func taking(_ indices: Tensor<Int>, along axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "taking")
        let common = shape.replacing(axis, with: 1)
        guard indices.rank == rank,
            let target = indices.shape.replacing(axis, with: 1).broadcast(with: common)
        else { shapesDoNotFit("taking", shape, indices.shape, "sizes agree but along axis \(axis)") }
        let count = indices.shape[axis]
        let source = expanded(to: target.replacing(axis, with: shape[axis]))
        let places = indices.repeatedView(target.replacing(axis, with: count)).flatPlaces(along: axis, of: shape[axis], "taking")
        return source.flattened().gathering(places).reshaped(to: target.replacing(axis, with: count))
    }

    /// Zeros of a shape with each element added at its index along one axis: the transpose of `taking`.
    public func puttingSum(_ indices: Tensor<Int>, into target: TensorShape, along axis: Int = -1) -> Tensor {
        let axis = target.axis(axis, "puttingSum")
        guard indices.shape == shape, shape.replacing(axis, with: 0) == target.replacing(axis, with: 0) else {
            shapesDoNotFit("puttingSum", shape, target, "sizes agree but along axis \(axis), and with the indices' \(indices.shape)")
        }
        let places = indices.flatPlaces(along: axis, of: target[axis], "puttingSum")
        return flattened().scatteringSum(places, into: [target.scalarCount]).reshaped(to: target)
    }
}

extension Tensor where Scalar == Int {
    /// The places in a contiguous tensor of the same shape, but `size` along `axis`, that these indices mean.
    fileprivate func flatPlaces(along axis: Int, of size: Int, _ operation: String) -> Tensor<Int> {
        let indices = packed()
        let (outer, count, inner) = shape.blocks(around: axis)
        let result = Tensor<Int>(uninitialized: [self.count])
        for block in 0..<outer {
            for row in 0..<count {
                for lane in 0..<inner {
                    let place = (block * count + row) * inner + lane
                    let index = indices.pointer[place]
                    guard index >= 0, index < size else { fatalError("\(operation): index \(index) is not in 0 ..< \(size)") }
                    result.pointer[place] = (block * size + index) * inner + lane
                }
            }
        }
        return result
    }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func sortingOrder<Scalar: TensorScalar>(_ line: [Scalar], _ isDescending: Bool) -> [Int] {
    (0..<line.count).sorted { first, second in
        let a = line[first], b = line[second]
        if a == b { return first < second }
        if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? first < second : b.isNaN }
        return isDescending ? a > b : a < b
    }
}
