/// Writing HTML: whatever comes from a notebook passes through here.
enum HTML {
    /// Text as HTML shows it, in elements and in quoted attributes alike. Control characters, which HTML
    /// does not allow, are shown as the replacement character.
    static func escape(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t", "\r": result.unicodeScalars.append(scalar)
            case "\0"..."\u{1F}", "\u{7F}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// One path component as a relative address.
    static func address(ofFile name: String) -> String {
        var result = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }

    /// The text of escaped HTML that this module made: without its tags.
    static func withoutTags(_ html: String) -> String {
        var result = ""
        var isTag = false
        for character in html {
            if character == "<" { isTag = true } else if character == ">" { isTag = false } else if !isTag { result.append(character) }
        }
        return result
    }
}

extension StringProtocol {
    var isBlank: Bool { allSatisfy { $0 == " " || $0 == "\t" } }

    /// Without the spaces and tabs at both ends.
    var trimmed: SubSequence {
        let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        let end = lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? start
        return self[start..<end]
    }
}

/// The addresses that a notebook's Markdown may point to.
enum Address {
    enum Use { case link, image }

    /// The address in a form that is safe in a quoted attribute, or `nil` when it is of a kind that could run
    /// code, or (`image`) would be fetched from the network.
    static func safe(_ text: String, for use: Use) -> String? {
        // Browsers skip these characters when they look for the scheme, so they must not hide one.
        let address = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }))
        let beforeColon = address.prefix { !":/?#&".contains($0) }
        let scheme = address.dropFirst(beforeColon.count).first == ":" ? beforeColon.lowercased() : nil
        switch (use, scheme) {
        case (.link, "http"), (.link, "https"), (.link, "mailto"), (.link, nil): break
        // An entity could hide a scheme's colon; an address with one is not relative for sure.
        case (.image, nil): guard !address.hasPrefix("//"), !address.hasPrefix("\\") else { return nil }
        case (.image, "data"):
            let kinds = ["png", "jpeg", "gif", "webp"].map { "data:image/\($0);base64," }
            guard kinds.contains(where: { address.lowercased().hasPrefix($0) }) else { return nil }
        default: return nil
        }
        // The address itself keeps its inner spaces.
        let kept = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return HTML.escape(String(String.UnicodeScalarView(kept)).trimmed.replacing(" ", with: "%20"))
    }
}
