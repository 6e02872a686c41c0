import Mathematics

/// A short video and where its shapes are.
public struct MovingShapesVideo: Sendable {
    /// Brightness in [0, 1], shape [frames, 1, size, size].
    public let frames: Tensor<Float>
    /// The centres of the shapes in units of the image's side, shape [frames, shapes, 2] (x, y).
    public let positions: Tensor<Double>
    /// What the shapes are: indices of `ColoredShapeScenes.shapeNames`.
    public let shapes: [Int]
}

/// Videos of shapes that move in straight lines and bounce off the sides, as digits do in Moving MNIST (Srivastava
/// et al. 2015, arXiv:1502.04681).
public struct MovingShapes: Sendable {
    /// The sides of the images in pixels.
    public var size = 28
    public var frameCount = 10
    public var shapeCount = 2
    /// Half the sides of the shapes, as a part of the image's side.
    public var radius = 0.14
    /// How far shapes move from frame to frame, as a part of the image's side.
    public var speeds = 0.03..<0.09

    public init() {}

    /// A random video.
    public func video<G: RandomNumberGenerator>(using generator: inout G) -> MovingShapesVideo {
        var shapes: [Int] = [], starts: [Point] = [], velocities: [Point] = []
        for _ in 0..<shapeCount {
            shapes.append(generator.integer(below: ColoredShapeScenes.shapeNames.count))
            starts.append(
                Point(generator.uniform(in: radius..<1 - radius), generator.uniform(in: radius..<1 - radius)))
            let speed = generator.uniform(in: speeds)
            // A direction by rejection, so that no sine decides about bits.
            var direction = Point(0, 0)
            repeat {
                direction = Point(generator.uniform(in: -1..<1), generator.uniform(in: -1..<1))
            } while direction.length > 1 || direction.length < 0.1
            velocities.append(direction / direction.length * speed)
        }
        var pixels: [Float] = [], positions: [Double] = []
        for frame in 0..<frameCount {
            var canvas = Canvas(size: size, channels: 1, background: [0])
            for index in 0..<shapeCount {
                let free = starts[index] + velocities[index] * Double(frame)
                let center = Point(reflected(free.x), reflected(free.y))
                positions += [center.x, center.y]
                canvas.fill([1]) { ColoredShapeScenes.distance($0, shapes[index], center, radius) }
            }
            pixels += canvas.pixels
        }
        return MovingShapesVideo(
            frames: Tensor(shape: [frameCount, 1, size, size], scalars: pixels),
            positions: Tensor(shape: [frameCount, shapeCount, 2], scalars: positions), shapes: shapes)
    }

    /// Straight motion folded back between the walls.
    private func reflected(_ x: Double) -> Double {
        let width = 1 - 2 * radius
        var folded = (x - radius).truncatingRemainder(dividingBy: 2 * width)
        if folded < 0 { folded += 2 * width }
        return radius + (folded <= width ? folded : 2 * width - folded)
    }
}
