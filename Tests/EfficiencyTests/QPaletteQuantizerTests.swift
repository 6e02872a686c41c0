import Efficiency
import Foundation
import Mathematics
import Testing

@Suite struct GaussianQuantizerTests {
    /// Max 1960, table I: the levels of 4, and the errors of 4 and 8 levels; the error again by sums over 2000 places a
    /// cell of (x − nearest level)² φ(x); every level is the mean of its cell.
    @Test func lloydMax() throws {
        let four = try LloydMaxQuantizer(bits: 2)
        for (level, published) in zip(four.levels, [-1.510, -0.4528, 0.4528, 1.510]) {
            #expect(abs(level - published) < 5e-4)
        }
        for (bits, published) in [(2, 0.1175), (3, 0.03454)] {
            #expect(abs(try LloydMaxQuantizer(bits: bits).distortion - published) < 1e-3 * published)
        }
        // Lloyd's iteration with scipy.stats.norm to its fixed point, 1 - (M * M / P).sum().
        for (bits, reference) in [(4, 0.009501008008191425), (5, 0.002504668355674644)] {
            #expect(abs(try LloydMaxQuantizer(bits: bits).distortion - reference) < 1e-11)
        }
        for bits in 1...8 {
            let quantizer = try LloydMaxQuantizer(bits: bits)
            let ends = [-9] + zip(quantizer.levels, quantizer.levels.dropFirst()).map { ($0 + $1) / 2 } + [9]
            var error = 0.0
            for (index, level) in quantizer.levels.enumerated() {
                let (low, high) = (ends[index], ends[index + 1]), step = (high - low) / 2000
                var mass = 0.0, moment = 0.0
                for place in 0..<2000 {
                    let x = low + (Double(place) + 0.5) * step
                    let density = step * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
                    mass += density
                    moment += density * x
                    error += density * (x - level) * (x - level)
                }
                #expect(abs(moment / mass - level) < 1e-5)
            }
            #expect(abs(quantizer.distortion / error - 1) < 1e-5)
        }
        // Panter and Dite: π√3/2 · 4^(−b) for many levels.
        let ratio = try LloydMaxQuantizer(bits: 8).distortion / (Double.pi * 3.0.squareRoot() / 2 * pow(4, -8))
        #expect(ratio < 1 && ratio > 0.97)
        #expect(abs(try lloydMaxLevels(bits: 1).distortion - (1 - 2 / Double.pi)) < 1e-14)
        #expect(throws: QuantizationError.self) { try LloydMaxQuantizer(bits: 11) }
    }

    @Test func scalarCodesAreTheNearestLevels() throws {
        var generator = Philox(seed: 1)
        let quantizer = try LloydMaxQuantizer(bits: 3)
        let weights = generator.normalMatrix(rows: 7, columns: 9)
        let result = try quantizer.quantize(weights)
        for (value, code) in zip(weights.flattened, result.codes) {
            let distances = quantizer.levels.map { abs($0 - value) }
            #expect(distances[code] == distances.min())
        }
        #expect(try quantizer.dequantize(result.codes, rows: 7, columns: 9) == result.values)
        #expect(throws: QuantizationError.self) { try quantizer.dequantize([8], rows: 1, columns: 1) }
        #expect(throws: QuantizationError.self) { try quantizer.quantize([[.nan]]) }
    }

