/// Where a formula stands between dollar signs in UTF-8 text: `$…$`, or `$$…$$` for one that is displayed.
///
/// The text of `$…$` must not begin or end with a space, hold no backtick, and no digit may follow, so that prices
/// stay prices and code stays code.
struct FormulaSpan {
    /// The TeX.
    var content: Range<Int>
    /// The place after the last dollar sign.
    var end: Int
    var isDisplayed: Bool

    /// - Parameters:
    ///   - start: the place of a dollar sign.
    ///   - byte: the text's bytes; 0 at its end.
    init?(at start: Int, byte: (Int) -> UInt8) {
        let dollar = UInt8(ascii: "$")
        isDisplayed = byte(start + 1) == dollar
        let first = start + (isDisplayed ? 2 : 1)
        var last = first
        var isBlank = true
        while byte(last) != dollar || (isDisplayed && byte(last + 1) != dollar) {
            let next = byte(last)
            guard next != 0, isDisplayed || next != UInt8(ascii: "`") else { return nil }
            if !next.isSpace { isBlank = false }
            last += 1
            if next == UInt8(ascii: "\\") {
                guard byte(last) != 0 else { return nil }
                last += 1
            }
        }
        content = first..<last
        end = last + (isDisplayed ? 2 : 1)
        guard !isBlank else { return nil }
        if !isDisplayed {
            let isNumberNext = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte(end))
            guard !byte(first).isSpace, !byte(last - 1).isSpace, !isNumberNext else { return nil }
        }
    }

    /// The number of dollar signs at a place: where no formula begins, none begins within them either.
    static func dollars(at start: Int, byte: (Int) -> UInt8) -> Int {
        var end = start
        while byte(end) == UInt8(ascii: "$") { end += 1 }
        return end - start
    }
}

/// Keeps formulas whole where Markdown's blocks would take them apart: a bar in a table's cell, and the lines of a
/// displayed formula, one of which may begin with a plus.
///
/// Signs of Unicode's last private plane take the place of these bars and line ends. They are put back wherever the
/// tree gives out text, so that nothing is lost where the text was no formula.
enum FormulaProtection {
    private static let bar: Unicode.Scalar = "\u{10FFF0}"
    private static let lineEnd: Unicode.Scalar = "\u{10FFF1}"
    /// Begins the literal of a code node that is a formula.
    static let formula: Unicode.Scalar = "\u{10FFF2}"
    static let displayedFormula: Unicode.Scalar = "\u{10FFF3}"

    /// The text for cmark-gfm.
    static func protected(_ text: String) -> [UInt8] {
        let reserved: ClosedRange<Unicode.Scalar> = bar...displayedFormula
        let scalars = text.unicodeScalars.map { reserved.contains($0) ? "\u{FFFD}" : $0 }
        let clean = String(String.UnicodeScalarView(scalars))
        var lines = clean.split(omittingEmptySubsequences: false, whereSeparator: \.isLineEnd).map { Array($0.utf8) }
        if clean.contains("$$") { lines = joiningFormulas(lines) }
        return Array(lines.map(hidingBars).joined(separator: [UInt8(ascii: "\n")]))
    }

    /// The text as it was written.
    static func restored(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == bar || $0 == lineEnd }) else { return text }
        let scalars = text.unicodeScalars.map { $0 == bar ? "|" : $0 == lineEnd ? "\n" : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    // MARK: Bars

    private static func hidingBars(_ line: [UInt8]) -> [UInt8] {
        guard line.contains(UInt8(ascii: "|")), line.contains(UInt8(ascii: "$")) else { return line }
        var result: [UInt8] = []
        var place = 0
        while place < line.count {
            let end: Int
            switch line[place] {
            case UInt8(ascii: "\\"): end = min(place + 2, line.count)
            case UInt8(ascii: "`"): end = endOfCode(line, place)
            case UInt8(ascii: "$"):
                let byte = { (index: Int) in index < line.count ? line[index] : 0 }
                if let span = FormulaSpan(at: place, byte: byte) {
                    for byte in line[place..<span.end] {
                        if byte == UInt8(ascii: "|") { result += Array(bar.utf8) } else { result.append(byte) }
                    }
                    place = span.end
                    continue
                }
                end = place + FormulaSpan.dollars(at: place, byte: byte)
            default: end = place + 1
            }
            result += line[place..<end]
            place = end
        }
        return result
    }

    /// The place after the code span that begins at a backtick, or after the backticks when none does.
    private static func endOfCode(_ line: [UInt8], _ start: Int) -> Int {
        func endOfRun(_ place: Int) -> Int { line[place...].firstIndex { $0 != UInt8(ascii: "`") } ?? line.count }
        let opening = endOfRun(start)
        var place = opening
        while let run = line[place...].firstIndex(of: UInt8(ascii: "`")) {
            place = endOfRun(run)
            if place - run == opening - start { return place }
        }
        return opening
    }

    // MARK: Displayed formulas

    /// Puts each displayed formula that begins a line and goes over several on one.
    private static func joiningFormulas(_ lines: [[UInt8]]) -> [[UInt8]] {
        // Only cmark-gfm knows what is code.
        var codeLines: Set<Int> = []
        MarkdownDocument(lines.joined(separator: [UInt8(ascii: "\n")])).visit { isEntering, node in
            if isEntering, node.kind == "code_block" { codeLines.formUnion(node.lines) }
        }
        var result: [[UInt8]] = []
        var index = 0
        while index < lines.count {
            if !codeLines.contains(index), let (joined, count) = formula(lines[index...], codeLines) {
                result.append(joined)
                index += count
            } else {
                result.append(lines[index])
                index += 1
            }
        }
        return result
    }

    /// The formula that the first of some lines begins, on one line, and the number of lines that it took.
    private static func formula(_ lines: ArraySlice<[UInt8]>, _ codeLines: Set<Int>) -> ([UInt8], count: Int)? {
        guard let first = lines.first, let start = first.firstIndex(of: UInt8(ascii: "$")) else { return nil }
        let fence = [UInt8](repeating: UInt8(ascii: "$"), count: 2)
        let prefix = first[..<start]
        guard isContainerPrefix(prefix), first[start...].starts(with: fence), !first[(start + 2)...].contains(fence)
        else { return nil }
        var joined = first
        let quotes = prefix.count { $0 == UInt8(ascii: ">") }
        for index in lines.indices.dropFirst() {
            guard !codeLines.contains(index) else { return nil }
            var line = lines[index][...]
            for _ in 0..<quotes {
                let rest = line.drop(while: \.isSpace)
                if rest.first == UInt8(ascii: ">") { line = rest.dropFirst() }
            }
            while line.last?.isSpace == true { line.removeLast() }
            guard !line.allSatisfy(\.isSpace) else { return nil }
            joined += Array(lineEnd.utf8) + line
            if line.contains(fence) {
                return line.firstRange(of: fence)?.upperBound == line.endIndex ? (joined, index - lines.startIndex + 1) : nil
            }
        }
        return nil
    }

    /// Whether what stands before a formula on its line only says in which quotes and lists the line is.
    private static func isContainerPrefix(_ prefix: ArraySlice<UInt8>) -> Bool {
        String(decoding: prefix, as: UTF8.self).wholeMatch(of: /(?:[ \t]|>|[-+*][ \t]|[0-9]{1,9}[.)][ \t])*/) != nil
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(self) }
}

extension Character {
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r\n" || self == "\r" }
}
