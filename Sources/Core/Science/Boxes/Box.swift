/// An axis-aligned rectangle in pixels, given by its edges; x grows to the right and y downwards.
///
/// Whether the right and bottom edges are part of the box's pixels is not a matter of the box but of
/// ``PixelConvention``, which every measure takes.
public struct Box: Sendable, Hashable, Codable {
    public var xMin: Double
    public var yMin: Double
    public var xMax: Double
    public var yMax: Double

    /// The box between two edges in each direction.
    public init(xMin: Double, yMin: Double, xMax: Double, yMax: Double) {
        self.xMin = xMin
        self.yMin = yMin
        self.xMax = xMax
        self.yMax = yMax
    }

    /// The box with a top left corner and a size, as COCO's files give it.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.init(xMin: x, yMin: y, xMax: x + width, yMax: y + height)
    }

    /// The box with a centre and a size.
    public init(centerX: Double, centerY: Double, width: Double, height: Double) {
        self.init(
            xMin: centerX - width / 2, yMin: centerY - height / 2,
            xMax: centerX + width / 2, yMax: centerY + height / 2)
    }

    /// `xMax - xMin`, in pixels.
    public var width: Double { xMax - xMin }
    /// `yMax - yMin`, in pixels.
    public var height: Double { yMax - yMin }
    public var centerX: Double { (xMin + xMax) / 2 }
    public var centerY: Double { (yMin + yMax) / 2 }

    /// Whether all edges are finite and none lies beyond its opposite.
    public var isValid: Bool {
        xMin.isFinite && yMin.isFinite && xMax.isFinite && yMax.isFinite && xMin <= xMax && yMin <= yMax
    }

    /// The box moved by a distance.
    public func translated(x: Double, y: Double) -> Box {
        Box(xMin: xMin + x, yMin: yMin + y, xMax: xMax + x, yMax: yMax + y)
    }

    /// The part of the box inside another one; the nearest edge of `bounds` where they do not meet.
    public func clamped(to bounds: Box) -> Box {
        Box(
            xMin: min(max(xMin, bounds.xMin), bounds.xMax), yMin: min(max(yMin, bounds.yMin), bounds.yMax),
            xMax: min(max(xMax, bounds.xMin), bounds.xMax), yMax: min(max(yMax, bounds.yMin), bounds.yMax))
    }
}

/// How wide a box from `xMin` to `xMax` is.
public enum PixelConvention: Sendable, Hashable, CaseIterable {
    /// Edges are points on a line and the width is `xMax - xMin`: COCO's convention.
    case continuous
    /// Edges are indices of pixels that belong to the box, and the width is `xMax - xMin + 1`: the
    /// convention of the Pascal VOC devkit, and of Soft-NMS's official code (arXiv:1704.04503).
    case inclusivePixels

    /// What is added to a difference of edges.
    var margin: Double { self == .inclusivePixels ? 1 : 0 }
}

extension Box {
    /// The area, in square pixels.
    public func area(_ convention: PixelConvention = .continuous) -> Double {
        (width + convention.margin) * (height + convention.margin)
    }

    /// The area shared with another box, in square pixels; 0 where they do not meet.
    public func intersection(_ other: Box, _ convention: PixelConvention = .continuous) -> Double {
        let width = min(xMax, other.xMax) - max(xMin, other.xMin) + convention.margin
        guard width > 0 else { return 0 }
        let height = min(yMax, other.yMax) - max(yMin, other.yMin) + convention.margin
        guard height > 0 else { return 0 }
        return width * height
    }

    /// The intersection over the union (the Jaccard index), in [0, 1].
    ///
    /// Two boxes without area have the value 0, also when they are the same.
    public func intersectionOverUnion(_ other: Box, _ convention: PixelConvention = .continuous) -> Double {
        let shared = intersection(other, convention)
        guard shared > 0 else { return 0 }
        return shared / (area(convention) + other.area(convention) - shared)
    }

    /// The share of this box that lies in another one, in [0, 1].
    ///
    /// COCO uses this in place of the intersection over the union where `other` surrounds a crowd: a
    /// detection of one member must not be blamed for the size of the crowd.
    public func intersectionOverArea(_ other: Box, _ convention: PixelConvention = .continuous) -> Double {
        let shared = intersection(other, convention)
        return shared > 0 ? shared / area(convention) : 0
    }
}