    /// Four pairs are the corners of the one-bit scalar quantiser, 1 − 2/π; sixteen have the error 0.1086 (k-means of a
    /// million pairs).
    @Test func pairs() throws {
        var generator = Philox(seed: 2)
        let corners = try PairQuantizer(bitsPerPair: 2, using: &generator)
        var measuring = Philox(seed: 3)
        #expect(abs(try corners.distortion(rows: 512, columns: 256, using: &measuring) - (1 - 2 / Double.pi)) < 0.005)
        let sixteen = try PairQuantizer(bitsPerPair: 4, using: &generator)
        #expect(abs(try sixteen.distortion(rows: 1024, columns: 512, using: &measuring) - 0.1086) < 0.02 * 0.1086)
        let weights = measuring.normalMatrix(rows: 3, columns: 4)
        let result = try sixteen.quantize(weights)
        for (index, code) in result.codes.enumerated() {
            let (x, y) = (weights.flattened[2 * index], weights.flattened[2 * index + 1])
            let distances = (0..<16).map { hypot(sixteen.codebook[$0, 0] - x, sixteen.codebook[$0, 1] - y) }
            #expect(distances[code] <= (distances.min() ?? 0) + 1e-12)
            #expect(result.values.flattened[2 * index] == sixteen.codebook[code, 0])
        }
        #expect(throws: QuantizationError.self) { try sixteen.quantize(.zeros(1, 3)) }
        #expect(throws: QuantizationError.self) { try PairQuantizer(bitsPerPair: 13, using: &generator) }
    }
}

@Suite struct TrellisTests {
    /// The states of a code as windows of L bits on the circle of all bits.
    private func circularStates(_ steps: [Int], bitsPerStep: Int, stateBits: Int) -> [Int] {
        let bits = steps.flatMap { step in (0..<bitsPerStep).map { step >> (bitsPerStep - 1 - $0) & 1 } }
        return steps.indices.map { step in
            (0..<stateBits).reduce(0) { state, place in
                let index = (step + 1) * bitsPerStep - stateBits + place
                return state << 1 | bits[(index % bits.count + bits.count) % bits.count]
            }
        }
    }

