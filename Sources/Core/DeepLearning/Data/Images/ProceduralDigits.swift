import Foundation
import Mathematics

/// Handwriting-like digits drawn by pen strokes: a stand-in for MNIST that needs no download.
///
/// Each image is the digit's strokes with jittered points, under a random rotation, shear, scale and shift, drawn
/// with a pen of random width, with noise on top.
public struct ProceduralDigits: Sendable {
    /// The sides of the images.
    public var size = 28
    /// How far the shapes vary: 1 for handwriting, 0 for a printed font.
    public var variation = 1.0
    /// The standard deviation of the noise on each pixel.
    public var noise = 0.02

    public init() {}

    /// Images of random digits.
    ///
    /// - Returns: images of the shape [count, 1, size, size].
    public func images<G: RandomNumberGenerator>(count: Int, using generator: inout G) -> LabeledImageSet {
        let labels = (0..<count).map { _ in generator.integer(below: 10) }
        return LabeledImageSet(
            images: Tensor(
                shape: [count, 1, size, size], scalars: labels.flatMap { image(of: $0, using: &generator) }),
            labels: Tensor(labels), classNames: (0...9).map(String.init))
    }

    /// One image of a digit, row after row.
    public func image<G: RandomNumberGenerator>(of digit: Int, using generator: inout G) -> [Float] {
        precondition(0...9 ~= digit, "a digit is in 0 ... 9: got \(digit)")
        func spread(_ width: Double) -> Double { variation * width * generator.uniform(in: -1..<1) }
        let angle = spread(0.22), shear = spread(0.2), shift = Point(spread(0.06), spread(0.06))
        let scale = Point(1 + spread(0.15), 1 + spread(0.12))
        let pen = 0.042 + spread(0.014)
        let strokes = Self.strokes[digit].map { stroke in
            stroke.map { point in
                var p = (point - 0.5 + Point(spread(0.012), spread(0.012))) * scale
                p.x += shear * -p.y
                return Point(cos(angle) * p.x - sin(angle) * p.y, sin(angle) * p.x + cos(angle) * p.y) + shift + 0.5
            }
        }
        var canvas = Canvas(size: size, channels: 1, background: [0])
        let ink = Float(1 - variation * 0.15 * generator.uniform())
        canvas.fill([ink]) { point in strokes.map { Distance.polyline(point, $0) }.reduce(.infinity, min) - pen }
        return canvas.pixels.map { min(max($0 + Float(noise * generator.normal()), 0), 1) }
    }

    /// The pen's ways of each digit, in the unit square.
    private static let strokes: [[[Point]]] = [
        [arc(0.5, 0.5, 0.19, 0.31, -90, 270)],
        [[Point(0.38, 0.31), Point(0.53, 0.18), Point(0.53, 0.82)]],
        [arc(0.5, 0.37, 0.19, 0.19, -170, 30) + [Point(0.31, 0.81), Point(0.71, 0.81)]],
        [arc(0.48, 0.345, 0.18, 0.165, -150, 90), arc(0.48, 0.66, 0.2, 0.165, -90, 150)],
        [[Point(0.57, 0.18), Point(0.29, 0.61), Point(0.74, 0.61)], [Point(0.6, 0.4), Point(0.58, 0.83)]],
        [[Point(0.68, 0.19), Point(0.38, 0.19), Point(0.35, 0.46)] + arc(0.48, 0.62, 0.2, 0.2, -130, 140)],
        [[Point(0.62, 0.18), Point(0.45, 0.33), Point(0.34, 0.52)] + arc(0.5, 0.64, 0.17, 0.18, -180, 180)],
        [[Point(0.29, 0.2), Point(0.71, 0.2), Point(0.43, 0.82)]],
        [arc(0.5, 0.34, 0.155, 0.155, 90, 450), arc(0.5, 0.66, 0.185, 0.165, -90, 270)],
        [arc(0.5, 0.36, 0.17, 0.18, 0, 360) + [Point(0.67, 0.36), Point(0.64, 0.62), Point(0.53, 0.83)]],
    ]

    /// Points on an ellipse; angles in degrees, clockwise from the right.
    private static func arc(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ first: Double, _ last: Double
    ) -> [Point] {
        (0...20).map { step in
            let angle = (first + (last - first) * Double(step) / 20) * .pi / 180
            return Point(x + width * cos(angle), y + height * sin(angle))
        }
    }
}
