import CVectorMath

/// A pair of sizes along the rows and columns of an image; one number means both.
public struct PlaneSize: Sendable, Hashable, ExpressibleByIntegerLiteral {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    public init(integerLiteral value: Int) { self.init(height: value, width: value) }

    /// The same along both.
    public init(_ size: Int) { self.init(height: size, width: size) }
}

/// How filters move over images.
public struct ConvolutionGeometry: Sendable, Hashable {
    /// The distance between neighbouring places of the filter.
    public var stride: PlaneSize
    /// How many zeros stand around the image, on each side.
    public var padding: PlaneSize
    /// The distance between neighbouring elements of the filter.
    public var dilation: PlaneSize
    /// Into how many groups the channels fall, each with filters of its own; all of them: a depthwise convolution.
    public var groups: Int

    public init(stride: PlaneSize = 1, padding: PlaneSize = 0, dilation: PlaneSize = 1, groups: Int = 1) {
        guard min(stride.height, stride.width) > 0, min(dilation.height, dilation.width) > 0, groups > 0,
            min(padding.height, padding.width) >= 0
        else {
            fatalError(
                "a convolution cannot have the stride \(stride), padding \(padding), dilation \(dilation) and \(groups) groups")
        }
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    /// ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1
    func outputSize(image: PlaneSize, filter: PlaneSize) -> PlaneSize {
        func size(_ n: Int, _ k: Int, _ s: Int, _ p: Int, _ d: Int) -> Int {
            let room = n + 2 * p - d * (k - 1) - 1
            return room < 0 ? 0 : room / s + 1
        }
        return PlaneSize(
            height: size(image.height, filter.height, stride.height, padding.height, dilation.height),
            width: size(image.width, filter.width, stride.width, padding.width, dilation.width))
    }

    /// (n − 1)s − 2p + d(k − 1) + 1, and `more` rows and columns that the stride leaves open.
    func imageSize(output: PlaneSize, filter: PlaneSize, more: PlaneSize) -> PlaneSize {
        PlaneSize(
            height: (output.height - 1) * stride.height - 2 * padding.height + dilation.height * (filter.height - 1) + 1
                + more.height,
            width: (output.width - 1) * stride.width - 2 * padding.width + dilation.width * (filter.width - 1) + 1
                + more.width)
    }
}

/// A convolution's sizes, checked: what its kernels need to know.
struct ConvolutionPlan {
    let geometry: ConvolutionGeometry
    let batch: Int, channels: Int, image: PlaneSize
    let outputs: Int, filter: PlaneSize, output: PlaneSize

    var groupChannels: Int { channels / geometry.groups }
    var groupOutputs: Int { outputs / geometry.groups }
    /// How many elements a filter has.
    var inner: Int { groupChannels * filter.height * filter.width }
    var imageShape: TensorShape { [batch, channels, image.height, image.width] }
    var filterShape: TensorShape { [outputs, groupChannels, filter.height, filter.width] }
    var outputShape: TensorShape { [batch, outputs, output.height, output.width] }
    var imageCount: Int { channels * image.height * image.width }
    var outputCount: Int { outputs * output.height * output.width }
    var isDepthwise: Bool { groupChannels == 1 && geometry.groups > 1 }
    /// Whether the columns are the image itself.
    var isPointwise: Bool {
        filter == PlaneSize(1) && geometry.stride == PlaneSize(1) && geometry.padding == PlaneSize(0)
    }

    /// - Parameters:
    ///   - image: [batch, channels, height, width]
    ///   - filters: [outputs, channels / groups, height, width]
    init(image: TensorShape, filters: TensorShape, _ geometry: ConvolutionGeometry, _ operation: String) {
        guard image.rank == 4, filters.rank == 4, image[1] == filters[1] * geometry.groups,
            filters[0] % geometry.groups == 0
        else {
            shapesDoNotFit(
                operation, image, filters,
                "images are [batch, channels, height, width], filters [outputs, channels / groups, height, width] with "
                    + "\(geometry.groups) groups, which divide the outputs")
        }
        self.geometry = geometry
        batch = image[0]
        channels = image[1]
        self.image = PlaneSize(height: image[2], width: image[3])
        outputs = filters[0]
        filter = PlaneSize(height: filters[2], width: filters[3])
        output = geometry.outputSize(image: self.image, filter: filter)
        guard output.height > 0, output.width > 0 else {
            shapesDoNotFit(operation, image, filters, "the padded image is at least as large as the dilated filter")
        }
    }

    var window: vm_window {
        vm_window(
            channels: Int32(channels), height: Int32(image.height), width: Int32(image.width),
            kernel_height: Int32(filter.height), kernel_width: Int32(filter.width), stride_y: Int32(geometry.stride.height),
            stride_x: Int32(geometry.stride.width), dilation_y: Int32(geometry.dilation.height),
            dilation_x: Int32(geometry.dilation.width), padding_y: Int32(geometry.padding.height),
            padding_x: Int32(geometry.padding.width), out_height: Int32(output.height), out_width: Int32(output.width))
    }
}
