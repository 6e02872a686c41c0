import CVectorMath

/// The largest element under a window that moves over images, as `torch.nn.functional.max_pool2d`.
///
/// - Parameters:
///   - images: shape [batch, channels, height, width].
///   - window: the window's height and width.
///   - stride: the window's size by default.
///   - padding: places around the image that no window chooses.
/// - Returns: the elements; of equal ones the first counts in a derivative.
public func maximumPooling2D<S: TensorScalar>(
    _ images: Tensor<S>, window: PlaneSize, stride: PlaneSize? = nil, padding: PlaneSize = 0
) -> Tensor<S> {
    let size = imageSize(images, "maximumPooling2D"), stride = stride ?? window
    return pooledMaximum(
        images, rows: windows(size.height, window.height, stride.height, padding.height, "maximumPooling2D"),
        columns: windows(size.width, window.width, stride.width, padding.width, "maximumPooling2D"))
}

/// The largest element of each of `size` windows that share an image evenly, as `AdaptiveMaxPool2d`.
public func adaptiveMaximumPooling2D<S: TensorScalar>(_ images: Tensor<S>, to size: PlaneSize) -> Tensor<S> {
    let old = imageSize(images, "adaptiveMaximumPooling2D")
    return pooledMaximum(images, rows: evenWindows(old.height, size.height), columns: evenWindows(old.width, size.width))
}

/// The mean under a window that moves over images, as `torch.nn.functional.avg_pool2d`: padding counts as zeros.
public func averagePooling2D<S: TensorScalar>(
    _ images: Tensor<S>, window: PlaneSize, stride: PlaneSize? = nil, padding: PlaneSize = 0
) -> Tensor<S> {
    let size = imageSize(images, "averagePooling2D"), stride = stride ?? window
    let rows = windows(size.height, window.height, stride.height, padding.height, "averagePooling2D")
    let columns = windows(size.width, window.width, stride.width, padding.width, "averagePooling2D")
    return resampled(
        images, weights(rows, size.height) { _ in 1 / S(window.height) },
        weights(columns, size.width) { _ in 1 / S(window.width) })
}

/// The means of `size` windows that share an image evenly, as `AdaptiveAvgPool2d`.
public func adaptiveAveragePooling2D<S: TensorScalar>(_ images: Tensor<S>, to size: PlaneSize) -> Tensor<S> {
    let old = imageSize(images, "adaptiveAveragePooling2D")
    if size == PlaneSize(1) { return images.mean(along: 2, 3, keepingAxes: true) }
    return resampled(
        images, weights(evenWindows(old.height, size.height), old.height) { 1 / S($0.count) },
        weights(evenWindows(old.width, size.width), old.width) { 1 / S($0.count) })
}

/// How an image is enlarged.
public enum UpsamplingMethod: Sendable {
    /// Each element repeated.
    case nearest
    /// Between the four nearest elements, whose centres lie at half-integers (`align_corners=False`).
    case bilinear
}

/// Images enlarged by a whole factor, as `torch.nn.functional.interpolate`.
public func upsampling2D<S: TensorScalar>(
    _ images: Tensor<S>, by factor: Int, method: UpsamplingMethod = .nearest
) -> Tensor<S> {
    let size = imageSize(images, "upsampling2D")
    guard factor > 0 else { fatalError("upsampling2D: the factor \(factor) is not positive") }
    switch method {
    case .nearest:
        return images.expandingShape(at: 3).expandingShape(at: 5)
            .expanded(to: [images.shape[0], images.shape[1], size.height, factor, size.width, factor])
            .reshaped(to: [images.shape[0], images.shape[1], size.height * factor, size.width * factor])
    case .bilinear:
        return resampled(images, bilinearWeights(size.height, factor), bilinearWeights(size.width, factor))
    }
}

/// Rows and columns combined linearly: R x Cᵀ for each channel.
private func resampled<S: TensorScalar>(_ images: Tensor<S>, _ rows: Tensor<S>, _ columns: Tensor<S>) -> Tensor<S> {
    matmul(rows, matmul(images, columns.transposed()))
}

