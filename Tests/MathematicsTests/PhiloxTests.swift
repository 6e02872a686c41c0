import Mathematics
import Testing

@Suite struct PhiloxTests {
    /// Random123 1.14, tests/kat_vectors, the three lines "philox4x32 10".
    @Test func blocksAreThePublishedKnownAnswers() {
        #expect(
            Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
                == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox.block(
                counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
                key: SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func theSequenceIsTheBlocksInOrder() {
        var generator = Philox(seed: 0)
        #expect(generator.next() == 0xe169_c58d_6627_e8d5)
        #expect(generator.next() == 0x9b00_dbd8_bc57_ac4c)
        let block = Philox.block(counter: SIMD4(1, 0, 0, 0), key: SIMD2(repeating: 0))
        #expect(generator.next() == UInt64(block.y) << 32 | UInt64(block.x))
        var stream = Philox(seed: 1 << 32 | 2, stream: 3 << 32 | 4)
        let first = Philox.block(counter: SIMD4(0, 0, 4, 3), key: SIMD2(2, 1))
        #expect(stream.next() == UInt64(first.y) << 32 | UInt64(first.x))
    }

    @Test func streamsDependOnSeedAndIndexAlone() {
        var generator = Philox(seed: 7)
        let before = generator.stream(5)
        _ = generator.next()
        #expect(before == generator.stream(5))
        var outputs = Set<UInt64>()
        for seed in 0..<10 as Range<UInt64> {
            for index in 0..<10 {
                var child = Philox(seed: seed).stream(index)
                var grandchild = child.stream(index)
                outputs.insert(child.next())
                outputs.insert(grandchild.next())
            }
        }
        #expect(outputs.count == 200)
        let first = generator.split()
        #expect(first != generator.split())
    }
}
