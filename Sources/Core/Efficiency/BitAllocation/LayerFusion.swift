import DeepLearning
import Mathematics

/// The time of a product of a quantised matrix with one vector: a call, the bytes that are read, and the decoding of
/// each weight, none of which overlap.
public struct LatencyModel: Sendable, Equatable {
    /// For each product, fused or not, in microseconds.
    public var call: Double
    /// Bytes read in a microsecond.
    public var bandwidth: Double
    /// Decoding of a weight for each quantiser, in microseconds.
    public var decoding: [Double]

    public init(call: Double, bandwidth: Double, decoding: [Double]) {
        self.call = call
        self.bandwidth = bandwidth
        self.decoding = decoding
    }

    /// Microseconds for some weights in one product.
    public func time(weights: Double, bits: Double, quantizer: Int) -> Double {
        call + weights * (bits / 8 / bandwidth + decoding[quantizer])
    }
}

/// Which layers of a transformer read the same input, so that they can be fused into one product with one quantiser
/// (fusion-aware MSQ in q-palette, arXiv:2509.20214).
public enum LayerFusion {
    /// The roles that may be fused: two or three of query, key and value, and up with gate.
    public static let groups: [[LinearLayerName.Role]] = [
        [.query, .key], [.key, .value], [.query, .value], [.query, .key, .value], [.gate, .up],
    ]

    /// The sets of layers that may be fused, as indices into the names; without experts' layers.
    public static func fusedSets(of names: [LinearLayerName]) -> [[Int]] {
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return Set(names.map(\.block)).sorted().flatMap { block in
            groups.compactMap { roles in
                let members = roles.compactMap { places[LinearLayerName(block: block, role: $0)] }
                return members.count == roles.count ? members : nil
            }
        }
    }

    /// Every quantiser for every layer and every set of fused layers.
    ///
    /// - Parameters:
    ///   - sensitivities: a_l, at least 0.
    ///   - sizes: n_l, the weights of each layer.
    ///   - errors: err_q, the relative squared error of each quantiser.
    ///   - bits: b_q, as many.
    ///   - sets: the layers that may be fused; none for no fusion.
    ///   - time: of one product with the given layers by a quantiser.
    /// - Throws: `QuantizationError.invalidArgument` naming the argument, or what `time` throws.
    public static func options(
        sensitivities: [Double], sizes: [Double], errors: [Double], bits: [Double], sets: [[Int]],
        time: (_ layers: [Int], _ quantizer: Int) throws -> Double
    ) throws -> [SchemeOption] {
        try requireLayers(sensitivities, sizes)
        try QuantizationError.require(
            bits.count == errors.count, "bits", "\(bits.count) numbers", "\(errors.count), one for each error")
        var options: [SchemeOption] = []
        for layers in sensitivities.indices.map({ [$0] }) + sets {
            for quantizer in errors.indices {
                options.append(
                    SchemeOption(
                        layers: layers, quantizer: quantizer,
                        loss: layers.reduce(0) { $0 + sensitivities[$1] } * errors[quantizer],
                        memory: layers.reduce(0) { $0 + sizes[$1] } * bits[quantizer],
                        time: try time(layers, quantizer)))
            }
        }
        return options
    }
}
