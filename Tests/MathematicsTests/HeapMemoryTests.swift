import Mathematics
import Testing

/// A hundred thousand small blocks count, and are gone again afterwards. In a process of its own, since other tests take
/// memory, too.
@Test func heapMemoryGrowsAndFalls() async {
    await #expect(processExitsWith: .success) {
        let before = heapBytesInUse() ?? 0
        var blocks: [Vector] = (0..<100_000).map { Vector(repeating: Double($0), count: 50) }
        let full = heapBytesInUse() ?? 0
        #expect(blocks.count == 100_000)
        #expect(full - before > 100_000 * 400 && full - before < 100_000 * 1200, "\(full - before)")
        blocks.removeAll()
        let after = heapBytesInUse() ?? 0
        #expect(after - before < 1_000_000, "\(after - before)")
    }
}
