import Foundation
import Mathematics

/// Textures in ten classes, each with a random frequency, phase, slant and contrast.
public struct ProceduralTextures: Sendable {
    /// The sides of the images.
    public var size = 28
    /// The standard deviation of the noise on each pixel.
    public var noise = 0.05

    public static let classNames = [
        "horizontal stripes", "vertical stripes", "diagonal stripes", "checkerboard", "dots", "rings", "grid", "waves",
        "gradient", "clouds",
    ]

    public init() {}

    /// Images of random textures.
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
        precondition(0...9 ~= label, "a texture's class is in 0 ... 9: got \(label)")
        let f = generator.uniform(in: 3..<6), phase = Point(generator.uniform(), generator.uniform())
        let slant = generator.uniform(in: -0.15..<0.15), contrast = generator.uniform(in: 0.5..<1)
        let lattice = (0..<64).map { _ in generator.uniform() }
        let direction = generator.uniform(in: 0 ..< 2 * .pi)
        let center = phase * 0.5 + 0.25
        func wave(_ t: Double) -> Double { 0.5 + 0.5 * sin(2 * .pi * t) }
        func brightness(_ x: Double, _ y: Double) -> Double {
            let u = x + slant * y, v = y - slant * x
            let (cell, other) = (f * u + phase.x, f * v + phase.y)
            let (a, b) = (cell - floor(cell) - 0.5, other - floor(other) - 0.5)
            switch label {
            case 0: return wave(other)
            case 1: return wave(cell)
            case 2: return wave((cell + other) / 1.414)
            case 3: return Int(floor(cell) + floor(other)) % 2 == 0 ? 1 : 0
            case 4: return a * a + b * b < 0.09 ? 1 : 0
            case 5: return wave(f * (Point(x, y) - center).length * 1.5 + phase.x)
            case 6: return abs(a) < 0.12 || abs(b) < 0.12 ? 1 : 0
            case 7: return wave(other + 0.3 * sin(2 * .pi * cell))
            case 8: return 0.5 + 0.7 * ((x - 0.5) * cos(direction) + (y - 0.5) * sin(direction))
            default: return smoothNoise(u * 4 + phase.x * 3, v * 4 + phase.y * 3, lattice)
            }
        }
        return (0..<size * size).map { place in
            let (row, column) = place.quotientAndRemainder(dividingBy: size)
            let value = brightness((Double(column) + 0.5) / Double(size), (Double(row) + 0.5) / Double(size))
            return Float(min(max(0.5 + contrast * (value - 0.5) + noise * generator.normal(), 0), 1))
        }
    }

    /// Values at the corners of an 8 × 8 lattice, smoothly interpolated (Perlin's value noise).
    private func smoothNoise(_ x: Double, _ y: Double, _ lattice: [Double]) -> Double {
        let i = Int(floor(x)), j = Int(floor(y))
        func smooth(_ t: Double) -> Double { t * t * (3 - 2 * t) }
        let s = smooth(x - floor(x)), t = smooth(y - floor(y))
        func value(_ i: Int, _ j: Int) -> Double { lattice[(i & 7) * 8 + (j & 7)] }
        return (value(i, j) * (1 - s) + value(i + 1, j) * s) * (1 - t)
            + (value(i, j + 1) * (1 - s) + value(i + 1, j + 1) * s) * t
    }
}
