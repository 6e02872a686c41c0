import Foundation

/// Names of notebooks in paths and addresses.
public enum Slug {
    /// Whether a text is a slug: one or more of a-z, 0-9 and hyphen.
    public static func isValid(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }

    /// The slug of a file's name: lower case, accents dropped, other signs turned into hyphens, and letters
    /// of other scripts into their code points, so that two names in such a script stay apart.
    /// "Größe und Été.swiftscript" gives "grosse-und-ete".
    public static func ofFile(_ path: String) -> String {
        let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        var words: [String] = [""]
        for scalar in name.lowercased().decomposedStringWithCompatibilityMapping.unicodeScalars {
            if isValid(String(scalar)), scalar != "-" {
                words[words.count - 1].unicodeScalars.append(scalar)
            } else if scalar == "ß" {
                words[words.count - 1] += "ss"
            } else if scalar.properties.generalCategory == .nonspacingMark {
                continue
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                words[words.count - 1] += "u" + String(scalar.value, radix: 16)
            } else {
                words.append("")
            }
        }
        let slug = words.filter { !$0.isEmpty }.joined(separator: "-")
        return slug.isEmpty ? "notebook" : slug
    }
}
