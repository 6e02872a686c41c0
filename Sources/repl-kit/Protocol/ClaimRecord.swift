/// A claim of a paper as a run found it: what was stated, measured, required and published, and the verdict.
public struct ClaimRecord: Codable, Sendable, Equatable {
    public enum Verdict: String, Codable, Sendable, CaseIterable {
        /// The measured value meets the requirement.
        case held
        /// It does not; the run ends with a status of its own.
        case failed
        /// The claim begins at a larger scale than this run's.
        case notChecked = "not checked"
        /// Reported honestly as not reproduced; counted apart from failures.
        case notReproduced = "not reproduced"
    }

    /// The claim in words.
    public var statement: String
    /// What the run measured, as shown in the table.
    public var measured: String
    /// The measured number, where there is one and it is finite.
    public var measuredValue: Double?
    /// What was required, in words: "≥ 0.004". Empty for a claim that was not reproduced.
    public var required: String
    /// The paper's own value, as shown in the table.
    public var published: String?
    public var verdict: Verdict
    /// Why a claim was not reproduced, or from which scale it is checked.
    public var note: String?
    /// The notebook line of the claim, where known.
    public var line: Int?

    public init(
        statement: String, measured: String, measuredValue: Double? = nil, required: String,
        published: String? = nil, verdict: Verdict, note: String? = nil, line: Int? = nil
    ) {
        self.statement = statement
        self.measured = measured
        self.measuredValue = measuredValue
        self.required = required
        self.published = published
        self.verdict = verdict
        self.note = note
        self.line = line
    }
}

/// How many claims there are of each verdict.
public struct ClaimCounts: Sendable, Equatable {
    private var counts: [ClaimRecord.Verdict: Int] = [:]

    public init(_ claims: some Sequence<ClaimRecord>) {
        for claim in claims { counts[claim.verdict, default: 0] += 1 }
    }

    public subscript(verdict: ClaimRecord.Verdict) -> Int { counts[verdict] ?? 0 }

    public var total: Int { counts.values.reduce(0, +) }
}
