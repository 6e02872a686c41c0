import Mathematics
import RealModule

// swiftcore: optimal_bits
/// The bits for each layer that minimise Σ a_l 2^(−2 b_l), if quantisers of every rate were on the rate-distortion
/// bound (q-palette, arXiv:2509.20214): b_l = C + ½ log₂(a_l/n_l), where Σ n_l b_l = B Σ n_l.
///
/// A layer whose rate would be negative gets no bits, and C is found for the others (reverse water-filling).
/// O(L log L).
///
/// - Parameters:
///   - sensitivities: a_l, how much the loss grows for each unit of a layer's relative squared error; positive.
///   - sizes: n_l, the weights of each layer; positive.
///   - averageBits: B, the mean bits of a weight; at least 0.
/// - Throws: `QuantizationError.invalidArgument` naming the argument.
public func optimalBits(
    sensitivities: [Double], sizes: [Double], averageBits: Double
) throws(QuantizationError) -> [Double] {
    try requireLayers(sensitivities, sizes)
    for (index, value) in sensitivities.enumerated() where value == 0 {
        throw .invalidArgument(name: "sensitivities[\(index)]", value: "\(value)", expected: "a positive number")
    }
    try QuantizationError.require(
        averageBits >= 0 && averageBits.isFinite, "averageBits", averageBits, "a number of at least 0")
    let heights = zip(sensitivities, sizes).map { Double.log2($0 / $1) / 2 }
    let order = heights.indices.sorted { heights[$0] > heights[$1] }
    let budget = averageBits * sizes.reduce(0, +)
    // The layers with bits are the highest ones: as many as keep the level above the next one's height.
    var level = 0.0, weight = 0.0, moment = 0.0
    for (place, layer) in order.enumerated() {
        weight += sizes[layer]
        moment += sizes[layer] * heights[layer]
        level = (budget - moment) / weight
        if place + 1 == order.count || level + heights[order[place + 1]] <= 0 { break }
    }
    return heights.map { max(level + $0, 0) }
}

/// Checks a_l and n_l, where a sensitivity may be 0.
func requireLayers(_ sensitivities: [Double], _ sizes: [Double]) throws(QuantizationError) {
    try QuantizationError.require(!sensitivities.isEmpty, "sensitivities", "[]", "at least one layer")
    try QuantizationError.require(
        sizes.count == sensitivities.count, "sizes", "\(sizes.count) numbers",
        "\(sensitivities.count), one for each sensitivity")
    for (name, values) in [("sensitivities", sensitivities), ("sizes", sizes)] {
        for (index, value) in values.enumerated()
        where !(value >= 0 && value.isFinite) || (name == "sizes" && value == 0) {
            throw .invalidArgument(
                name: "\(name)[\(index)]", value: "\(value)",
                expected: name == "sizes" ? "a positive number" : "a finite number of at least 0")
        }
    }
}
