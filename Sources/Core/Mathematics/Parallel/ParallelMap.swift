import Foundation
import Synchronization

/// Computes `body(0)`, …, `body(count − 1)` on several threads and returns the results in order.
///
/// Indices are handed out in order, one at a time, so that unequal work spreads evenly. A result depends
/// on its index alone: give each index its own generator (`generator.stream(index)`) and the bits are
/// the same at any number of threads. OpenBLAS is held at one thread meanwhile.
///
/// The threads are made for the call and joined before it returns, rather than taken from Dispatch: a
/// process that was forked keeps none of Dispatch's threads.
///
/// - Parameters:
///   - count: how many results.
///   - maximumThreads: at most so many threads; by default the number of processors.
///   - body: computes one result.
/// - Throws: the error of the lowest index that failed.
public func parallelMap<R: Sendable, E: Error>(
    _ count: Int, maximumThreads: Int? = nil, _ body: @escaping @Sendable (Int) throws(E) -> R
) throws(E) -> [R] {
    precondition(count >= 0, "cannot compute \(count) results")
    let threads = min(count, max(1, maximumThreads ?? ProcessInfo.processInfo.activeProcessorCount))
    let work = ParallelWork<R, E>(count: count, body: body)
    BLASThreads.withSingleThread {
        let finished = DispatchSemaphore(value: 0)
        for _ in 1..<max(threads, 1) {
            let thread = Thread {
                work.run()
                finished.signal()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        work.run()
        for _ in 1..<max(threads, 1) { finished.wait() }
    }
    var results: [R] = []
    results.reserveCapacity(count)
    for index in 0..<count {
        switch work.results[index] {
        case .success(let value): results.append(value)
        case .failure(let error): throw error
        case nil: preconditionFailure("result \(index) was not computed although none before it failed")
        }
    }
    return results
}

extension RandomAccessCollection where Self: Sendable, Index == Int {
    /// The results of `transform` on every element, computed on several threads, in order.
    public func parallelMap<R: Sendable, E: Error>(
        maximumThreads: Int? = nil, _ transform: @escaping @Sendable (Element) throws(E) -> R
    ) throws(E) -> [R] {
        try Mathematics.parallelMap(count, maximumThreads: maximumThreads) { (offset: Int) throws(E) -> R in
            try transform(self[startIndex + offset])
        }
    }
}

/// The indices still to be computed, and a place for each result.
private final class ParallelWork<R: Sendable, E: Error>: @unchecked Sendable {
    // Unchecked: each place is written by the one thread that was handed its index, and read after all
    // threads have finished.
    let results: UnsafeMutablePointer<Result<R, E>?>
    private let count: Int
    private let body: @Sendable (Int) throws(E) -> R
    private let next = Atomic<Int>(0)
    private let failed = Atomic<Bool>(false)

    init(count: Int, body: @escaping @Sendable (Int) throws(E) -> R) {
        self.count = count
        self.body = body
        results = .allocate(capacity: max(count, 1))
        results.initialize(repeating: nil, count: count)
    }

    deinit {
        results.deinitialize(count: count)
        results.deallocate()
    }

    /// Computes results until there are none left or one has failed. Since indices are handed out in
    /// order, all before a failed one are computed, and the lowest failure is always the same.
    func run() {
        while !failed.load(ordering: .relaxed) {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            do throws(E) {
                results[index] = .success(try body(index))
            } catch {
                results[index] = .failure(error)
                failed.store(true, ordering: .relaxed)
            }
        }
    }
}