    /// Viterbi finds the best of all sequences that share its end, by trying all.
    @Test(arguments: [(3, 1, 6), (4, 2, 4), (5, 3, 3), (4, 4, 3)]) func viterbiIsExact(
        _ stateBits: Int, _ bitsPerStep: Int, _ steps: Int
    ) throws {
        var generator = Philox(seed: UInt64(stateBits))
        for trial in 0..<20 {
            let table = try TrellisTable.gaussian(stateBits: stateBits, using: &generator)
            let code = try TrellisCode(table, bitsPerStep: bitsPerStep)
            let sequence = (0..<2 * steps).map { _ in Float(generator.normal()) }
            func cost(_ list: [Int]) -> Float {
                zip(circularStates(list, bitsPerStep: bitsPerStep, stateBits: stateBits), 0..<steps).reduce(0) {
                    sum, each in
                    let (x, y) = table.pair(of: each.0)
                    let (dx, dy) = (x - sequence[2 * each.1], y - sequence[2 * each.1 + 1])
                    return sum + dx * dx + dy * dy
                }
            }
            let found = try code.encode(sequence)
            let memory = (1 << (stateBits - bitsPerStep)) - 1
            func end(_ list: [Int]) -> Int {
                (circularStates(list, bitsPerStep: bitsPerStep, stateBits: stateBits).last ?? 0) & memory
            }
            var best = Float.infinity
            for number in 0..<1 << (bitsPerStep * steps) {
                let list = (0..<steps).map { number >> ($0 * bitsPerStep) & ((1 << bitsPerStep) - 1) }
                if end(list) == end(found) { best = min(best, cost(list)) }
            }
            #expect(abs(cost(found) - best) < 1e-5, "trial \(trial)")
            let decoded = try code.decode(found)
            let states = circularStates(found, bitsPerStep: bitsPerStep, stateBits: stateBits)
            for (step, state) in states.enumerated() {
                #expect(
                    decoded[2 * step] == table.pair(of: state).0 && decoded[2 * step + 1] == table.pair(of: state).1)
            }
        }
    }

    /// State s emits the pair ((s + 1)s >> (15 − n)) mod 2ⁿ, its first number with the sign of bit 15.
    @Test func hashedTablesShareTheirPairs() throws {
        var generator = Philox(seed: 4)
        let table = try TrellisTable.hashed(stateBits: 12, codebookBits: 6, using: &generator)
        // 200 · 201 = 40200 = 1 0011 1010 0001 000 in bits 15 …: row 40200 >> 9 = 78, 78 mod 64 = 14, bit 15 is 1.
        // 43 · 44 = 1892: row 3, bit 15 is 0; and 4024 · 4025 = 16196600 >> 9 = 31633, mod 64 = 17.
        var rows: [Int: [(state: Int, sign: Float)]] = [:]
        for state in 0..<4096 {
            let product = state * (state + 1)
            rows[product / 512 % 64, default: []].append((state, product / 32768 % 2 == 1 ? -1 : 1))
        }
        #expect(rows[14]?.contains { $0.state == 200 && $0.sign == -1 } == true)
        for members in rows.values {
            let reference = table.pair(of: members[0].state)
            for member in members {
                let pair = table.pair(of: member.state)
                #expect(pair.1 == reference.1 && pair.0 * member.sign == reference.0 * members[0].sign)
            }
        }
    }

    /// Two bits a weight with L = 12 are below 0.080 (QTIP's table and the paper's: 0.071 with L = 16); a register that
    /// remembers nothing is far above; halves lie in the middle.
    @Test func distortions() throws {
        var generator = Philox(seed: 5)
        let table = try TrellisTable.gaussian(stateBits: 12, using: &generator)
        func error(_ quantizer: any WeightQuantizer) throws -> Double {
            var measuring = Philox(seed: 6)
            return try quantizer.distortion(rows: 128, columns: 256, using: &measuring)
        }
        let four = try TrellisQuantizer(TrellisCode(table, bitsPerStep: 4))
        let five = try TrellisQuantizer(TrellisCode(table, bitsPerStep: 5))
        let half = HalfTrellisQuantizer(four, five)
        #expect(four.bitsPerWeight == 2 && half.bitsPerWeight == 2.25 && half.name == "TCQ 2.25")
        let errors = (try error(four), try error(half), try error(five))
        #expect(errors.0 > 0.0625 && errors.0 < 0.08)
        #expect(errors.2 > pow(2, -5) && errors.2 < errors.0)
        #expect(abs(errors.1 / ((errors.0 + errors.2) / 2) - 1) < 0.03)
        let forgetful = try TrellisQuantizer(TrellisCode(.gaussian(stateBits: 4, using: &generator), bitsPerStep: 4))
        #expect(try error(forgetful) > 0.1)
    }

    @Test func matricesAreDecodedFromTheirCodes() throws {
        var generator = Philox(seed: 7)
        let table = try TrellisTable.gaussian(stateBits: 8, using: &generator)
        let half = HalfTrellisQuantizer(
            try TrellisQuantizer(TrellisCode(table, bitsPerStep: 3), scale: 1),
            try TrellisQuantizer(TrellisCode(table, bitsPerStep: 4)))
        let weights = generator.normalMatrix(rows: 32, columns: 64)
        let result = try half.quantize(weights)
        #expect(result.codes.count == 32 * 64 / 2)
        #expect(
            result.codes.prefix(512).allSatisfy { 0..<8 ~= $0 } && result.codes.suffix(512).allSatisfy { 0..<16 ~= $0 })
        #expect(try half.dequantize(result.codes, rows: 32, columns: 64) == result.values)
        #expect(throws: QuantizationError.self) { try half.quantize(.zeros(32, 48)) }
        #expect(throws: QuantizationError.self) { try half.first.quantize(.zeros(8, 16)) }
        #expect(throws: QuantizationError.self) { try half.first.code.decode([8, 0, 0]) }
        #expect(throws: QuantizationError.self) { try half.first.code.encode([1, 2]) }
        #expect(throws: QuantizationError.self) { try half.first.code.encode([1, 2, 3, 4, 5, .nan]) }
        #expect(throws: QuantizationError.self) { try TrellisCode(table, bitsPerStep: 9) }
    }
}

