import Foundation
import NotebookProtocol

/// What the index and the notebooks' pages share.
enum PageParts {
    /// A whole page. Nothing is loaded from elsewhere, and the policy makes the browser hold to that for
    /// what a notebook displays as HTML, whose scripts do not run either.
    static func document(title: String, body: String, style: String, script: String? = nil) -> String {
        let scripts = script == nil ? "" : "; script-src 'unsafe-inline'"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'\(scripts)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(HTML.escape(title))</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            \(body)
            \(script.map { "<script>\n\($0)\n</script>" } ?? "")
            </body>
            </html>

            """
    }

    /// A paper as a link, where its address follows from what the front matter says.
    static func paper(_ paper: String) -> String {
        let text = HTML.escape(paper)
        return paperAddress(paper).map { "<a class=\"paper\" href=\"\($0)\">\(text)</a>" } ?? text
    }

    /// The address of "arXiv:…" or "doi:…"; nil for anything else.
    static func paperAddress(_ paper: String) -> String? {
        let parts = paper.trimmed.split(separator: ":", maxSplits: 1).map { $0.trimmed }
        guard parts.count == 2, isPlainIdentifier(parts[1]) else { return nil }
        switch parts[0].lowercased() {
        case "arxiv": return "https://arxiv.org/abs/\(parts[1])"
        case "doi": return "https://doi.org/\(parts[1])"
        default: return nil
        }
    }

    private static func isPlainIdentifier(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "./-_()".contains($0)) }
    }

    /// A verdict's mark: a shape of its own, so that it is told apart without colour.
    static func mark(_ verdict: ClaimRecord.Verdict) -> String { "<i class=\"mark \(verdict.styleName)\" aria-hidden=\"true\"></i>" }

    /// The counts in words, each after its mark, or (`isTally`) after a mark for each claim; verdicts that do not
    /// occur are left out.
    static func counts(_ counts: ClaimCounts, isTally: Bool = false) -> String {
        guard counts.total > 0 else { return "<p class=\"counts\">No claims</p>" }
        let items = ClaimRecord.Verdict.inReadingOrder.filter { counts[$0] > 0 }.map { verdict in
            let marks = String(repeating: mark(verdict), count: isTally ? counts[verdict] : 1)
            return "<li class=\"\(verdict.styleName)\"><span class=\"marks\">\(marks)</span> "
                + "<span><b>\(counts[verdict])</b> \(verdict.rawValue)</span></li>"
        }
        return "<ul class=\"counts\" aria-label=\"Claims\">\(items.joined())</ul>"
    }

    /// A claim's value; a short one stays on one line.
    static func value(_ text: String) -> String {
        HTML.escape(text.count <= 16 ? text.replacingOccurrences(of: " ", with: "\u{A0}") : text)
    }

    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 9.95 { return String(format: "%.1f s", seconds) }
        let whole = Int(min(seconds.rounded(), 1e9))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s") }
        return "\(whole / 3600) h" + (whole % 3600 / 60 == 0 ? "" : " \(whole % 3600 / 60) min")
    }

    /// The day of an ISO 8601 date.
    static func date(_ iso: String) -> String {
        "<time datetime=\"\(HTML.escape(iso))\">\(HTML.escape(iso.prefix(10)))</time>"
    }

    /// A field's folder name as a heading: "reinforcement-learning" as "Reinforcement learning".
    static func heading(ofField field: String) -> String {
        let words = field.replacingOccurrences(of: "-", with: " ").replacingOccurrences(of: "_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    static func alternative(of figure: FigureRecord) -> String {
        figure.caption.map { HTML.withoutTags(Markdown.html(from: $0)).trimmingCharacters(in: .whitespacesAndNewlines) }
            ?? HTML.escape("Figure: \(figure.name)")
    }
}

extension ClaimRecord.Verdict {
    static let inReadingOrder: [ClaimRecord.Verdict] = [.held, .failed, .notReproduced, .notChecked]

    var styleName: String {
        switch self {
        case .held: "held"
        case .failed: "failed"
        case .notReproduced: "not-reproduced"
        case .notChecked: "not-checked"
        }
    }
}

extension RunRecord.Status {
    var words: String {
        switch self {
        case .succeeded: "completed"
        case .claimFailed: "a claim failed"
        case .failed: "a cell failed"
        }
    }
}
