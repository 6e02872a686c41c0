import NotebookProtocol
public struct Gallery {
    public init(folder: String) throws {}
    public func write() throws {}
}
public func renderedClaims(_ claims: [ClaimRecord], width: Int, colour: Bool) -> String {
    claims.map { "\($0.verdict.rawValue): \($0.statement): \($0.measured) (\($0.required))" }.joined(separator: "\n")
}