private func imageSize<S>(_ images: Tensor<S>, _ operation: String) -> PlaneSize {
    guard images.rank == 4 else {
        fatalError("\(operation): images have the shape \(images.shape): expected [batch, channels, height, width]")
    }
    return PlaneSize(height: images.shape[2], width: images.shape[3])
}

/// What each window covers inside the image.
private func windows(_ size: Int, _ window: Int, _ stride: Int, _ padding: Int, _ operation: String) -> [Range<Int>] {
    guard window > 0, stride > 0, padding >= 0, 2 * padding <= window, size + 2 * padding >= window else {
        fatalError(
            "\(operation): a window of \(window) with the stride \(stride) and padding \(padding) does not fit an image of "
                + "\(size): the padding is at most half the window, which lies in the padded image")
    }
    return (0...(size + 2 * padding - window) / stride).map {
        let start = $0 * stride - padding
        return max(start, 0)..<min(start + window, size)
    }
}

private func evenWindows(_ size: Int, _ count: Int) -> [Range<Int>] {
    guard count > 0, size > 0 else { fatalError("adaptive pooling of \(size) elements to \(count): expected positive sizes") }
    return (0..<count).map { $0 * size / count..<(($0 + 1) * size + count - 1) / count }
}

private func weights<S: TensorScalar>(_ windows: [Range<Int>], _ size: Int, _ weight: (Range<Int>) -> S) -> Tensor<S> {
    let result = Tensor<S>.zeros([windows.count, size])
    for (row, window) in windows.enumerated() {
        for column in window { result.pointer[row * size + column] = weight(window) }
    }
    return result
}

private func bilinearWeights<S: TensorScalar>(_ size: Int, _ factor: Int) -> Tensor<S> {
    let result = Tensor<S>.zeros([size * factor, size])
    for row in 0..<size * factor {
        let position = max((S(row) + 0.5) / S(factor) - 0.5, 0)
        let first = min(Int(position), size - 1), second = min(first + 1, size - 1)
        let fraction = position - S(first)
        result.pointer[row * size + first] += 1 - fraction
        result.pointer[row * size + second] += fraction
    }
    return result
}

private func pooledMaximum<S: TensorScalar>(_ images: Tensor<S>, rows: [Range<Int>], columns: [Range<Int>]) -> Tensor<S> {
    let (batch, channels) = (images.shape[0], images.shape[1])
    let source = images.packed()
    let target: TensorShape = [batch, channels, rows.count, columns.count]
    let places = Tensor<Int>(uninitialized: [target.scalarCount])
    let rowBounds = rows.flatMap { [Int32($0.lowerBound), Int32($0.upperBound)] }
    let columnBounds = columns.flatMap { [Int32($0.lowerBound), Int32($0.upperBound)] }
    places.pointer.withMemoryRebound(to: Int64.self, capacity: places.count) {
        vm_largest_places(
            S.usesDoubleKernels ? 1 : 0, batch * channels, images.shape[2], images.shape[3], rows.count, rowBounds,
            columns.count, columnBounds, source.pointer, $0)
    }
    return images.gatheringFlat(places, shape: target)
}

extension Tensor where Scalar: TensorScalar {
    /// The elements at places in the order of the axes, under a shape.
    fileprivate func gatheringFlat(_ places: Tensor<Int>, shape target: TensorShape) -> Tensor {
        let old = shape
        return Tensor.recording(self, .linear, { x in
            let x = x.packed()
            let result = Tensor(uninitialized: target)
            take(x.pointer, UnsafeBufferPointer(start: places.pointer, count: places.count), result.pointer)
            return result
        }) { _, _ in { $0.scatteringFlat(places, shape: old) } }
    }

    /// The transpose of `gatheringFlat`.
    fileprivate func scatteringFlat(_ places: Tensor<Int>, shape target: TensorShape) -> Tensor {
        let old = shape
        return Tensor.recording(self, .linear, { x in
            let x = x.packed()
            let result = Tensor.zeros(target)
            put(x.pointer, UnsafeBufferPointer(start: places.pointer, count: places.count), result.pointer)
            return result
        }) { _, _ in { $0.gatheringFlat(places, shape: old) } }
    }
}
