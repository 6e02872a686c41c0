/// One value in one or more representations, by MIME type, as Jupyter front ends take it: text types
/// as text, binary types (`image/png`) in base64.
public struct MimeBundle: Codable, Sendable, Equatable {
    public static let plainText = "text/plain"
    public static let markdown = "text/markdown"
    public static let html = "text/html"
    public static let latex = "text/latex"
    public static let png = "image/png"
    public static let svg = "image/svg+xml"

    /// The representations: MIME type to text, or to base64 for binary types.
    public var representations: [String: String]

    public init(_ representations: [String: String]) { self.representations = representations }

    /// The representation of a MIME type, where the bundle has one.
    public subscript(type: String) -> String? {
        get { representations[type] }
        set { representations[type] = newValue }
    }
}
