/// The network simplex method on the complete bipartite network of a transport problem.
///
/// Sources are the nodes 0 ..< n, targets n ..< n + m; arc i·m + j goes from source i to target n + j.
final class TransportSimplex {
    let costs: Matrix
    let tree: SpanningTreeBasis
    private(set) var pivots = 0
    private let sources: Int
    private let targets: Int

    /// Builds the first tree.
    ///
    /// - Parameters:
    ///   - costs: sources × targets.
    ///   - supply: positive whole numbers.
    ///   - demand: positive whole numbers with the same sum.
    init(costs: Matrix, supply: [Double], demand: [Double]) {
        self.costs = costs
        sources = costs.rows
        targets = costs.columns
        tree = SpanningTreeBasis(count: sources + targets)
        buildFirstTree(supply, demand)
    }

    /// The flow on every tree arc.
    var flows: [(row: Int, column: Int, amount: Double)] {
        (0..<tree.count).compactMap { node in
            let entry = tree.nodes[node]
            guard entry.parent >= 0 else { return nil }
            return (entry.arc / targets, entry.arc % targets, entry.flow)
        }
    }

    /// Each source fills its cheapest targets that still want something; the pieces so found are joined
    /// by empty arcs that point towards the root, which makes the tree strongly feasible.
    private func buildFirstTree(_ supply: [Double], _ demand: [Double]) {
        let (n, m) = (sources, targets)
        var wanted = demand
        var arcsOfNode = [[(arc: Int, flow: Double)]](repeating: [], count: n + m)
        costs.withUnsafeBufferPointer { costs in
            var open = Array(0..<m)
            for i in 0..<n {
                var left = supply[i]
                while left > 0, !open.isEmpty {
                    var place = 0
                    var lowest = Double.infinity
                    for index in open.indices where costs[i * m + open[index]] < lowest {
                        lowest = costs[i * m + open[index]]
                        place = index
                    }
                    let j = open[place]
                    let flow = min(left, wanted[j])
                    left -= flow
                    wanted[j] -= flow
                    if wanted[j] == 0 {
                        open.swapAt(place, open.count - 1)
                        open.removeLast()
                    }
                    arcsOfNode[i].append((i * m + j, flow))
                    arcsOfNode[n + j].append((i * m + j, flow))
                }
            }
        }
        // Pieces in the order of their first source. The first holds the root, source 0; every later one hangs
        // by an empty arc from one of its sources to a target seen before.
        var seen = [Bool](repeating: false, count: n + m)
        var seenTargets: [Int] = []
        for start in 0..<n where !seen[start] {
            if start > 0 {
                let j = seenTargets.min { costs[start, $0] < costs[start, $1] } ?? 0
                tree.attach(
                    start, to: n + j, arc: start * m + j, isUp: true, flow: 0, cost: costs[start, j],
                    capacity: .infinity)
            }
            seen[start] = true
            var stack = [start]
            while let node = stack.popLast() {
                if node >= n { seenTargets.append(node - n) }
                for (arc, flow) in arcsOfNode[node] {
                    let (i, j) = (arc / m, arc % m)
                    let other = node < n ? n + j : i
                    if seen[other] { continue }
                    seen[other] = true
                    tree.attach(
                        other, to: node, arc: arc, isUp: other < n, flow: flow, cost: costs[i, j],
                        capacity: .infinity)
                    stack.append(other)
                }
            }
        }
        tree.refresh(from: 0)
    }

    /// Pivots until no arc has a negative reduced cost.
    func solve() {
        let (n, m) = (sources, targets)
        let total = n * m
        let block = max(Int(Double(total).squareRoot() * 2), 16)
        costs.withUnsafeBufferPointer { costs in
            guard let costs = costs.baseAddress else { return }
            let potential = tree.potential
            var row = 0
            var column = 0
            var sinceLastPivot = 0
            while sinceLastPivot < total {
                // The most negative reduced cost among the next `block` arcs, a piece of a row at a time.
                var best = 0.0
                var bestRow = -1
                var bestColumn = 0
                var left = min(block, total - sinceLastPivot)
                sinceLastPivot += left
                while left > 0 {
                    let length = min(left, m - column)
                    let line = costs + row * m + column
                    let targetPotential = potential + n + column
                    let own = potential[row]
                    let lowest = Self.lowestDifference(line, targetPotential, length) + own
                    if lowest < best {
                        // Ties and rounding: the first that reaches the value.
                        for k in 0..<length where line[k] - targetPotential[k] + own <= lowest {
                            let size = max(abs(line[k]), max(abs(own), abs(targetPotential[k])))
                            // Below this it is rounding of the potentials, not an improvement.
                            if lowest < -8 * Double.ulpOfOne * size {
                                best = lowest
                                bestRow = row
                                bestColumn = column + k
                            }
                            break
                        }
                    }
                    left -= length
                    column += length
                    if column == m {
                        column = 0
                        row = row + 1 == n ? 0 : row + 1
                    }
                }
                if bestRow < 0 { continue }
                let arc = bestRow * m + bestColumn
                _ = tree.pivot(
                    arc: arc, source: bestRow, target: n + bestColumn, cost: costs[arc], capacity: .infinity,
                    fromFull: false)
                pivots += 1
                sinceLastPivot = 0
            }
        }
    }

    /// min_k (x_k − y_k).
    @inline(__always)
    private static func lowestDifference(
        _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int
    ) -> Double {
        var lowest = Double.infinity
        var k = 0
        if count >= 8 {
            var first = SIMD4<Double>(repeating: .infinity)
            var second = first
            while k + 8 <= count {
                let a = SIMD4(loading: x + k) - SIMD4(loading: y + k)
                let b = SIMD4(loading: x + k + 4) - SIMD4(loading: y + k + 4)
                first.replace(with: a, where: a .< first)
                second.replace(with: b, where: b .< second)
                k += 8
            }
            lowest = min(first.min(), second.min())
        }
        while k < count {
            lowest = min(lowest, x[k] - y[k])
            k += 1
        }
        return lowest
    }
}
