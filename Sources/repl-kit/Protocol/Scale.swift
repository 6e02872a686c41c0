/// How large a notebook's experiments are.
///
/// `smoke` finishes in seconds and is what continuous integration runs for every notebook;
/// `standard` is the default, about a minute or two on two cores; `full` is as near to the paper
/// as one machine can come. Scales are ordered: `.smoke < .standard < .full`.
public enum Scale: String, Codable, Sendable, CaseIterable, Comparable {
    case smoke, standard, full

    /// The scale's place in the order, 0 to 2.
    public var rank: Int {
        switch self {
        case .smoke: 0
        case .standard: 1
        case .full: 2
        }
    }

    public static func < (left: Scale, right: Scale) -> Bool { left.rank < right.rank }

    /// The value that belongs to this scale: `scale.choose(smoke: 2, standard: 10, full: 50)`.
    public func choose<Value>(smoke: Value, standard: Value, full: Value) -> Value {
        switch self {
        case .smoke: smoke
        case .standard: standard
        case .full: full
        }
    }
}
