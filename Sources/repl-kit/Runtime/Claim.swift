import NotebookProtocol

/// Checks a claim on one measured number.
///
/// ```swift
/// claim("Gaussian Soft-NMS beats NMS at AP@[.5:.95]", measured: gain, .atLeast(0.004), published: 0.011)
/// ```
///
/// - Parameters:
///   - statement: The claim in words.
///   - measured: The number that this run measured. NaN never passes.
///   - requirement: What the number must meet.
///   - published: The paper's own value, shown for comparison.
///   - scale: The scale at which the claim begins to be checked; at a smaller one it is shown as not checked.
public func claim(
    _ statement: String, measured: Double, _ requirement: Requirement, published: Double? = nil,
    from scale: Scale = .smoke, line: Int = #line
) {
    report(
        statement, measured: formatted(measured), value: measured, required: requirement.words,
        published: published.map(formatted), holds: requirement.isMet(by: measured), from: scale, line: line)
}

/// Checks a claim on a ratio of two measured numbers, and shows both.
///
/// A denominator of zero makes the ratio infinite or NaN; NaN never passes.
public func claim(
    _ statement: String, ratioOf numerator: Double, to denominator: Double, _ requirement: Requirement,
    published: Double? = nil, from scale: Scale = .smoke, line: Int = #line
) {
    let ratio = numerator / denominator
    report(
        statement, measured: "\(formatted(ratio)) (\(formatted(numerator)) / \(formatted(denominator)))",
        value: ratio, required: requirement.words, published: published.map(formatted),
        holds: ratio.isFinite && requirement.isMet(by: ratio), from: scale, line: line)
}

/// Checks a claim that every one of many numbers must meet; shows the worst. No numbers never pass.
public func claim(
    _ statement: String, every measured: [Double], _ requirement: Requirement,
    published: Double? = nil, from scale: Scale = .smoke, line: Int = #line
) {
    let worst = requirement.worst(of: measured)
    let missed = measured.count { !requirement.isMet(by: $0) }
    let shown =
        worst.map {
            missed == 0
                ? "worst of \(measured.count): \(formatted($0))"
                : "\(missed) of \(measured.count) miss, worst \(formatted($0))"
        } ?? "nothing measured"
    report(
        statement, measured: shown, value: worst, required: "each \(requirement.words)",
        published: published.map(formatted), holds: worst != nil && missed == 0, from: scale, line: line)
}

/// Checks a claim on the order of a series; shows the first pair that breaks it. Fewer than two numbers never pass.
public func claim(
    _ statement: String, measured: [Double], _ order: Order, published: String? = nil,
    from scale: Scale = .smoke, line: Int = #line
) {
    let violation = order.firstViolation(in: measured)
    let shown =
        if measured.count < 2 {
            "\(measured.count) values"
        } else if let violation {
            "\(formatted(measured[violation - 1])) then \(formatted(measured[violation])) at place \(violation)"
        } else {
            "\(formatted(measured[0])) … \(formatted(measured[measured.count - 1])) (\(measured.count) values)"
        }
    report(
        statement, measured: shown, value: nil, required: order.words, published: published,
        holds: measured.count >= 2 && violation == nil, from: scale, line: line)
}

/// Checks a claim that holds or does not; `measured` says what was found.
public func claim(
    _ statement: String, holds: Bool, measured: String, published: String? = nil,
    from scale: Scale = .smoke, line: Int = #line
) {
    report(
        statement, measured: measured, value: nil, required: "holds", published: published, holds: holds,
        from: scale, line: line)
}

/// Reports honestly what did not come out as the paper or the expectation says. Counted apart from claims
/// that hold or fail, and shown in the gallery.
///
/// - Parameters:
///   - statement: What was expected, in words.
///   - measured: What this run measured.
///   - published: The paper's own value, where there is one.
///   - why: The reason, as far as it is known.
public func notReproduced(
    _ statement: String, measured: Double, published: Double? = nil, why: String, line: Int = #line
) {
    NotebookContext.current.report(
        .claim(
            ClaimRecord(
                statement: statement, measured: formatted(measured), measuredValue: measured.isFinite ? measured : nil,
                required: "", published: published.map(formatted), verdict: .notReproduced, note: why, line: line)))
}

private func report(
    _ statement: String, measured: String, value: Double?, required: String, published: String?, holds: Bool,
    from scale: Scale, line: Int
) {
    let isChecked = scale <= NotebookContext.current.configuration.scale
    let verdict: ClaimRecord.Verdict = isChecked ? (holds ? .held : .failed) : .notChecked
    NotebookContext.current.report(
        .claim(
            ClaimRecord(
                statement: statement, measured: measured,
                measuredValue: value.flatMap { $0.isFinite ? $0 : nil }, required: required, published: published,
                verdict: verdict, note: isChecked ? nil : "checked from \(scale.rawValue) scale", line: line)))
}
