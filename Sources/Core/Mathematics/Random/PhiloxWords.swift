/// The coming words of a Philox generator, made sixteen at a time.
///
/// Bulk fills draw from this instead of from the generator: eight blocks side by side keep the vector units
/// busy, where one block after another waits for its own multiplications. The words are those of
/// `Philox.next()`, and `consumed` tells how far to move the generator on, so that nobody can see which way
/// the numbers came.
@usableFromInline
struct PhiloxWords: RandomNumberGenerator {
    @usableFromInline let key: SIMD2<UInt32>
    @usableFromInline let stream: UInt64
    @usableFromInline var nextBlock: UInt64
    @usableFromInline var position: Int
    @usableFromInline let words: UnsafeMutablePointer<UInt64>

    /// How many words `words` must have room for.
    @usableFromInline static let capacity = 16

    @inlinable
    init(_ generator: Philox, words: UnsafeMutablePointer<UInt64>) {
        key = generator.key
        stream = generator.stream
        nextBlock = generator.nextBlock
        position = Self.capacity
        self.words = words
        if generator.hasPending {
            position -= 1
            words[position] = generator.pending
        }
    }

    @inlinable
    mutating func next() -> UInt64 {
        if position == Self.capacity { refill() }
        defer { position += 1 }
        return words[position]
    }

    /// The generator after the words drawn so far.
    @inlinable
    func advanced(from generator: Philox) -> Philox {
        var result = generator
        let left = Self.capacity - position
        result.nextBlock = nextBlock &- UInt64(left / 2)
        result.hasPending = left % 2 == 1
        if nextBlock != generator.nextBlock {
            // Of a used-up block the second word stays behind, as in `Philox.next()`: equal states are equal values.
            result.pending = words[result.hasPending ? position : position - 1]
        }
        return result
    }

    @inline(never) @usableFromInline
    mutating func refill() {
        // Four blocks at a time fit into the sixteen registers of every x86-64 processor.
        fill(SIMD4(0, 1, 2, 3) &+ nextBlock, words)
        fill(SIMD4(4, 5, 6, 7) &+ nextBlock, words + 8)
        nextBlock &+= 8
        position = 0
    }

    @inline(__always)
    private func fill(_ blocks: SIMD4<UInt64>, _ words: UnsafeMutablePointer<UInt64>) {
        let mask = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
        var x = blocks & mask
        var y = blocks &>> 32
        var z = SIMD4<UInt64>(repeating: stream & 0xFFFF_FFFF)
        var w = SIMD4<UInt64>(repeating: stream >> 32)
        var (firstKey, secondKey) = (key.x, key.y)
        // The upper halves of the lanes may hold anything: products and results read the lower ones only.
        for _ in 0..<10 {
            let first = (x & mask) &* SIMD4(repeating: 0xD251_1F53)
            let second = (z & mask) &* SIMD4(repeating: 0xCD9E_8D57)
            x = (second &>> 32) ^ y ^ SIMD4(repeating: UInt64(firstKey))
            z = (first &>> 32) ^ w ^ SIMD4(repeating: UInt64(secondKey))
            y = second
            w = first
            firstKey &+= 0x9E37_79B9
            secondKey &+= 0xBB67_AE85
        }
        let low = y &<< 32 | (x & mask)
        let high = w &<< 32 | (z & mask)
        for lane in 0..<4 {
            words[2 * lane] = low[lane]
            words[2 * lane + 1] = high[lane]
        }
    }
}

extension Philox {
    /// Calls `body` with a faster source of this generator's words, and moves on by as many as it drew.
    @inlinable
    mutating func withBufferedWords(_ body: (inout PhiloxWords) -> Void) {
        let generator = self
        self = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: PhiloxWords.capacity) { memory in
            // The allocation has the room asked for, so its address exists.
            guard let base = memory.baseAddress else { return generator }
            var words = PhiloxWords(generator, words: base)
            body(&words)
            return words.advanced(from: generator)
        }
    }
}
