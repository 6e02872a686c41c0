/// The claims of a run as a table for the terminal: statement, measured, required, published, verdict.
///
/// ```
/// Claim                               Measured  Required  Published  Verdict
/// ──────────────────────────────────────────────────────────────────────────
/// Gaussian Soft-NMS beats NMS at AP   0.0123    ≥ 0.004   0.011      ✓ held
/// ```
///
/// - Parameters:
///   - claims: the claims in order. Their notes are written below their statements.
///   - width: the terminal's columns. Statements are wrapped to fit; below about 60 columns each claim becomes a
///     short paragraph.
///   - colour: whether verdicts are coloured with ANSI sequences. Each verdict has its own sign and word too.
/// - Returns: lines without a last line end; empty without claims.
public func renderedClaims(_ claims: [ClaimRecord], width: Int, colour: Bool) -> String {
    guard !claims.isEmpty else { return "" }
    let width = max(width, 20)
    let rows = claims.map { claim in
        [claim.measured, claim.required, claim.published ?? "", claim.verdict.sign + " " + claim.verdict.rawValue]
            .map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }
    }
    let headings = ["Measured", "Required", "Published", "Verdict"]
    let gap = 2
    // No value may take the statement's room: what is longer than this is wrapped.
    let limit = max((width - 24) / 4, 8)
    let widths = headings.indices.map { column in
        let widest = rows.map { TerminalText.columns(of: $0[column]) }.max() ?? 0
        let capped = column == headings.count - 1 ? widest : min(widest, limit)
        return max(capped, TerminalText.columns(of: headings[column]))
    }
    let statementWidth = width - widths.reduce(0, +) - gap * widths.count
    guard statementWidth >= 20 else { return renderedClaimParagraphs(claims, width: width, colour: colour) }
    let longest = claims.map { claim in
        max(TerminalText.columns(of: claim.statement), claim.note.map { TerminalText.columns(of: $0) + 2 } ?? 0)
    }.max() ?? 0
    let allWidths = [min(statementWidth, max(longest, 5))] + widths

    func line(_ cells: [String], verdict: ClaimRecord.Verdict?) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let isLast = column == cells.count - 1
            let padding = isLast ? "" : String(repeating: " ", count: max(0, allWidths[column] - TerminalText.columns(of: cell)) + gap)
            line += (isLast && colour ? verdict?.coloured(cell) ?? cell : cell) + padding
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    var lines = [line(["Claim"] + headings, verdict: nil)]
    lines.append(String(repeating: "─", count: min(width, allWidths.reduce(0, +) + gap * widths.count)))
    for (claim, row) in zip(claims, rows) {
        var statement = TerminalText.wrapped(claim.statement, toColumns: allWidths[0])
        if let note = claim.note, !note.isEmpty {
            statement += TerminalText.wrapped(note, toColumns: allWidths[0] - 2).map { "  " + $0 }
        }
        let cells = [statement] + zip(row, widths).map { TerminalText.wrapped($0, toColumns: $1) }
        for index in 0..<(cells.map(\.count).max() ?? 0) {
            lines.append(line(cells.map { $0.indices.contains(index) ? $0[index] : "" }, verdict: claim.verdict))
        }
    }
    return lines.joined(separator: "\n")
}

private func renderedClaimParagraphs(_ claims: [ClaimRecord], width: Int, colour: Bool) -> String {
    var lines: [String] = []
    for claim in claims {
        let head = claim.verdict.sign + " " + claim.verdict.rawValue
        lines.append(colour ? claim.verdict.coloured(head) : head)
        let parts = [
            claim.statement, "measured " + claim.measured, claim.required.isEmpty ? nil : "required " + claim.required,
            claim.published.map { "published " + $0 }, claim.note,
        ]
        for part in parts.compactMap(\.self) { lines += TerminalText.wrapped(part, toColumns: width - 2).map { "  " + $0 } }
    }
    return lines.joined(separator: "\n")
}

extension ClaimRecord.Verdict {
    /// One sign that tells the verdicts apart without colour.
    public var sign: String {
        switch self {
        case .held: "✓"
        case .failed: "✗"
        case .notReproduced: "◇"
        case .notChecked: "·"
        }
    }

    fileprivate func coloured(_ text: String) -> String {
        guard !text.isEmpty else { return text }
        let code =
            switch self {
            case .held: "32"
            case .failed: "1;31"
            case .notReproduced: "35"
            case .notChecked: "2"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
