/// The basis of the network simplex method: a spanning tree with a flow on every tree arc.
///
/// The tree is strongly feasible (Cunningham, "A network simplex method", 1976): from every node a
/// positive amount could still be sent to the root. The rule for the leaving arc keeps it so, and with
/// it no sequence of degenerate pivots can cycle. The potentials satisfy π_target = π_source + cost on
/// tree arcs and are recomputed from the costs wherever the tree changes, so that rounding does not add up.
final class SpanningTreeBasis {
    struct Node {
        var parent: Int32 = -1
        var firstChild: Int32 = -1
        var next: Int32 = -1
        var previous: Int32 = -1
        var depth: Int32 = 0
        /// Whether the arc to the parent leaves from this node.
        var isUp: Bool = false
        /// The arc to the parent, its flow, cost and capacity.
        var arc: Int = -1
        var flow: Double = 0
        var cost: Double = 0
        var capacity: Double = .infinity
    }

    enum Leaving {
        /// A tree arc left, empty or full.
        case treeArc(Int, isFull: Bool)
        /// The entering arc went from one of its bounds to the other.
        case enteringArc
        /// Nothing limits the flow around the cycle.
        case nothing
    }

    let count: Int
    let nodes: UnsafeMutablePointer<Node>
    let potential: UnsafeMutablePointer<Double>

    init(count: Int) {
        self.count = count
        nodes = .allocate(capacity: count)
        nodes.initialize(repeating: Node(), count: count)
        potential = .allocate(capacity: count)
        potential.initialize(repeating: 0, count: count)
    }

    deinit {
        nodes.deallocate()
        potential.deallocate()
    }

    func attach(
        _ child: Int, to parent: Int, arc: Int, isUp: Bool, flow: Double, cost: Double, capacity: Double
    ) {
        let node = nodes + child
        node.pointee.arc = arc
        node.pointee.isUp = isUp
        node.pointee.flow = flow
        node.pointee.cost = cost
        node.pointee.capacity = capacity
        node.pointee.parent = Int32(parent)
        node.pointee.previous = -1
        let sibling = nodes[parent].firstChild
        node.pointee.next = sibling
        if sibling >= 0 { nodes[Int(sibling)].previous = Int32(child) }
        nodes[parent].firstChild = Int32(child)
    }

    private func detach(_ child: Int) {
        let (previous, next) = (nodes[child].previous, nodes[child].next)
        if previous >= 0 {
            nodes[Int(previous)].next = next
        } else {
            nodes[Int(nodes[child].parent)].firstChild = next
        }
        if next >= 0 { nodes[Int(next)].previous = previous }
    }

    /// Recomputes depths and potentials below `top` from its parent, or from 0 at the root.
    func refresh(from top: Int) {
        var current = top
        while true {
            let node = nodes + current
            let parent = Int(node.pointee.parent)
            if parent >= 0 {
                node.pointee.depth = nodes[parent].depth + 1
                potential[current] =
                    node.pointee.isUp ? potential[parent] - node.pointee.cost : potential[parent] + node.pointee.cost
            }
            if node.pointee.firstChild >= 0 {
                current = Int(node.pointee.firstChild)
                continue
            }
            while current != top, nodes[current].next < 0 { current = Int(nodes[current].parent) }
            if current == top { return }
            current = Int(nodes[current].next)
        }
    }

    /// Sends flow around the cycle that an arc closes, and exchanges it for the arc that blocks.
    ///
    /// - Parameter fromFull: whether the arc is at its capacity and its flow falls.
    func pivot(
        arc: Int, source: Int, target: Int, cost: Double, capacity: Double, fromFull: Bool
    ) -> Leaving {
        let (first, second) = fromFull ? (target, source) : (source, target)
        // The node where the two paths to the root meet.
        var (a, b) = (first, second)
        while a != b {
            if nodes[a].depth >= nodes[b].depth { a = Int(nodes[a].parent) } else { b = Int(nodes[b].parent) }
        }
        let join = a
        // Of the blocking arcs the last one in the direction of the flow, seen from the join.
        var change = capacity
        var out = -1
        var outIsOnFirst = false
        a = first
        while a != join {
            let node = nodes + a
            let room = node.pointee.isUp ? node.pointee.flow : node.pointee.capacity - node.pointee.flow
            if room < change {
                change = room
                out = a
                outIsOnFirst = true
            }
            a = Int(node.pointee.parent)
        }
        b = second
        while b != join {
            let node = nodes + b
            let room = node.pointee.isUp ? node.pointee.capacity - node.pointee.flow : node.pointee.flow
            if room <= change {
                change = room
                out = b
                outIsOnFirst = false
            }
            b = Int(node.pointee.parent)
        }
        if change == .infinity { return .nothing }
        if change > 0 {
            a = first
            while a != join {
                nodes[a].flow += nodes[a].isUp ? -change : change
                a = Int(nodes[a].parent)
            }
            b = second
            while b != join {
                nodes[b].flow += nodes[b].isUp ? change : -change
                b = Int(nodes[b].parent)
            }
        }
        if out < 0 { return .enteringArc }

        let top = outIsOnFirst ? first : second
        var child = top
        var parent = outIsOnFirst ? second : first
        var entering = Node()
        entering.arc = arc
        entering.isUp = child == source
        entering.flow = fromFull ? capacity - change : change
        entering.cost = cost
        entering.capacity = capacity
        while true {
            let old = nodes[child]
            detach(child)
            attach(
                child, to: parent, arc: entering.arc, isUp: entering.isUp, flow: entering.flow,
                cost: entering.cost, capacity: entering.capacity)
            if child == out {
                refresh(from: top)
                // Exactly one bound is reached; an arc without room at all counts as empty.
                return .treeArc(old.arc, isFull: old.flow > 0 && old.flow >= old.capacity)
            }
            parent = child
            child = Int(old.parent)
            entering = old
            entering.isUp.toggle()
        }
    }
}
