/// Text as a terminal sees it: without control sequences, and by the columns that it fills.
public enum TerminalText {
    /// The columns that a character fills: 2 for East Asian wide characters and emoji, 0 for marks that join the
    /// character before them, 1 for the rest.
    public static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // A sign that is text by itself becomes an emoji by the selector that follows it.
        if scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
        return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The columns that a line fills.
    public static func columns(of text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + columns(of: $1) }
    }

    /// Unicode's East Asian Width classes W and F, by block.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
        0x1F200...0x1F2FF, 0x20000...0x3FFFD,
    ]

    /// The text as it stands on a terminal in the end: without escape sequences, and with each line as the last carriage
    /// return and backspace left it.
    public static func settled(_ text: String) -> String {
        var lines: [[Character]] = [[]]
        var column = 0
        var characters = Array(text)[...]
        func put(_ character: Character) {
            if column < lines[lines.count - 1].count {
                lines[lines.count - 1][column] = character
            } else {
                lines[lines.count - 1].append(character)
            }
            column += 1
        }
        while let character = characters.popFirst() {
            switch character {
            case "\n", "\r\n":
                lines.append([])
                column = 0
            case "\r": column = 0
            case "\u{8}": column = max(0, column - 1)
            case "\u{1B}":
                // "\u{1B}[2K" clears the line; other sequences leave no mark.
                let sequence = skipSequence(&characters)
                if sequence == "[2K" || sequence == "[K" { lines[lines.count - 1].removeLast(max(0, lines[lines.count - 1].count - (sequence == "[K" ? column : 0))) }
            case "\t": put("\t")
            case _ where character.unicodeScalars.first.map { $0.properties.generalCategory == .control } ?? false: break
            default:
                while column > lines[lines.count - 1].count { lines[lines.count - 1].append(" ") }
                put(character)
            }
        }
        return lines.map { String($0) }.joined(separator: "\n")
    }

    /// Passes what follows an escape character.
    private static func skipSequence(_ characters: inout ArraySlice<Character>) -> String {
        guard let kind = characters.popFirst() else { return "" }
        var sequence = String(kind)
        if kind == "[" {
            // Parameters and intermediates, then one final byte.
            while let next = characters.popFirst() {
                sequence.append(next)
                if ("@"..."~").contains(next) { break }
            }
        } else if kind == "]" {
            // A command to the terminal's window, up to a bell or an escaped backslash.
            while let next = characters.popFirst(), next != "\u{7}" {
                if next == "\u{1B}" {
                    _ = characters.popFirst()
                    break
                }
            }
        }
        return sequence
    }

    /// Text in lines of at most some columns, broken at spaces, and inside a word only where the word alone is too long.
    public static func wrapped(_ text: String, toColumns width: Int) -> [String] {
        let width = max(width, 1)
        var lines: [String] = []
        for paragraph in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            var line = ""
            var filled = 0
            for word in paragraph.split(separator: " ") {
                var word = word
                var columns = columns(of: word)
                if filled > 0, filled + 1 + columns <= width {
                    line += " " + word
                    filled += 1 + columns
                    continue
                }
                if filled > 0 { lines.append(line) }
                while columns > width {
                    var taken = 0
                    let head = word.prefix { character in
                        taken += self.columns(of: character)
                        return taken <= width
                    }
                    let end = head.isEmpty ? word.index(after: word.startIndex) : head.endIndex
                    lines.append(String(word[..<end]))
                    word = word[end...]
                    columns = self.columns(of: word)
                }
                line = String(word)
                filled = columns
            }
            lines.append(line)
        }
        return lines
    }

    /// Lines of cells with each column as wide as its widest cell, two spaces apart, nothing after the last word.
    ///
    /// - Parameters:
    ///   - lines: as many cells in each.
    ///   - numbers: the columns whose cells stand at the right.
    public static func table(_ lines: [[String]], numbers: Set<Int> = []) -> [String] {
        var widths: [Int] = []
        for line in lines {
            for (column, cell) in line.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], columns(of: cell))
            }
        }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - columns(of: cell))
                text += (column == 0 ? "" : "  ") + (numbers.contains(column) ? padding + cell : cell + padding)
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }
}
