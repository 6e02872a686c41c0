/// The convolution (without flipping the filters) of images with filters, as `torch.nn.functional.conv2d`.
///
/// y[n, o, i, j] = Σ_{c, a, b} x[n, c, i s + a d − p, j s + b d − p] w[o, c, a, b], channel c in the group of o.
/// Through image columns and BLAS; with as many groups as channels directly, plane by plane.
///
/// - Parameters:
///   - images: shape [batch, channels, height, width].
///   - filters: shape [outputs, channels / groups, filter height, filter width].
///   - geometry: stride, padding, dilation and groups.
/// - Returns: shape [batch, outputs, output height, output width].
public func convolution2D<S: TensorScalar>(
    _ images: Tensor<S>, _ filters: Tensor<S>, _ geometry: ConvolutionGeometry = ConvolutionGeometry()
) -> Tensor<S> {
    let plan = ConvolutionPlan(image: images.shape, filters: filters.shape, geometry, "convolution2D")
    return convolved(images, filters, plan)
}

/// The transpose of `convolution2D` by its images, as `torch.nn.functional.conv_transpose2d`: what enlarges images.
///
/// - Parameters:
///   - images: shape [batch, channels, height, width].
///   - filters: shape [channels, outputs / groups, filter height, filter width].
///   - geometry: stride, padding, dilation and groups of the convolution that this one transposes.
///   - outputPadding: how many rows and columns more than the smallest size that the stride allows.
/// - Returns: shape [batch, outputs, (height − 1)s − 2p + d(k − 1) + 1 + outputPadding, ...].
public func transposedConvolution2D<S: TensorScalar>(
    _ images: Tensor<S>, _ filters: Tensor<S>, _ geometry: ConvolutionGeometry = ConvolutionGeometry(),
    outputPadding: PlaneSize = 0
) -> Tensor<S> {
    guard images.rank == 4, filters.rank == 4, images.shape[1] == filters.shape[0] else {
        shapesDoNotFit(
            "transposedConvolution2D", images.shape, filters.shape,
            "images are [batch, channels, height, width], filters [channels, outputs / groups, height, width]")
    }
    let size = geometry.imageSize(
        output: PlaneSize(height: images.shape[2], width: images.shape[3]),
        filter: PlaneSize(height: filters.shape[2], width: filters.shape[3]), more: outputPadding)
    let plan = ConvolutionPlan(
        image: [images.shape[0], filters.shape[1] * geometry.groups, size.height, size.width], filters: filters.shape,
        geometry, "transposedConvolution2D")
    guard plan.outputShape == images.shape else {
        shapesDoNotFit(
            "transposedConvolution2D", images.shape, plan.outputShape,
            "the output padding \(outputPadding) is smaller than the stride \(geometry.stride)")
    }
    return transposedConvolved(images, filters, plan)
}

/// The convolution of sequences, as `torch.nn.functional.conv1d`: [batch, channels, length] with filters
/// [outputs, channels / groups, filter length].
public func convolution1D<S: TensorScalar>(
    _ sequences: Tensor<S>, _ filters: Tensor<S>, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
) -> Tensor<S> {
    convolution2D(
        sequences.expandingShape(at: -2), filters.expandingShape(at: -2),
        ConvolutionGeometry(alongOne: stride, padding, dilation, groups)
    ).squeezed(at: -2)
}

/// The transpose of `convolution1D`: [batch, channels, length] with filters [channels, outputs / groups, filter length].
public func transposedConvolution1D<S: TensorScalar>(
    _ sequences: Tensor<S>, _ filters: Tensor<S>, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    outputPadding: Int = 0
) -> Tensor<S> {
    transposedConvolution2D(
        sequences.expandingShape(at: -2), filters.expandingShape(at: -2),
        ConvolutionGeometry(alongOne: stride, padding, dilation, groups),
        outputPadding: PlaneSize(height: 0, width: outputPadding)
    ).squeezed(at: -2)
}

extension ConvolutionGeometry {
    fileprivate init(alongOne stride: Int, _ padding: Int, _ dilation: Int, _ groups: Int) {
        self.init(
            stride: PlaneSize(height: 1, width: stride), padding: PlaneSize(height: 0, width: padding),
            dilation: PlaneSize(height: 1, width: dilation), groups: groups)
    }
}

// The convolution y(x, w) and the transposes x̄(ȳ, w) and w̄(x, ȳ) are three sides of one trilinear form: the derivatives
// of each are the other two, so that the fast kernels serve every order.

private func convolved<S: TensorScalar>(_ x: Tensor<S>, _ w: Tensor<S>, _ plan: ConvolutionPlan) -> Tensor<S> {
    Tensor.recording(x, w, { ConvolutionKernels.forward($0, $1, plan) }) { x, w, _ in
        ({ convolved($0, w, plan) }, { convolved(x, $0, plan) })
    } pullbacks: { x, w, _ in
        ({ transposedConvolved($0, w, plan) }, { filterCotangent(x, $0, plan) })
    }
}

private func transposedConvolved<S: TensorScalar>(_ y: Tensor<S>, _ w: Tensor<S>, _ plan: ConvolutionPlan) -> Tensor<S> {
    Tensor.recording(y, w, { ConvolutionKernels.imageCotangent($0, $1, plan) }) { y, w, _ in
        ({ transposedConvolved($0, w, plan) }, { transposedConvolved(y, $0, plan) })
    } pullbacks: { y, w, _ in
        ({ convolved($0, w, plan) }, { filterCotangent($0, y, plan) })
    }
}

private func filterCotangent<S: TensorScalar>(_ x: Tensor<S>, _ y: Tensor<S>, _ plan: ConvolutionPlan) -> Tensor<S> {
    Tensor.recording(x, y, { ConvolutionKernels.filterCotangent($0, $1, plan) }) { x, y, _ in
        ({ filterCotangent($0, y, plan) }, { filterCotangent(x, $0, plan) })
    } pullbacks: { x, y, _ in
        ({ transposedConvolved(y, $0, plan) }, { convolved(x, $0, plan) })
    }
}
