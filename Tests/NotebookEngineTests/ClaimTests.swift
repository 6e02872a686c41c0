import NotebookProtocol
import Testing

/// Claims as cells make them: what the record says.
@Suite(.serialized) struct ClaimTests {
    private func claims(_ source: String, scale: Scale = .standard) throws -> [ClaimRecord] {
        let session = try SessionHarness(scale: scale)
        let result = session.run(source)
        #expect(result.failure == nil)
        return session.claims
    }

    @Test func aClaimHoldsOrFailsByItsNumber() throws {
        let records = try claims(
            """
            claim("holds", measured: 0.011, .atLeast(0.004), published: 0.011)
            claim("fails", measured: 0.003, .atLeast(0.004))
            claim("is undefined", measured: .nan, .atLeast(0.004))
            """)
        #expect(records.map(\.verdict) == [.held, .failed, .failed])
        #expect(records[0].required == "≥ 0.004")
        #expect(records[0].published == "0.011")
        #expect(records.map(\.line) == [1, 2, 3])
        #expect(records[2].measured == "NaN")
        #expect(records[2].measuredValue == nil)
    }

    @Test func ratiosShowBothNumbersAndNeverPassUndefined() throws {
        let records = try claims(
            """
            claim("half", ratioOf: 3, to: 8, .atMost(0.5))
            claim("zero by zero", ratioOf: 0, to: 0, .atMost(0.5))
            claim("by zero", ratioOf: 1, to: 0, .atLeast(0.5))
            """)
        #expect(records.map(\.verdict) == [.held, .failed, .failed])
        #expect(records[0].measured == "0.375 (3 / 8)")
    }

    @Test func everyShowsTheWorst() throws {
        let records = try claims(
            """
            claim("all small", every: [0.01, 0.09, 0.03], .atMost(0.1))
            claim("one is large", every: [0.01, 0.5, 0.2], .atMost(0.1))
            claim("one is undefined", every: [0.01, .nan], .atMost(0.1))
            claim("none", every: [], .atMost(0.1))
            """)
        #expect(records.map(\.verdict) == [.held, .failed, .failed, .failed])
        #expect(records[0].measured == "worst of 3: 0.09")
        #expect(records[1].measured == "2 of 3 miss, worst 0.5")
        #expect(records[2].measured == "1 of 2 miss, worst NaN")
    }

    @Test func ordersNameTheFirstBreak() throws {
        let records = try claims(
            """
            claim("rises", measured: [1, 2, 3], .strictlyIncreasing)
            claim("rests", measured: [1, 2, 2], .strictlyIncreasing)
            claim("does not fall", measured: [1, 2, 2], .nonDecreasing)
            claim("undefined", measured: [3, .nan, 1], .nonIncreasing)
            claim("alone", measured: [1], .nonIncreasing)
            """)
        #expect(records.map(\.verdict) == [.held, .failed, .held, .failed, .failed])
        #expect(records[1].measured == "2 then 2 at place 2")
    }

    @Test func aClaimFromALargerScaleIsNotChecked() throws {
        let source = """
            claim("from standard", measured: 0, .atLeast(1), from: .standard)
            claim("from smoke", holds: true, measured: "yes")
            """
        #expect(try claims(source, scale: .smoke).map(\.verdict) == [.notChecked, .held])
        #expect(try claims(source, scale: .smoke)[0].note == "checked from standard scale")
        #expect(try claims(source, scale: .standard).map(\.verdict) == [.failed, .held])
        #expect(try claims(source, scale: .full).map(\.verdict) == [.failed, .held])
    }

    @Test func whatIsNotReproducedIsCountedApart() throws {
        let records = try claims("notReproduced(\"falls by half\", measured: 0.8, published: 0.5, why: \"too small\")")
        #expect(records.map(\.verdict) == [.notReproduced])
        #expect(records[0].note == "too small")
        #expect(records[0].measured == "0.8")
    }
}
