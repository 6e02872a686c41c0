extension RandomNumberGenerator {
    /// Puts the elements in a uniformly random order (Fisher and Yates). O(n).
    @inlinable
    public mutating func shuffle<C: MutableCollection & RandomAccessCollection>(_ elements: inout C) {
        var remaining = elements.count
        while remaining > 1 {
            let chosen = integer(below: remaining)
            remaining -= 1
            elements.swapAt(
                elements.index(elements.startIndex, offsetBy: chosen),
                elements.index(elements.startIndex, offsetBy: remaining))
        }
    }

    /// A uniformly random order of 0 ..< count.
    @inlinable
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        shuffle(&order)
        return order
    }

    /// `count` different integers below `bound`, every ordered choice equally likely.
    ///
    /// O(count) memory and time: the shuffle of 0 ..< bound, of which only the touched places are kept.
    public mutating func sample(_ count: Int, withoutReplacementBelow bound: Int) -> [Int] {
        precondition(
            count >= 0 && count <= bound, "cannot draw \(count) different integers below \(bound)")
        var moved: [Int: Int] = [:]
        return (0..<count).map { place in
            let chosen = integer(in: place..<bound)
            let value = moved[chosen] ?? chosen
            moved[chosen] = moved[place] ?? place
            return value
        }
    }

    /// `count` elements of a collection, each drawn uniformly and independently.
    public mutating func sample<C: RandomAccessCollection>(_ count: Int, withReplacementFrom elements: C) -> [C.Element] {
        precondition(!elements.isEmpty || count == 0, "cannot draw \(count) elements from an empty collection")
        return (0..<count).map { _ in
            elements[elements.index(elements.startIndex, offsetBy: integer(below: elements.count))]
        }
    }

    /// An index drawn with probability proportional to its weight. O(n).
    @inlinable
    public mutating func index(weightedBy weights: some Collection<Double>) -> Int {
        let total = weights.reduce(0, +)
        precondition(
            total > 0 && total < .infinity && weights.allSatisfy { $0 >= 0 },
            "weights must be non-negative with a positive finite sum, got a sum of \(total)")
        var remaining = uniform() * total
        var last = 0
        for (index, weight) in weights.enumerated() where weight > 0 {
            if remaining < weight { return index }
            remaining -= weight
            last = index
        }
        // Rounding can leave a sliver past the last weight.
        return last
    }

    /// `count` different indices, drawn one after another with probability proportional to the weights of those
    /// that are left.
    ///
    /// Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006: the order of exponential
    /// numbers divided by the weights is that of such draws. O(n log n).
    ///
    /// - Parameters:
    ///   - count: at most the number of positive weights.
    ///   - weights: non-negative and finite.
    /// - Returns: the indices in the order in which they were drawn.
    public mutating func sample(
        _ count: Int, withoutReplacementWeightedBy weights: some Collection<Double>
    ) -> [Int] {
        var arrivals: [(time: Double, index: Int)] = []
        for (index, weight) in weights.enumerated() {
            precondition(weight >= 0 && weight < .infinity, "weight \(index) is \(weight): expected non-negative and finite")
            // A logarithm, so that tiny weights do not make the time infinite.
            if weight > 0 {
                let time = PortableFunctions.logarithm(exponential()) - PortableFunctions.logarithm(weight)
                arrivals.append((time, index))
            }
        }
        precondition(
            count >= 0 && count <= arrivals.count,
            "cannot draw \(count) different indices from \(arrivals.count) with positive weight")
        arrivals.sort { ($0.time, $0.index) < ($1.time, $1.index) }
        return arrivals.prefix(count).map(\.index)
    }

    /// The elements of a collection in a uniformly random order.
    @inlinable
    public mutating func shuffled<S: Sequence>(_ elements: S) -> [S.Element] {
        var result = Array(elements)
        shuffle(&result)
        return result
    }
}