@Suite struct IncoherenceTests {
    /// Orthogonal transforms keep errors: ‖W − Ŵ‖² and tr(E H Eᵀ) are those of the turned matrices, times the squared
    /// scale.
    @Test func errorsAreKept() throws {
        var generator = Philox(seed: 8)
        var weights = generator.normalMatrix(rows: 12, columns: 32)
        weights[3, 4] = 40
        for scaling in IncoherentWeights.Scaling.allCases {
            let turned = try IncoherentWeights(weights, scaling: scaling, using: &generator)
            #expect((turned.restore(turned.values) - weights).maximumMagnitude < 1e-12)
            #expect(abs(turned.values.flattened.dot(turned.values.flattened) / 384 - 1) < 1e-12)
            // One outlier is spread over its block of 4 × 32.
            #expect(turned.values.maximumMagnitude < 12)
            let rounded = try LloydMaxQuantizer(bits: 3).quantize(turned.values).values
            let error = turned.restore(rounded) - weights, own = rounded - turned.values
            let scaled = Matrix(rows: 12, columns: 32) { own[$0, $1] * turned.scales[$0] }
            #expect(abs(error.frobeniusNorm - scaled.frobeniusNorm) < 1e-11)
            let inputs = generator.normalMatrix(rows: 50, columns: 32)
            let hessian = inputs.columnGram
            let loss = (error * hessian * error.transposed).trace
            let turnedLoss = (scaled * (try turned.rotated(hessian: hessian)) * scaled.transposed).trace
            // Rows are mixed by an orthogonal matrix as well, which leaves the trace as it is where rows share a scale.
            if scaling == .global { #expect(abs(loss / turnedLoss - 1) < 1e-10) }
        }
        #expect(throws: QuantizationError.self) { try IncoherentWeights(.zeros(4, 4), using: &generator) }
        #expect(throws: QuantizationError.self) { try IncoherentWeights([[1, .infinity]], using: &generator) }
    }

    /// H = [[1, r], [r, 1]]: the second column is rounded alone, the first with r times its error added.
    @Test func feedbackByHand() throws {
        let quantizer = try LloydMaxQuantizer(bits: 2)
        let weights: Matrix = [[0.9, 0.2], [-0.3, 1.2], [0.05, -2]]
        let found = try quantizeWithFeedback(
            weights, hessian: [[1, 0.8], [0.8, 1]], quantizer: quantizer, blockColumns: 1)
        func rounded(_ value: Double) -> Double { quantizer.levels.min { abs($0 - value) < abs($1 - value) } ?? .nan }
        for row in 0..<3 {
            let second = rounded(weights[row, 1])
            #expect(found[row, 1] == second)
            #expect(found[row, 0] == rounded(weights[row, 0] + 0.8 * (weights[row, 1] - second)))
        }
        #expect(throws: QuantizationError.self) {
            try quantizeWithFeedback(weights, hessian: [[1, 2], [2, 1]], quantizer: quantizer, blockColumns: 1)
        }
        #expect(throws: QuantizationError.self) {
            try quantizeWithFeedback(weights, hessian: [[1, 0], [0, 1]], quantizer: quantizer, blockColumns: 3)
        }
    }

    /// Without correlations nothing is fed back; with them the loss tr(E H Eᵀ) falls.
    @Test func feedbackLowersTheLoss() throws {
        var generator = Philox(seed: 9)
        let weights = generator.normalMatrix(rows: 64, columns: 64)
        let table = try TrellisTable.gaussian(stateBits: 8, using: &generator)
        let trellis = try TrellisQuantizer(TrellisCode(table, bitsPerStep: 4))
        let plain = try trellis.quantize(weights).values
        #expect(try quantizeWithFeedback(weights, hessian: .identity(64), quantizer: trellis) == plain)
        let hessian = Matrix(rows: 64, columns: 64) { pow(0.9, abs(Double($0 - $1))) }
        let fed = try quantizeWithFeedback(weights, hessian: hessian, quantizer: trellis)
        func loss(_ values: Matrix) -> Double { ((values - weights) * hessian * (values - weights).transposed).trace }
        #expect(loss(fed) < 0.95 * loss(plain))
    }
}
