import Mathematics

/// Copies a strided array into contiguous memory, in the order of the axes.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func copyStrided<Scalar: BitwiseCopyable>(
    from source: UnsafePointer<Scalar>, strides: TensorShape, to target: UnsafeMutablePointer<Scalar>,
    shape: TensorShape
) {
    forEachRun(shape, strides) { position, offset, count, stride in
        let from = source + offset, to = target + position
        if stride == 1 {
            to.update(from: from, count: count)
        } else if stride == 0 {
            to.update(repeating: from.pointee, count: count)
        } else {
            for index in 0..<count { to[index] = from[index * stride] }
        }
    }
}

/// Copies contiguous memory into a strided array, in the order of the axes.
func copyContiguous<Scalar: BitwiseCopyable>(
    from source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, strides: TensorShape,
    shape: TensorShape
) {
    forEachRun(shape, strides) { position, offset, count, stride in
        let from = source + position, to = target + offset
        if stride == 1 {
            to.update(from: from, count: count)
        } else {
            for index in 0..<count { to[index * stride] = from[index] }
        }
    }
}

/// Walks a strided array run by run: `body` gets the run's position in the order of the axes, its offset in
/// memory, its length and its stride. Axes that continue each other in memory are walked as one.
@inline(__always)
func forEachRun(
    _ shape: TensorShape, _ strides: TensorShape,
    _ body: (_ position: Int, _ offset: Int, _ count: Int, _ stride: Int) -> Void
) {
    guard shape.scalarCount > 0 else { return }
    var sizes = TensorShape(), steps = TensorShape()
    for axis in 0..<shape.rank where shape[axis] != 1 {
        if let last = sizes.indices.last, steps[last] == strides[axis] * shape[axis] {
            sizes.sizes[last] *= Int32(shape[axis])
            steps.sizes[last] = Int32(strides[axis])
        } else {
            sizes.append(shape[axis])
            steps.append(strides[axis])
        }
    }
    guard let last = sizes.indices.last else { return body(0, 0, 1, 1) }
    let count = sizes[last], stride = steps[last]
    var index = SIMD8<Int32>.zero
    var offset = 0, position = 0
    while true {
        body(position, offset, count, stride)
        position += count
        var axis = last - 1
        while axis >= 0 {
            index[axis] += 1
            offset += steps[axis]
            if index[axis] < sizes.sizes[axis] { break }
            offset -= steps[axis] * sizes[axis]
            index[axis] = 0
            axis -= 1
        }
        if axis < 0 { return }
    }
}
