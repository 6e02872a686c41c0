/// Where something stands in a source file.
struct Place: Hashable {
    let file: String
    let line: Int
}

/// What stops the generator, with the place that is to blame.
struct GeneratorError: Error, CustomStringConvertible {
    let place: Place
    let message: String

    var description: String { "\(place.file):\(place.line): error: \(message)" }
}

/// One parameter of a function, or one value that belongs to a case of an enumeration.
struct Parameter {
    /// Nil for `_`.
    let label: String?
    let name: String
    /// The type as written, without `inout` and attributes.
    let type: String
    let isInout: Bool
    /// The default as written.
    let defaultText: String?
    let place: Place
}

/// A property, or a method without required parameters that is read as one.
struct Property {
    let name: String
    let type: String
    let documentation: [String]
    let isStored: Bool
    /// It becomes a field of the Python result although it is not stored.
    let isMarked: Bool
    let isHidden: Bool
    /// How it is read: `name` or `name()`.
    let access: String
    let place: Place
}

/// A function, static function, method or initialiser.
struct Function {
    enum Kind { case free, staticMember, method, initialiser }

    let kind: Kind
    let name: String
    /// The type that it belongs to, with the types around it: `LinearProgram.Constraint`.
    let owner: String?
    let parameters: [Parameter]
    /// Nil for an initialiser and for Void.
    let result: String?
    let isThrowing: Bool
    let thrownType: String?
    let documentation: [String]
    let isPublic: Bool
    let isMutating: Bool
    /// Generic parameters and what they must conform to.
    let generics: [String: String]
    /// An initialiser by whose parameters Python gives a value of the type.
    let isInput: Bool
    let marks: [Mark]
    let module: String
    let place: Place
}

struct EnumerationCase {
    let name: String
    let values: [Parameter]
}

/// A public structure, class or enumeration.
struct TypeDeclaration {
    enum Kind { case structure, enumeration, other }

    /// With the types around it; with the module before it where another has the same.
    var name: String
    let module: String
    let kind: Kind
    let documentation: [String]
    let place: Place
    var isError = false
    var properties: [Property] = []
    var initialisers: [Function] = []
    var cases: [EnumerationCase] = []

    func renamed(_ name: String) -> TypeDeclaration {
        var copy = self
        copy.name = name
        return copy
    }

    /// The name in Python.
    var pythonName: String {
        (name.hasPrefix(module + ".") ? String(name.dropFirst(module.count + 1)) : name).replacing(".", with: "")
    }

    /// The last part of the name.
    var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }
}

/// `// swiftcore: name; option; option: value` beside a declaration.
struct Mark {
    let pythonName: String
    let isElementwise: Bool
    /// Relations that Core takes for granted: Swift expressions over the parameters.
    let requirements: [String]
    /// What a generic parameter stands for: `S = Double`.
    let substitutions: [String: String]
    /// The name of a method's receiver.
    let receiver: String?
    /// What a method's receiver is made of are parameters of their own.
    let spreadsReceiver: Bool
    /// Closures whose result must have the shape of their array argument: Core stops the program otherwise.
    let shapeKeepers: Set<String>
    /// Parameters that keep their Swift default and do not exist in Python: reports of progress, for example.
    let omitted: Set<String>
    let place: Place

    static let prefix = "swiftcore:"

    /// - Throws: `GeneratorError` for an unknown option.
    init(_ text: String, place: Place) throws {
        var parts = text.split(separator: ";").map { $0.trimmed }
        guard let name = parts.first, name.isPythonIdentifier else {
            throw GeneratorError(place: place, message: "a mark begins with a Python name: // swiftcore: soft_nms")
        }
        parts.removeFirst()
        var (isElementwise, requirements, substitutions) = (false, [String](), [String: String]())
        var receiver: String?
        var (omitted, shapeKeepers) = (Set<String>(), Set<String>())
        var spreadsReceiver = false
        for part in parts {
            let halves = part.split(separator: ":", maxSplits: 1).map { $0.trimmed }
            switch (halves.first ?? "", halves.count > 1 ? halves[1] : nil) {
            case ("elementwise", nil): isElementwise = true
            case ("require", let relation?): requirements.append(relation)
            case ("self", let name?): receiver = name
            case ("spread", "self"?): spreadsReceiver = true
            case ("keepsShape", let names?): shapeKeepers.formUnion(names.split(separator: " ").map(String.init))
            case ("without", let names?): omitted.formUnion(names.split(separator: " ").map(String.init))
            case ("where", let equation?):
                let sides = equation.split(separator: "=").map { $0.trimmed }
                guard sides.count == 2 else {
                    throw GeneratorError(place: place, message: "where: expected S = Double, got \(equation)")
                }
                substitutions[sides[0]] = sides[1]
            default:
                throw GeneratorError(
                    place: place,
                    message:
                        "'\(part)' is no option of a mark: expected elementwise, require: …, where: …, without: …, "
                        + "keepsShape: …, self: … or spread: self")
            }
        }
        pythonName = name
        self.isElementwise = isElementwise
        self.requirements = requirements
        self.substitutions = substitutions
        self.receiver = receiver
        self.omitted = omitted
        self.spreadsReceiver = spreadsReceiver
        self.shapeKeepers = shapeKeepers
        self.place = place
    }
}
