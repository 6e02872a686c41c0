import Foundation

/// Numbers with a shape: what goes in on both sides, and what comes out.
public struct NumericArray: Sendable {
    /// The width of a number in the file.
    public enum Kind: String, Sendable { case float32, float64 }

    public let values: [Double]
    public let shape: [Int]
    public let kind: Kind

    public init(_ values: [Double], shape: [Int]? = nil, kind: Kind = .float64) {
        self.values = values
        self.shape = shape ?? [values.count]
        self.kind = kind
        precondition(self.shape.reduce(1, *) == values.count, "\(values.count) numbers do not have the shape \(self.shape)")
    }

    public init(_ values: [Float], shape: [Int]? = nil) {
        self.init(values.map(Double.init), shape: shape, kind: .float32)
    }

    /// Writes the numbers, little-endian and without a header.
    func write(to path: String) throws {
        let data = switch kind {
        case .float64: values.withUnsafeBytes { Data($0) }
        case .float32: values.map { Float($0) }.withUnsafeBytes { Data($0) }
        }
        try data.write(to: URL(fileURLWithPath: path))
    }

    /// Reads the Doubles of a file.
    static func read(_ path: String) throws -> [Double] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return [Double](unsafeUninitializedCapacity: data.count / 8) { buffer, count in
            count = data.count / 8
            data.copyBytes(to: buffer, count: 8 * count)
        }
    }
}

/// One array of results and how near to the peer's it must be.
public struct Output: Sendable {
    public let name: String
    public let values: [Double]
    /// Allowed: |ours − peer| ≤ tolerance · max(max |peer|, floor), for every number.
    public let tolerance: Double
    /// A size below which numbers are taken for zero up to rounding.
    public let floor: Double

    public init(_ name: String, _ values: [Double], tolerance: Double, floor: Double = 0) {
        self.name = name
        self.values = values
        self.tolerance = tolerance
        self.floor = floor
    }

    /// The largest difference as a share of what is allowed.
    func difference(from peer: [Double]) throws -> Double {
        guard values.count == peer.count else {
            throw BenchmarkError("\(name): we have \(values.count) numbers, the peer \(peer.count)")
        }
        let scale = peer.reduce(floor) { max($0, $1.magnitude) }
        var largest = 0.0
        for (ours, other) in zip(values, peer) {
            let difference = (ours - other).magnitude
            guard difference.isFinite else { throw BenchmarkError("\(name): we have \(ours), the peer \(other)") }
            largest = max(largest, difference)
        }
        return largest == 0 ? 0 : largest / (tolerance * max(scale, .leastNormalMagnitude))
    }
}
