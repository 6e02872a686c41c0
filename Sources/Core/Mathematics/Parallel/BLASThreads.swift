import COpenBLAS
import Synchronization

/// How many threads OpenBLAS may use.
///
/// Its count is one number for the whole process. While Swift threads work in parallel it is held at
/// one: every thread then runs its own product, no two fight for the cores, and the bits of a product
/// do not depend on how many cores there are.
///
/// Outside, OpenBLAS cuts large products by its count of threads, and their last bits follow it. Who computes on several
/// Swift threads at once without `parallelMap` and needs the same bits in every run holds the count himself, with
/// `withSingleThread` around all of it or `OPENBLAS_NUM_THREADS=1` in the environment.
public enum BLASThreads {
    private static let limit = Mutex<(depth: Int, saved: Int32)>((0, 1))

    /// Calls `body` while OpenBLAS is held at one thread.
    public static func withSingleThread<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        limit.withLock { state in
            if state.depth == 0 {
                state.saved = openblas_get_num_threads()
                openblas_set_num_threads(1)
            }
            state.depth += 1
        }
        defer {
            limit.withLock { state in
                state.depth -= 1
                if state.depth == 0 { openblas_set_num_threads(state.saved) }
            }
        }
        return try body()
    }
}
