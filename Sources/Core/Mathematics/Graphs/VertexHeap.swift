/// Vertices by distance, the nearest first: a binary heap of entries that may be out of date.
struct VertexHeap {
    private var entries: [(key: Double, vertex: Int)] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func insert(_ vertex: Int, _ key: Double) {
        entries.append((key, vertex))
        var place = entries.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            if !Self.precedes(entries[place], entries[parent]) { break }
            entries.swapAt(place, parent)
            place = parent
        }
    }

    mutating func removeFirst() -> (key: Double, vertex: Int)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= entries.count { break }
            if child + 1 < entries.count, Self.precedes(entries[child + 1], entries[child]) { child += 1 }
            if !Self.precedes(entries[child], entries[place]) { break }
            entries.swapAt(place, child)
            place = child
        }
        return first
    }

    private static func precedes(_ a: (key: Double, vertex: Int), _ b: (key: Double, vertex: Int)) -> Bool {
        a.key < b.key || (a.key == b.key && a.vertex < b.vertex)
    }
}
