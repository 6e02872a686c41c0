import Glibc
import Synchronization

/// Blocks of memory that were given back, kept for the next request of their size.
///
/// Training asks for the same few hundred blocks over and over. The C library returns large ones to
/// the system each time and the system clears them again, which can take as long as the arithmetic; here
/// they wait for their next use. What is kept is bounded, and contents are never reused.
enum StoragePool {
    /// Blocks below this size come quickly from the C library.
    private static let smallest = 1 << 14
    /// Larger blocks are rare, and too much memory to hold back.
    private static let largest = 1 << 26
    /// Below this size small pages do.
    private static let hugePagesFrom = 1 << 22
    /// All that is ever kept.
    private static let limit = 1 << 28

    private struct Kept: ~Copyable {
        var blocks = [[UInt]](repeating: [], count: 128)
        var bytes = 0
    }

    private static let kept = Mutex(Kept())

    /// The size class of a request: four to each power of two, so that at most a fifth is left over; nil for
    /// sizes that are not kept.
    static func sizeClass(of bytes: Int) -> (index: Int, bytes: Int)? {
        guard bytes >= smallest, bytes <= largest else { return nil }
        let power = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
        let quarter = 1 << (power - 2)
        let steps = (bytes - (1 << power) + quarter - 1) / quarter
        let (shift, rest) = steps == 4 ? (power + 1, 0) : (power, steps)
        return ((shift - 13) * 4 + rest, (1 << shift) + rest * (1 << (shift - 2)))
    }

    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard let (index, size) = sizeClass(of: bytes) else {
            return fresh(bytes)
        }
        // Never waits: a process that was forked while another thread held the lock must go on.
        let address = kept.withLockIfAvailable { kept -> UInt? in
            guard let address = kept.blocks[index].popLast() else { return nil }
            kept.bytes -= size
            return address
        }
        if let address, let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
        return fresh(size)
    }

    /// Memory from the C library. A large block is asked for in huge pages, as NumPy asks for its arrays: what reads it
    /// once, such as a product with a vector, is limited by memory and takes up to a quarter longer in small ones. A
    /// system that does not grant them changes nothing.
    private static func fresh(_ bytes: Int) -> UnsafeMutableRawPointer {
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: Swift.max(bytes, 1), alignment: 64)
        if bytes >= hugePagesFrom {
            let address = UInt(bitPattern: pointer), page: UInt = 4096
            let start = (address + page - 1) / page * page
            madvise(UnsafeMutableRawPointer(bitPattern: start), bytes - Int(start - address), MADV_HUGEPAGE)
        }
        return pointer
    }

    static func deallocate(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
        if let (index, size) = sizeClass(of: bytes) {
            let isKept = kept.withLockIfAvailable { kept in
                guard kept.bytes + size <= limit else { return false }
                kept.blocks[index].append(UInt(bitPattern: pointer))
                kept.bytes += size
                return true
            }
            if isKept == true { return }
        }
        pointer.deallocate()
    }
}
