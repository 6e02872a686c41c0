import Foundation
import Mathematics

/// Silhouettes of garments with a woven texture, in the ten classes of Fashion-MNIST.
public struct ProceduralGarments: Sendable {
    /// The sides of the images.
    public var size = 28
    /// The standard deviation of the noise on each pixel.
    public var noise = 0.03

    public static let classNames = [
        "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
    ]

    public init() {}

    /// Images of random garments.
    ///
    /// - Returns: images of the shape [count, 1, size, size].
    public func images<G: RandomNumberGenerator>(count: Int, using generator: inout G) -> LabeledImageSet {
        let labels = (0..<count).map { _ in generator.integer(below: 10) }
        return LabeledImageSet(
            images: Tensor(
                shape: [count, 1, size, size], scalars: labels.flatMap { image(of: $0, using: &generator) }),
            labels: Tensor(labels), classNames: Self.classNames)
    }

    /// One image of a class, row after row.
    public func image<G: RandomNumberGenerator>(of label: Int, using generator: inout G) -> [Float] {
        precondition(0...9 ~= label, "a garment's class is in 0 ... 9: got \(label)")
        let (filled, cut) = Self.outline(of: label) { low, high in low + (high - low) * generator.uniform() }
        let base = Float(generator.uniform(in: 0.45..<0.95)), contrast = Float(generator.uniform(in: 0..<0.25))
        let frequency = generator.uniform(in: 4..<16), angle = generator.uniform(in: 0 ..< .pi)
        let direction = Point(cos(angle), sin(angle)) * frequency * 2 * .pi
        var canvas = Canvas(size: size, channels: 1, background: [0])
        canvas.fill({ [base - contrast * Float(0.5 + 0.5 * sin(($0 * direction).sum()))] }) { point in
            let inside = filled.map { Distance.polygon(point, $0) }.reduce(.infinity, min)
            return cut.map { -Distance.polygon(point, $0) }.reduce(inside, max)
        }
        return canvas.pixels.map { min(max($0 + ($0 > 0.05 ? Float(noise * generator.normal()) : 0), 0), 1) }
    }

    /// The polygons that make up a garment, and those cut out of it.
    private static func outline(
        of label: Int, _ random: (Double, Double) -> Double
    ) -> (filled: [[Point]], cut: [[Point]]) {
        /// A polygon and its mirror image, from a list of points of the right half from top to bottom.
        func symmetric(_ half: [(Double, Double)]) -> [Point] {
            half.map { Point(0.5 + $0.0, $0.1) } + half.reversed().map { Point(0.5 - $0.0, $0.1) }
        }
        func top(sleeve: Double, width: Double, length: Double, flare: Double) -> [Point] {
            symmetric([
                (0.09, 0.1), (0.2, 0.14), (width + 0.18, 0.14 + sleeve), (width + 0.09, 0.2 + sleeve), (width, 0.34),
                (width + flare, length),
            ])
        }
        let neck = symmetric([(0.07, 0.05), (0.0, 0.1 + random(0.04, 0.1))])
        switch label {
        case 0: return ([top(sleeve: random(0.14, 0.22), width: random(0.18, 0.22), length: random(0.8, 0.9), flare: 0)], [neck])
        case 1:
            let width = random(0.14, 0.19), gap = random(0.02, 0.05)
            return ([symmetric([(width, 0.08), (width + random(0, 0.05), 0.92), (gap, 0.92), (0.004, 0.32)])], [])
        case 2: return ([top(sleeve: random(0.5, 0.62), width: random(0.19, 0.23), length: random(0.82, 0.9), flare: 0)], [neck])
        case 3:
            let waist = random(0.08, 0.12)
            return ([symmetric([(0.05, 0.07), (0.12, 0.1), (waist + 0.02, 0.3), (waist, 0.42), (random(0.17, 0.27), 0.93)])], [neck])
        case 4:
            let coat = top(sleeve: random(0.54, 0.64), width: random(0.2, 0.24), length: random(0.9, 0.95), flare: 0.03)
            return ([coat], [neck, symmetric([(0.004, 0.2), (0.016, 0.95)])])
        case 5:
            let heel = random(0.35, 0.55)
            return (
                [
                    [Point(0.08, heel), Point(0.14, heel), Point(0.9, 0.72), Point(0.94, 0.78), Point(0.3, 0.78), Point(0.1, 0.8)],
                    [Point(0.55, 0.62), Point(0.66, 0.42), Point(0.72, 0.43), Point(0.66, 0.68)],
                    [Point(0.2, 0.58), Point(0.3, 0.36), Point(0.36, 0.37), Point(0.3, 0.62)],
                ], [[Point(0.14, 0.66), Point(0.32, 0.72), Point(0.14, 0.76)]]
            )
        case 6:
            let shirt = top(sleeve: random(0.5, 0.6), width: random(0.18, 0.21), length: random(0.84, 0.92), flare: 0.015)
            let buttons = (0..<5).map { symmetric([(0.012, 0.28 + 0.12 * Double($0)), (0.012, 0.31 + 0.12 * Double($0))]) }
            return ([shirt], [neck] + buttons)
        case 7:
            let ankle = random(0.4, 0.48)
            return ([[
                Point(0.06, ankle), Point(0.3, ankle + 0.02), Point(0.5, 0.54), Point(0.82, 0.6), Point(0.94, 0.68),
                Point(0.93, 0.76), Point(0.06, 0.76),
            ]], [[Point(0.07, 0.7), Point(0.93, 0.7), Point(0.93, 0.715), Point(0.07, 0.715)]])
        case 8:
            let width = random(0.28, 0.4), height = random(0.38, 0.48)
            return (
                [symmetric([(width - 0.04, height), (width, 0.86)]), symmetric([(0.2, 0.14), (0.24, height + 0.02)])],
                [symmetric([(0.14, 0.2), (0.18, height)])]
            )
        default:
            let shaft = random(0.1, 0.25)
            return ([[
                Point(0.2, shaft), Point(0.5, shaft), Point(0.52, 0.55), Point(0.8, 0.64), Point(0.88, 0.74),
                Point(0.88, 0.84), Point(0.4, 0.84), Point(0.38, 0.8), Point(0.32, 0.8), Point(0.3, 0.88), Point(0.18, 0.88),
            ]], [])
        }
    }
}
