/// A picture on which shapes are painted by their distance, with soft edges one pixel wide.
///
/// Coordinates run from (0, 0) at the top left corner to (1, 1) at the bottom right one.
struct Canvas {
    let size: Int
    let channels: Int
    /// Channel after channel, row after row.
    var pixels: [Float]

    init(size: Int, channels: Int, background: [Float]) {
        self.size = size
        self.channels = channels
        pixels = background.flatMap { [Float](repeating: $0, count: size * size) }
    }

    /// Paints where the signed distance to a shape's edge is negative.
    mutating func fill(_ color: [Float], _ distance: (Point) -> Double) {
        fill({ _ in color }, distance)
    }

    /// Paints with a colour that depends on the place.
    mutating func fill(_ color: (Point) -> [Float], _ distance: (Point) -> Double) {
        let pixel = 1 / Double(size)
        for row in 0..<size {
            for column in 0..<size {
                let point = Point((Double(column) + 0.5) * pixel, (Double(row) + 0.5) * pixel)
                let cover = Float(min(max(0.5 - distance(point) / pixel, 0), 1))
                guard cover > 0 else { continue }
                let color = color(point)
                for channel in 0..<channels {
                    let place = (channel * size + row) * size + column
                    pixels[place] += cover * (color[channel] - pixels[place])
                }
            }
        }
    }
}

/// A point of the plane.
typealias Point = SIMD2<Double>

extension SIMD2<Double> {
    var length: Double { (x * x + y * y).squareRoot() }
}

/// Signed distances, negative inside.
enum Distance {
    static func circle(_ p: Point, center: Point, radius: Double) -> Double { (p - center).length - radius }

    static func box(_ p: Point, center: Point, half: Point) -> Double {
        let x = abs(p.x - center.x) - half.x, y = abs(p.y - center.y) - half.y
        return Point(max(x, 0), max(y, 0)).length + min(max(x, y), 0)
    }

    /// The distance to a line through some points.
    static func polyline(_ p: Point, _ points: [Point]) -> Double {
        var least = Double.infinity
        for (a, b) in zip(points, points.dropFirst()) { least = min(least, segment(p, a, b)) }
        return least
    }

    static func segment(_ p: Point, _ a: Point, _ b: Point) -> Double {
        let edge = b - a, offset = p - a
        let squared = (edge * edge).sum()
        let along = squared == 0 ? 0 : min(max((offset * edge).sum() / squared, 0), 1)
        return (offset - edge * along).length
    }

    /// A closed polygon.
    static func polygon(_ p: Point, _ corners: [Point]) -> Double {
        var isInside = false
        var least = Double.infinity
        var previous = corners[corners.count - 1]
        for corner in corners {
            least = min(least, segment(p, previous, corner))
            if (corner.y > p.y) != (previous.y > p.y),
                p.x < (previous.x - corner.x) * (p.y - corner.y) / (previous.y - corner.y) + corner.x
            {
                isInside.toggle()
            }
            previous = corner
        }
        return isInside ? -least : least
    }
}
