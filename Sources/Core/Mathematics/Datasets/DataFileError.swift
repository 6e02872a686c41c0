/// What is wrong with a file of data.
public struct DataFileError: Error, Hashable, CustomStringConvertible {
    /// The file's path, or the name given for its content.
    public let file: String
    /// Where in it: "magic number", "line 3, column price", "label", …
    public let place: String
    /// What the file says there.
    public let value: String
    /// What was expected.
    public let expected: String

    public init(file: String, place: String, value: String, expected: String) {
        self.file = file
        self.place = place
        self.value = value
        self.expected = expected
    }

    public var description: String { "\(file): \(place) is \(value), expected \(expected)" }
}
