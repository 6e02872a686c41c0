/// The counter-based random number generator Philox4x32-10.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Block number
/// `i` of a stream is a keyed bijection of the counter `i`, so that any part of any stream can be had
/// at once: parallel work takes one stream per index and gets the same bits at any number of threads.
/// A stream holds 2⁶⁵ words of 64 bits.
///
/// ```swift
/// var generator = Philox(seed: 42)
/// let noise = generator.normalVector(count: 100)
/// var third = generator.stream(3)      // independent of `generator` and of `stream(2)`
/// ```
public struct Philox: RandomNumberGenerator, Sendable, Hashable {
    @usableFromInline let key: SIMD2<UInt32>
    @usableFromInline let stream: UInt64
    @usableFromInline var nextBlock: UInt64 = 0
    @usableFromInline var pending: UInt64 = 0
    @usableFromInline var hasPending = false

    /// A generator at the start of a stream.
    ///
    /// - Parameters:
    ///   - seed: the 64-bit key. Different seeds give unrelated numbers.
    ///   - stream: the upper half of the counter. Different streams of a seed never overlap.
    @inlinable
    public init(seed: UInt64, stream: UInt64 = 0) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.stream = stream
    }

    /// The next 64 random bits.
    @inlinable
    public mutating func next() -> UInt64 {
        if hasPending {
            hasPending = false
            return pending
        }
        let block = Self.block(counter: Self.counter(nextBlock, stream), key: key)
        nextBlock &+= 1
        pending = UInt64(block.w) << 32 | UInt64(block.z)
        hasPending = true
        return UInt64(block.y) << 32 | UInt64(block.x)
    }

    /// A generator of its own for item `index` of parallel work.
    ///
    /// It depends on this generator's seed and stream and on `index`, not on how much has been drawn.
    /// Key and stream of the new generator are 128 bits of cipher output, so that streams of streams
    /// collide with negligible probability.
    public func stream(_ index: UInt64) -> Philox {
        // A key never used to draw numbers keeps the derivation apart from the numbers.
        let derivationKey = SIMD2(key.x ^ 0x5851_F42D, key.y ^ 0x4C95_7F2D)
        let block = Self.block(counter: Self.counter(index, stream), key: derivationKey)
        return Philox(
            seed: UInt64(block.y) << 32 | UInt64(block.x), stream: UInt64(block.w) << 32 | UInt64(block.z))
    }

    /// A generator of its own for item `index` of parallel work.
    public func stream(_ index: Int) -> Philox { stream(UInt64(bitPattern: Int64(index))) }

    /// Draws a key and returns a generator independent of everything this one draws later.
    public mutating func split() -> Philox { stream(next()) }

    @inlinable
    static func counter(_ block: UInt64, _ stream: UInt64) -> SIMD4<UInt32> {
        SIMD4(
            UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    }

    /// The bijection itself: ten rounds of Philox4x32 on a counter under a key.
    @inlinable
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (x, y, z, w) = (counter.x, counter.y, counter.z, counter.w)
        var (firstKey, secondKey) = (key.x, key.y)
        for _ in 0..<10 {
            let first = 0xD251_1F53 &* UInt64(x)
            let second = 0xCD9E_8D57 &* UInt64(z)
            let newX = UInt32(truncatingIfNeeded: second >> 32) ^ y ^ firstKey
            let newZ = UInt32(truncatingIfNeeded: first >> 32) ^ w ^ secondKey
            y = UInt32(truncatingIfNeeded: second)
            w = UInt32(truncatingIfNeeded: first)
            x = newX
            z = newZ
            firstKey &+= 0x9E37_79B9
            secondKey &+= 0xBB67_AE85
        }
        return SIMD4(x, y, z, w)
    }
}
