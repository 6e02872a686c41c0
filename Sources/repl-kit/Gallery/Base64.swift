import Foundation

/// Binary data in addresses.
enum Base64 {
    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// Base64 text without its line ends; `nil` when it is not base64.
    static func cleaned(_ text: String) -> String? {
        let text = text.filter { !$0.isWhitespace }
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+/=".contains($0)) }) else { return nil }
        return text
    }
}
