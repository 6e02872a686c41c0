import Foundation

extension StringProtocol {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }

    var isPythonIdentifier: Bool {
        guard let first, first == "_" || first.isLetter else { return false }
        return allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
    }
}

private let pythonKeywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
]

/// `scoreThreshold` → `score_threshold`, `pascalVOCCurve` → `pascal_voc_curve`, `in` → `in_`.
func snakeCase(_ name: String) -> String {
    let characters = Array(name.replacingOccurrences(of: "`", with: ""))
    var result = ""
    for (index, character) in characters.enumerated() {
        if character.isUppercase, index > 0 {
            let before = characters[index - 1]
            let beginsWord = index + 1 < characters.count && characters[index + 1].isLowercase && before.isUppercase
            if before.isLowercase || beginsWord
                || (before.isNumber && index + 1 < characters.count
                    && characters[index + 1].isLowercase)
            {
                result += "_"
            }
        }
        result += character.lowercased()
    }
    return pythonKeywords.contains(result) ? result + "_" : result
}

/// The name of a field of a named tuple: `count` and `index` are methods of every tuple.
func fieldName(_ name: String) -> String {
    let name = snakeCase(name)
    return ["count", "index"].contains(name) ? name + "_" : name
}

/// `soft_nms` → `SoftNms`.
func camelCase(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
}

extension String {
    /// Each occurrence of a word that is not part of a longer one, replaced.
    func replacingWords(_ replacements: [String: String]) -> String {
        var result = ""
        var word = ""
        func flush() {
            result += replacements[word] ?? word
            word = ""
        }
        for character in self {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }
}
