extension Tensor where Scalar: TensorScalar {
    /// The parts along the first axis added up by segment: row i goes to segment `segments[i]`.
    ///
    /// - Parameters:
    ///   - segments: a segment in 0 ..< `count` for each part; in any order.
    ///   - count: how many segments there are.
    /// - Returns: the shape of the tensor with `count` along the first axis; zeros for empty segments.
    public func segmentSum(_ segments: Tensor<Int>, count: Int) -> Tensor {
        checkSegments(segments, "segmentSum")
        return scatteringSum(segments, into: shape.replacing(0, with: count))
    }

    /// The means by segment of the parts along the first axis; zeros for empty segments.
    public func segmentMean(_ segments: Tensor<Int>, count: Int) -> Tensor {
        var sizes = Tensor.ones([segments.count]).segmentSum(segments, count: count)
        sizes = maximum(sizes, Tensor(1))
        for _ in 1..<Swift.max(rank, 1) { sizes = sizes.expandingShape(at: -1) }
        return segmentSum(segments, count: count) / sizes
    }

    /// The largest elements by segment of the parts along the first axis, `empty` for empty segments. Where several
    /// are equally large they share the derivative.
    public func segmentMaximum(_ segments: Tensor<Int>, count: Int, empty: Scalar = -.infinity) -> Tensor {
        checkSegments(segments, "segmentMaximum")
        return scatteringMaximum(segments, into: shape.replacing(0, with: count), empty: empty)
    }

    /// Softmax over the parts of each segment, for each column of the other axes.
    public func segmentSoftmax(_ segments: Tensor<Int>, count: Int) -> Tensor {
        let largest = detached().segmentMaximum(segments, count: count, empty: 0)
        let exponentials = exp(self - largest.gathering(segments))
        return exponentials / exponentials.segmentSum(segments, count: count).gathering(segments)
    }

    /// The largest of the parts that `indices` send to each place of one axis, `empty` where none is sent.
    ///
    /// Like `scatteringSum` with the maximum for the sum. Where several are equally large they share the derivative.
    public func scatteringMaximum(
        _ indices: Tensor<Int>, into target: TensorShape, along axis: Int = 0, empty: Scalar = -.infinity
    ) -> Tensor {
        let axis = target.axis(axis, "scatteringMaximum")
        let places = indices.scalars
        let (outer, size, inner) = target.blocks(around: axis)
        guard count == outer * places.count * inner else {
            shapesDoNotFit("scatteringMaximum", shape, target, "axis \(axis) is replaced by \(indices.shape)")
        }
        for place in places where place < 0 || place >= size {
            fatalError("scatteringMaximum: index \(place) is not in 0 ..< \(size)")
        }
        return Tensor.recording(self, .general, { x in
            let x = x.packed()
            let result = Tensor(repeating: empty, shape: target)
            var isFilled = [Bool](repeating: false, count: size)
            for (row, place) in places.enumerated() {
                for block in 0..<outer {
                    let from = x.pointer + (block * places.count + row) * inner
                    let to = result.pointer + (block * size + place) * inner
                    takeLarger(from, to, inner, isFilled[place])
                }
                isFilled[place] = true
            }
            return result
        }) { x, y in
            let reached = x.isEqual(to: y.detached().gathering(indices, along: axis))
            let ties = reached.scatteringSum(indices, into: target, along: axis).gathering(indices, along: axis)
            let weights = reached / maximum(ties, Tensor(1))
            return { $0.gathering(indices, along: axis) * weights }
        }
    }

    private func checkSegments(_ segments: Tensor<Int>, _ operation: String) {
        guard rank > 0, segments.shape == [shape[0]] else {
            shapesDoNotFit(operation, shape, segments.shape, "there is one segment for each part along the first axis")
        }
    }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func takeLarger<Scalar: TensorScalar>(
    _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int, _ isFilled: Bool
) {
    for index in 0..<count where !isFilled || x[index] > y[index] || x[index] != x[index] { y[index] = x[index] }
}
