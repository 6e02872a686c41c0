import Mathematics

/// A way to store and compute some layers: one quantiser for one layer, or for several that are fused into one
/// product.
public struct SchemeOption: Sendable, Equatable {
    /// The layers, by their indices.
    public var layers: [Int]
    /// The quantiser, by its index.
    public var quantizer: Int
    /// What it adds to the loss.
    public var loss: Double
    /// What it takes of the memory, in any unit.
    public var memory: Double
    /// What it takes of the time, in any unit.
    public var time: Double

    public init(layers: [Int], quantizer: Int, loss: Double, memory: Double, time: Double = 0) {
        self.layers = layers
        self.quantizer = quantizer
        self.loss = loss
        self.memory = memory
        self.time = time
    }
}

/// The options that were chosen, every layer in exactly one of them.
public struct SchemeAllocation: Sendable, Equatable {
    /// In the order of their first layers.
    public let options: [SchemeOption]
    public let loss: Double
    public let memory: Double
    public let time: Double

    /// The sums over options.
    init(_ options: [SchemeOption]) {
        self.options = options.sorted { ($0.layers.min() ?? 0) < ($1.layers.min() ?? 0) }
        loss = options.reduce(0) { $0 + $1.loss }
        memory = options.reduce(0) { $0 + $1.memory }
        time = options.reduce(0) { $0 + $1.time }
    }

    /// The quantiser of each layer.
    public var quantizers: [Int] {
        var result = [Int](repeating: 0, count: options.reduce(0) { $0 + $1.layers.count })
        for option in options { for layer in option.layers { result[layer] = option.quantizer } }
        return result
    }
}

/// Mixed-scheme quantisation (MSQ): the options with the least loss within limits of memory and time, exactly, every
/// layer covered once (q-palette, arXiv:2509.20214).
///
/// With one layer in each option it is a multiple-choice knapsack, with fused options a set partition. An integer
/// program, solved by Cbc to the optimum; a limit is kept to a part in 10⁷.
///
/// - Parameters:
///   - options: what may be chosen.
///   - layerCount: how many layers there are.
///   - memoryLimit: of the sum of memory; nil for none.
///   - timeLimit: of the sum of times; nil for none.
/// - Throws: `QuantizationError.invalidArgument` naming the argument, `.infeasible` if nothing meets the limits.
public func cheapestScheme(
    _ options: [SchemeOption], layerCount: Int, memoryLimit: Double? = nil, timeLimit: Double? = nil
) throws(QuantizationError) -> SchemeAllocation {
    try requireOptions(options, layerCount)
    let positiveLosses = options.map(\.loss).filter { $0 > 0 }
    // Of the size of 1, which is what the solver's tolerances are made for.
    let lossUnit = (positiveLosses.max() ?? 1) / 1000
    var program = LinearProgram(minimising: Vector(options.map { $0.loss / lossUnit }))
    for index in options.indices { program.requireBinary(variable: index) }
    for layer in 0..<layerCount {
        let covering = options.indices.filter { options[$0].layers.contains(layer) }
        program.constrain(
            indices: covering, coefficients: [Double](repeating: 1, count: covering.count), .equalTo(1))
    }
    for (name, limit, use) in [("memory", memoryLimit, \SchemeOption.memory), ("time", timeLimit, \SchemeOption.time)] {
        guard let limit else { continue }
        if options.allSatisfy({ $0[keyPath: use] == 0 }) { continue }
        guard limit > 0 else { throw .infeasible(limit: "a \(name) of \(limit)") }
        program.constrain(
            indices: Array(options.indices), coefficients: options.map { $0[keyPath: use] / limit * 100 }, .atMost(100))
    }
    let solution: LinearProgramSolution
    do {
        solution = try program.solve()
    } catch .infeasible {
        throw .infeasible(
            limit:
                "a memory of \(memoryLimit.map { "\($0)" } ?? "any") and a time of \(timeLimit.map { "\($0)" } ?? "any")"
        )
    } catch {
        throw .invalidArgument(
            name: "options", value: "\(options.count) options", expected: "a solvable program: \(error)")
    }
    return SchemeAllocation(options.indices.filter { solution.point[$0] > 0.5 }.map { options[$0] })
}

