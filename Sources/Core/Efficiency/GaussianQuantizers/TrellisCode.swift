import Mathematics

/// The bit-shift trellis: a shift register of L bits into which every step shifts k new bits and which then emits the
/// pair of its state (TCQ in q-palette, arXiv:2509.20214, after QTIP, arXiv:2406.11235).
///
/// The code of a sequence is its bits alone. It bites its tail: the bits before the first step are the last of the
/// sequence, so that n steps take exactly n · k bits.
public struct TrellisCode: Sendable {
    /// What the states emit.
    public let table: TrellisTable
    /// k: the bits of a step, for two numbers.
    public let bitsPerStep: Int

    /// - Parameters:
    ///   - table: what the states emit.
    ///   - bitsPerStep: 1 ... the bits of a state. With as many, the register remembers nothing.
    /// - Throws: `QuantizationError.invalidArgument` for other bits.
    public init(_ table: TrellisTable, bitsPerStep: Int) throws(QuantizationError) {
        try QuantizationError.require(
            1...table.stateBits ~= bitsPerStep, "bitsPerStep", bitsPerStep,
            "1 ... \(table.stateBits), the bits of a state")
        self.table = table
        self.bitsPerStep = bitsPerStep
    }

    /// The bits of each step whose sequence of emitted pairs is near to given numbers.
    ///
    /// Viterbi's algorithm finds the nearest sequence of a trellis with open ends. To bite the tail it runs twice: on
    /// the sequence rolled by a half, whose best path gives the bits that the ends share, and on the sequence itself
    /// with these bits fixed. O(2^L) a step.
    ///
    /// - Parameter sequence: finite numbers, two a step.
    /// - Returns: for each step k bits as a number.
    /// - Throws: `QuantizationError.invalidArgument` for an odd count, fewer steps than the register holds, or a number
    ///   that is not finite.
    public func encode(_ sequence: [Float]) throws(QuantizationError) -> [Int] {
        try QuantizationError.require(
            sequence.count.isMultiple(of: 2), "sequence", "\(sequence.count) numbers", "an even number")
        let steps = sequence.count / 2
        try QuantizationError.require(
            steps * bitsPerStep >= table.stateBits, "sequence", "\(sequence.count) numbers",
            "at least the \(table.stateBits) bits of a state")
        if let place = sequence.firstIndex(where: { !$0.isFinite }) {
            throw .invalidArgument(name: "sequence[\(place)]", value: "\(sequence[place])", expected: "a finite number")
        }
        let half = steps / 2
        let border = 2 * (steps - half)
        let rolled = Array(sequence[border...]) + Array(sequence[..<border])
        let shared = viterbi(rolled, shared: nil)[half] >> bitsPerStep
        return viterbi(sequence, shared: shared).map { $0 & ((1 << bitsPerStep) - 1) }
    }

    /// The numbers that the bits of the steps stand for.
    ///
    /// - Throws: `QuantizationError.invalidArgument` for bits that are no k bits, or too few of them.
    public func decode(_ bits: [Int]) throws(QuantizationError) -> [Float] {
        try QuantizationError.require(
            bits.count * bitsPerStep >= table.stateBits, "bits", "\(bits.count) steps",
            "at least the \(table.stateBits) bits of a state")
        for (index, step) in bits.enumerated() where !(0..<1 << bitsPerStep ~= step) {
            throw .invalidArgument(name: "bits[\(index)]", value: "\(step)", expected: "0 ..< \(1 << bitsPerStep)")
        }
        let mask = (1 << table.stateBits) - 1
        // The register before the first step holds the end of the sequence.
        var state = 0
        for step in bits.suffix((table.stateBits + bitsPerStep - 1) / bitsPerStep) {
            state = (state << bitsPerStep | step) & mask
        }
        var numbers: [Float] = []
        numbers.reserveCapacity(2 * bits.count)
        for step in bits {
            state = (state << bitsPerStep | step) & mask
            numbers.append(table.first[state])
            numbers.append(table.second[state])
        }
        return numbers
    }

