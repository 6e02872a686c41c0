import Foundation
import Mathematics

/// A shape of a scene: what it is and where.
public struct ColoredShape: Sendable, Equatable {
    /// One of `ColoredShapeScenes.shapeNames`.
    public let shape: Int
    /// One of `ColoredShapeScenes.colorNames`.
    public let color: Int
    /// Whether it counts as large.
    public let isLarge: Bool
    /// The bounding box in pixels: left, top, right and bottom edge.
    public let box: SIMD4<Double>

    /// As a caption names it: "large red circle".
    public var phrase: String {
        "\(isLarge ? "large" : "small") \(ColoredShapeScenes.colorNames[color]) \(ColoredShapeScenes.shapeNames[shape])"
    }
}

/// A picture of coloured shapes with its description.
public struct ColoredShapeScene: Sendable {
    /// Brightness in [0, 1], shape [3, size, size].
    public let image: Tensor<Float>
    /// The shapes, in the order in which they were painted; none overlaps another's box.
    public let shapes: [ColoredShape]
    /// What is to be seen: "a large red circle left of a small blue square".
    public let caption: String
}

/// Pictures of coloured shapes with captions and boxes.
public struct ColoredShapeScenes: Sendable {
    public static let shapeNames = ["circle", "square", "triangle", "diamond", "cross", "ring"]
    public static let colorNames = ["red", "green", "blue", "yellow", "magenta", "cyan", "orange", "white"]
    private static let colors: [[Float]] = [
        [0.9, 0.1, 0.1], [0.1, 0.75, 0.2], [0.15, 0.25, 0.95], [0.95, 0.9, 0.1], [0.9, 0.15, 0.85], [0.1, 0.85, 0.9],
        [1, 0.55, 0.05], [1, 1, 1],
    ]

    /// The sides of the images in pixels.
    public var size = 32
    /// How many shapes a scene has.
    public var shapeCounts = 1...2
    /// Half the sides of small and large shapes, as parts of the image's side.
    public var radii = (small: 0.09...0.13, large: 0.17...0.22)
    /// The standard deviation of the noise on each pixel.
    public var noise = 0.02

    public init() {}

    /// A random scene.
    public func scene<G: RandomNumberGenerator>(using generator: inout G) -> ColoredShapeScene {
        let wanted = shapeCounts.lowerBound + generator.integer(below: shapeCounts.count)
        let background = (0..<3).map { _ in Float(generator.uniform(in: 0.0..<0.25)) }
        var canvas = Canvas(size: size, channels: 3, background: background)
        var shapes: [ColoredShape] = []
        var centers: [Point] = []
        var attempts = 0
        while shapes.count < wanted, attempts < 200 {
            attempts += 1
            let isLarge = generator.bernoulli(0.5)
            let range = isLarge ? radii.large : radii.small
            let radius = range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniform()
            let center = Point(
                generator.uniform(in: radius..<1 - radius), generator.uniform(in: radius..<1 - radius))
            let shape = ColoredShape(
                shape: generator.integer(below: Self.shapeNames.count), color: generator.integer(below: Self.colors.count),
                isLarge: isLarge,
                box: SIMD4(center.x - radius, center.y - radius, center.x + radius, center.y + radius) * Double(size))
            guard shapes.allSatisfy({ !Self.overlap($0.box, shape.box) }) else { continue }
            shapes.append(shape)
            centers.append(center)
            canvas.fill(Self.colors[shape.color]) { Self.distance($0, shape.shape, center, radius) }
        }
        let pixels = canvas.pixels.map { min(max($0 + Float(noise * generator.normal()), 0), 1) }
        return ColoredShapeScene(
            image: Tensor(shape: [3, size, size], scalars: pixels), shapes: shapes, caption: Self.caption(shapes, centers))
    }

    private static func overlap(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> Bool {
        a.x < b.z && b.x < a.z && a.y < b.w && b.y < a.w
    }

    /// The first two shapes are put in relation along the axis on which they are farther apart.
    private static func caption(_ shapes: [ColoredShape], _ centers: [Point]) -> String {
        guard shapes.count > 1 else { return shapes.first.map { "a \($0.phrase)" } ?? "nothing" }
        let offset = centers[1] - centers[0]
        let relation =
            abs(offset.x) >= abs(offset.y) ? (offset.x > 0 ? "left of" : "right of") : (offset.y > 0 ? "above" : "below")
        let rest = shapes.dropFirst(2).map { " and a \($0.phrase)" }.joined()
        return "a \(shapes[0].phrase) \(relation) a \(shapes[1].phrase)\(rest)"
    }

    /// The signed distance to a shape that touches all four sides of its box.
    static func distance(_ p: Point, _ shape: Int, _ center: Point, _ radius: Double) -> Double {
        switch shape {
        case 0: return Distance.circle(p, center: center, radius: radius)
        case 1: return Distance.box(p, center: center, half: Point(radius, radius))
        case 2:
            return Distance.polygon(p, [
                center + Point(0, -radius), center + Point(radius, radius), center + Point(-radius, radius),
            ])
        case 3:
            return Distance.polygon(p, [
                center + Point(0, -radius), center + Point(radius, 0), center + Point(0, radius), center + Point(-radius, 0),
            ])
        case 4:
            return min(
                Distance.box(p, center: center, half: Point(radius, radius / 3)),
                Distance.box(p, center: center, half: Point(radius / 3, radius)))
        default: return abs((p - center).length - radius * 0.8) - radius * 0.2
        }
    }
}