/// The baseline that starts with every layer's smallest option and takes the step with the largest fall of the loss for
/// a unit of memory while the limit allows it (q-palette, arXiv:2509.20214).
///
/// - Parameters:
///   - options: of one layer each.
///   - layerCount: how many layers there are.
///   - memoryLimit: of the sum of memory.
/// - Throws: `QuantizationError.invalidArgument` naming the argument, `.infeasible` if the smallest options are too
///   large.
public func greedyScheme(
    _ options: [SchemeOption], layerCount: Int, memoryLimit: Double
) throws(QuantizationError) -> SchemeAllocation {
    try requireOptions(options, layerCount)
    try QuantizationError.require(
        options.allSatisfy { $0.layers.count == 1 }, "options", "fused layers", "one layer in each option")
    var choices = (0..<layerCount).map { layer in options.filter { $0.layers == [layer] } }
    for layer in choices.indices { choices[layer].sort { ($0.memory, $0.loss) < ($1.memory, $1.loss) } }
    var chosen = choices.map { $0[0] }
    var memory = chosen.reduce(0) { $0 + $1.memory }
    let limit = memoryLimit * (1 + 1e-9)
    guard memory <= limit else { throw .infeasible(limit: "a memory of \(memoryLimit)") }
    while true {
        var best: (gain: Double, layer: Int, option: SchemeOption)?
        for layer in choices.indices {
            for option in choices[layer] {
                let more = option.memory - chosen[layer].memory, gain = chosen[layer].loss - option.loss
                if more > 0, gain > 0, memory + more <= limit, gain / more > best?.gain ?? 0 {
                    best = (gain / more, layer, option)
                }
            }
        }
        guard let best else { return SchemeAllocation(chosen) }
        memory += best.option.memory - chosen[best.layer].memory
        chosen[best.layer] = best.option
    }
}

private func requireOptions(_ options: [SchemeOption], _ layerCount: Int) throws(QuantizationError) {
    try QuantizationError.require(layerCount >= 1, "layerCount", layerCount, "at least 1")
    var isCovered = [Bool](repeating: false, count: layerCount)
    for (index, option) in options.enumerated() {
        guard !option.layers.isEmpty, Set(option.layers).count == option.layers.count,
            option.layers.allSatisfy({ 0..<layerCount ~= $0 })
        else {
            throw .invalidArgument(
                name: "options[\(index)].layers", value: "\(option.layers)",
                expected: "different numbers in 0 ..< \(layerCount)")
        }
        for (name, value) in [("loss", option.loss), ("memory", option.memory), ("time", option.time)]
        where !value.isFinite || (name != "loss" && value < 0) {
            throw .invalidArgument(
                name: "options[\(index)].\(name)", value: "\(value)",
                expected: name == "loss" ? "a finite number" : "a finite number of at least 0")
        }
        for layer in option.layers { isCovered[layer] = true }
    }
    if let layer = isCovered.firstIndex(of: false) {
        throw .invalidArgument(
            name: "options", value: "none for layer \(layer)", expected: "at least one for each layer")
    }
}

/// The options of a memory-constrained problem: every quantiser for every layer, with the loss a_l · err_q and the
/// memory n_l · b_q in bits (q-palette, arXiv:2509.20214).
///
/// - Parameters:
///   - sensitivities: a_l, at least 0.
///   - sizes: n_l, the weights of each layer.
///   - errors: err_q, the relative squared error of each quantiser.
///   - bits: b_q, as many.
/// - Throws: `QuantizationError.invalidArgument` naming the argument.
public func schemeOptions(
    sensitivities: [Double], sizes: [Double], errors: [Double], bits: [Double]
) throws(QuantizationError) -> [SchemeOption] {
    try requireLayers(sensitivities, sizes)
    try QuantizationError.require(!errors.isEmpty, "errors", "[]", "at least one quantiser")
    try QuantizationError.require(
        bits.count == errors.count, "bits", "\(bits.count) numbers", "\(errors.count), one for each error")
    return sensitivities.indices.flatMap { layer in
        errors.indices.map { quantizer in
            SchemeOption(
                layers: [layer], quantizer: quantizer, loss: sensitivities[layer] * errors[quantizer],
                memory: sizes[layer] * bits[quantizer])
        }
    }
}

/// Which quantiser each layer gets.
public struct BitAllocation: Sendable, Equatable {
    /// The quantiser of each layer.
    public let quantizers: [Int]
    /// Σ a_l err_q(l).
    public let loss: Double
    /// The mean bits of a weight.
    public let averageBits: Double
}

// swiftcore: allocate_quantizers
/// The quantiser of each layer that minimises Σ a_l err_q(l) with at most B bits a weight, exactly (MSQ of q-palette,
/// arXiv:2509.20214).
///
/// - Parameters:
///   - sensitivities: a_l, how much the loss grows for each unit of a layer's relative squared error; at least 0.
///   - sizes: n_l, the weights of each layer; positive.
///   - errors: err_q, the relative squared error of each quantiser.
///   - bits: b_q, as many.
///   - averageBits: B, the largest mean of the bits over all weights.
/// - Throws: `QuantizationError.invalidArgument` naming the argument, `.infeasible` if B is below the smallest rate.
public func allocateQuantizers(
    sensitivities: [Double], sizes: [Double], errors: [Double], bits: [Double], averageBits: Double
) throws(QuantizationError) -> BitAllocation {
    let options = try schemeOptions(sensitivities: sensitivities, sizes: sizes, errors: errors, bits: bits)
    let total = sizes.reduce(0, +)
    let scheme = try cheapestScheme(options, layerCount: sizes.count, memoryLimit: averageBits * total)
    return BitAllocation(quantizers: scheme.quantizers, loss: scheme.loss, averageBits: scheme.memory / total)
}
