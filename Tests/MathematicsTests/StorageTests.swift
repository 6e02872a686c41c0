import Mathematics
import Synchronization
import Testing

@Suite struct StorageTests {
    @Test func copiesOnlyWhenSomebodyElseHoldsTheMemory() {
        var vector: Vector = [1, 2, 3]
        let address = vector.storage.pointer
        vector[0] = 5
        #expect(vector.storage.pointer == address)
        let view = vector.storage
        vector[1] = 7
        #expect(vector.storage.pointer != address)
        #expect(Array(UnsafeBufferPointer(start: view.pointer, count: view.count)) == [5, 2, 3])
        #expect(vector == [5, 7, 3])
    }

    @Test func valuesDoNotSeeEachOthersChanges() {
        let first: Matrix = [[1, 2], [3, 4]]
        var second = first
        second[0, 1] = 9
        second += first
        #expect(first == [[1, 2], [3, 4]])
        #expect(second == [[2, 11], [6, 8]])
    }

    @Test func adoptedMemoryIsReleasedOnceAndNeverWrittenTo() {
        final class Counter: Sendable { let releases = Atomic<Int>(0) }
        let counter = Counter()
        let foreign = UnsafeMutablePointer<Double>.allocate(capacity: 4)
        foreign.initialize(repeating: 1, count: 4)
        defer { foreign.deallocate() }
        do {
            let storage = Storage(adopting: foreign, count: 4) {
                counter.releases.add(1, ordering: .relaxed)
            }
            var matrix = Matrix(rows: 2, columns: 2, storage: storage)
            #expect(matrix.storage.pointer == foreign)
            matrix[0, 0] = 3
            #expect(matrix[0, 0] == 3)
        }
        #expect(foreign[0] == 1)
        #expect(counter.releases.load(ordering: .relaxed) == 1)
    }
}
