/// A set of the columns of one row that gives them back in order without sorting.
///
/// One bit a column, and one bit for each 64 of these, so that empty stretches are passed over 4096 columns at a
/// time. The bits are shared by copies: it is a working memory, not a value to hand on.
@usableFromInline
struct ColumnSet {
    @usableFromInline let words: Storage<UInt64>
    @usableFromInline let summary: Storage<UInt64>

    /// An empty set of columns below `count`.
    @inlinable
    init(count: Int) {
        words = Storage(repeating: 0, count: (count + 63) / 64)
        summary = Storage(repeating: 0, count: (words.count + 63) / 64)
    }

    /// Adds a column, which is in range; whether it was not there before.
    @inlinable
    func insert(_ column: Int) -> Bool {
        let word = column &>> 6, bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: column & 63)
        let old = words.pointer[word]
        guard old & bit == 0 else { return false }
        words.pointer[word] = old | bit
        if old == 0 { summary.pointer[word &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: word & 63) }
        return true
    }

    /// Empties the set, from the first column to the last.
    @inlinable
    func removeAll(_ body: (Int) -> Void) {
        for block in 0..<summary.count {
            var rest = summary.pointer[block]
            guard rest != 0 else { continue }
            summary.pointer[block] = 0
            while rest != 0 {
                let word = block &* 64 &+ rest.trailingZeroBitCount
                rest &= rest &- 1
                var bits = words.pointer[word]
                words.pointer[word] = 0
                while bits != 0 {
                    body(word &* 64 &+ bits.trailingZeroBitCount)
                    bits &= bits &- 1
                }
            }
        }
    }
}

extension Storage {
    /// Memory for more scalars, with the first `kept` of these.
    @inlinable
    func grown(to count: Int, keeping kept: Int) -> Storage {
        let result = Storage(uninitializedCount: count)
        result.pointer.initialize(from: pointer, count: kept)
        return result
    }
}