    /// The states of the best path; the first one's older bits and the last one's newer bits are `shared`, if given.
    private func viterbi(_ sequence: [Float], shared: Int?) -> [Int] {
        let steps = sequence.count / 2, states = 1 << table.stateBits
        let branches = 1 << bitsPerStep, groups = states / branches
        // The cost of the best path to each state, and for the predecessors of each group of states the best branch.
        let costs = UnsafeMutablePointer<Float>.allocate(capacity: states)
        let best = UnsafeMutablePointer<Float>.allocate(capacity: groups)
        let choices = UnsafeMutablePointer<Int32>.allocate(capacity: groups * steps)
        defer {
            costs.deallocate()
            best.deallocate()
            choices.deallocate()
        }
        best.initialize(repeating: 0, count: groups)
        if let shared {
            for group in 0..<groups where group != shared { best[group] = .infinity }
        }
        return table.first.withUnsafeBufferPointer { first in
            table.second.withUnsafeBufferPointer { second in
                guard let first = first.baseAddress, let second = second.baseAddress else { return [] }
                costs.initialize(repeating: 0, count: states)
                for step in 0..<steps {
                    if step > 0 {
                        Self.reduce(costs, best, choices + step * groups, branches: branches, groups: groups)
                    }
                    Self.extend(
                        best, costs, first, second, sequence[2 * step], sequence[2 * step + 1], branches: branches,
                        groups: groups)
                }
                var last = 0
                var least = Float.infinity
                for state in 0..<states where shared == nil || state & (groups - 1) == shared {
                    if costs[state] < least { (last, least) = (state, costs[state]) }
                }
                var path = [Int](repeating: last, count: steps)
                for step in stride(from: steps - 1, to: 0, by: -1) {
                    let group = path[step] >> bitsPerStep
                    path[step - 1] = group + Int(choices[step * groups + group]) * groups
                }
                return path
            }
        }
    }

    /// The states g + j · groups, for all j, precede the states of group g: the least of their costs, and its j.
    private static func reduce(
        _ costs: UnsafeMutablePointer<Float>, _ best: UnsafeMutablePointer<Float>,
        _ choices: UnsafeMutablePointer<Int32>,
        branches: Int, groups: Int
    ) {
        var group = 0
        while group + 8 <= groups {
            let source = UnsafeRawPointer(costs + group)
            var least = source.loadUnaligned(as: SIMD8<Float>.self)
            var choice = SIMD8<Int32>(repeating: 0)
            for branch in 1..<max(branches, 1) {
                let other = (source + branch * groups * MemoryLayout<Float>.stride).loadUnaligned(as: SIMD8<Float>.self)
                let isLess = other .< least
                least.replace(with: other, where: isLess)
                choice.replace(with: Int32(branch), where: isLess)
            }
            UnsafeMutableRawPointer(best + group).storeBytes(of: least, as: SIMD8<Float>.self)
            UnsafeMutableRawPointer(choices + group).storeBytes(of: choice, as: SIMD8<Int32>.self)
            group += 8
        }
        while group < groups {
            var (least, choice) = (costs[group], Int32(0))
            for branch in 1..<max(branches, 1) where costs[group + branch * groups] < least {
                (least, choice) = (costs[group + branch * groups], Int32(branch))
            }
            (best[group], choices[group]) = (least, choice)
            group += 1
        }
    }

    /// Adds the squared distance of each state's pair to the cost of its predecessor.
    private static func extend(
        _ best: UnsafeMutablePointer<Float>, _ costs: UnsafeMutablePointer<Float>, _ first: UnsafePointer<Float>,
        _ second: UnsafePointer<Float>, _ x: Float, _ y: Float, branches: Int, groups: Int
    ) {
        for group in 0..<groups {
            let base = best[group]
            var state = group * branches
            let end = state + branches
            while state + 8 <= end {
                let dx = UnsafeRawPointer(first + state).loadUnaligned(as: SIMD8<Float>.self) - x
                let dy = UnsafeRawPointer(second + state).loadUnaligned(as: SIMD8<Float>.self) - y
                UnsafeMutableRawPointer(costs + state).storeBytes(of: base + dx * dx + dy * dy, as: SIMD8<Float>.self)
                state += 8
            }
            while state < end {
                let (dx, dy) = (first[state] - x, second[state] - y)
                costs[state] = base + dx * dx + dy * dy
                state += 1
            }
        }
    }
}
