/// A set of the columns of one row that gives them back in order without sorting.
///
/// One bit a column, and one bit for each 64 of these, so that empty stretches are passed over 4096 columns at a
/// time.
@usableFromInline
struct ColumnSet {
    @usableFromInline var words: [UInt64]
    @usableFromInline var summary: [UInt64]

    /// An empty set of columns below `count`.
    @inlinable
    init(count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
        summary = [UInt64](repeating: 0, count: (words.count + 63) / 64)
    }

    /// Adds a column; whether it was not there before.
    @inlinable
    mutating func insert(_ column: Int) -> Bool {
        let word = column &>> 6, bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: column & 63)
        let old = words[word]
        guard old & bit == 0 else { return false }
        words[word] = old | bit
        if old == 0 { summary[word &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: word & 63) }
        return true
    }

    /// Empties the set, from the first column to the last.
    @inlinable
    mutating func removeAll(_ body: (Int) -> Void) {
        for block in summary.indices where summary[block] != 0 {
            var rest = summary[block]
            summary[block] = 0
            while rest != 0 {
                let word = block &* 64 &+ rest.trailingZeroBitCount
                rest &= rest &- 1
                var bits = words[word]
                words[word] = 0
                while bits != 0 {
                    body(word &* 64 &+ bits.trailingZeroBitCount)
                    bits &= bits &- 1
                }
            }
        }
    }
}
