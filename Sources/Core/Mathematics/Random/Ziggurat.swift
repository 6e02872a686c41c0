/// The layers of the ziggurat for the density e^(−x²/2), x ≥ 0.
///
/// Marsaglia and Tsang, "The ziggurat method for generating random variables", 2000, with the layer
/// index and the abscissa taken from different bits (Doornik 2005). Layer 0 is the base strip with the
/// tail; layers 1…255 are stacked on it, all of the same area.
@usableFromInline
struct Ziggurat: Sendable {
    /// Where the tail begins, and the area of a layer, for 256 layers: the two numbers for which the
    /// recursion below ends at x = 0.
    static let tailStart = 3.6541528853610088
    static let layerArea = 0.00492867323399

    /// The right end of each layer; the base strip's is the width that gives it the common area.
    @usableFromInline let ends: [Double]
    /// The density at each right end.
    @usableFromInline let heights: [Double]

    @usableFromInline static let normal = Ziggurat()

    init() {
        func density(_ x: Double) -> Double { PortableFunctions.exponential(-x * x / 2) }
        var ends = [Self.layerArea / density(Self.tailStart), Self.tailStart]
        while ends.count < 256 {
            let last = ends[ends.count - 1]
            let height = density(last) + Self.layerArea / last
            ends.append((-2 * PortableFunctions.logarithm(height)).squareRoot())
        }
        ends.append(0)
        self.ends = ends
        heights = ends.map(density)
    }

    /// A standard normal number.
    @inlinable
    func draw<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        while true {
            let bits = generator.next()
            let layer = Int(bits & 0xFF)
            // 53 bits with sign: [−1, 1).
            let position = Double(Int64(bitPattern: bits) >> 10) * 0x1p-53
            let x = position * ends[layer]
            if x.magnitude < ends[layer + 1] { return x }
            if let accepted = drawFromEdge(layer, x, using: &generator) { return accepted }
        }
    }

    /// The one draw in about ninety that falls outside a layer's inner rectangle.
    @inlinable
    func drawFromEdge<G: RandomNumberGenerator>(_ layer: Int, _ x: Double, using generator: inout G) -> Double? {
        if layer == 0 {
            // The tail, by Marsaglia's exact method.
            let start = ends[1]
            while true {
                let excess = -PortableFunctions.logarithm(generator.openUniform()) / start
                let height = -PortableFunctions.logarithm(generator.openUniform())
                if 2 * height > excess * excess { return x < 0 ? -(start + excess) : start + excess }
            }
        }
        let height = heights[layer] + (heights[layer + 1] - heights[layer]) * generator.uniform()
        return height < PortableFunctions.exponential(-x * x / 2) ? x : nil
    }
}
