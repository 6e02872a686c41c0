import Mathematics
import Testing

@Suite struct ParallelMapTests {
    struct Failure: Error, Equatable { let index: Int }

    @Test func resultsAreInOrderAndTheSameBitsAtAnyNumberOfThreads() {
        let generator = Philox(seed: 3)
        @Sendable func work(_ index: Int) -> Double {
            var own = generator.stream(index)
            let matrix = own.normalMatrix(rows: 40 + index % 7 * 30, columns: 50)
            return matrix.columnGram.frobeniusNorm
        }
        let serial = (0..<40).map { index in BLASThreads.withSingleThread { work(index) } }
        for threads in [1, 2, 5] {
            #expect(parallelMap(40, maximumThreads: threads, work) == serial)
        }
        #expect(Array(5..<9).parallelMap { $0 * $0 } == [25, 36, 49, 64])
        #expect(parallelMap(0) { $0 } == [])
    }

    @Test func theLowestFailureIsThrown() {
        for threads in [1, 2, 4] {
            #expect(throws: Failure(index: 17)) {
                try parallelMap(100, maximumThreads: threads) { (index: Int) throws(Failure) -> Int in
                    if index >= 17, index % 2 == 1 { throw Failure(index: index) }
                    return index
                }
            }
        }
    }
}
