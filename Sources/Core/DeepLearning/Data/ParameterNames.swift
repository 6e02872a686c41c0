/// A parameter that has no name, since the model's structure does not show it where it is visited.
public enum ParameterNameError: Error, Equatable, CustomStringConvertible {
    /// `forEachParameter` visits a tensor that no stored property shows: it is held by a class, a dictionary or a
    /// closure, or made on the way.
    case notStored(model: String, index: Int, shape: [Int])
    /// `forEachParameter` visits a tensor before one that is stored in front of it.
    case visitedOutOfOrder(model: String, name: String, before: String)

    public var description: String {
        switch self {
        case .notStored(let model, let index, let shape):
            "\(model): parameter \(index) of the shape \(shape) is not among the stored properties"
        case .visitedOutOfOrder(let model, let name, let before):
            "\(model): forEachParameter visits \(before) before \(name), which is stored in front of it: expected the order of the stored properties"
        }
    }
}

/// What reflection takes for a tensor.
private protocol TensorLeaf {}
extension Tensor: TensorLeaf {}

extension Parameterized {
    /// The names of the parameters in the order in which they are visited, from the stored properties that hold
    /// them: `layers.0.weight`.
    ///
    /// A model that is itself a tensor is called `parameter`.
    ///
    /// - Throws: `ParameterNameError` where `forEachParameter` visits what no stored property shows, or not in
    ///   the order of the stored properties.
    public func parameterNames() throws(ParameterNameError) -> [String] {
        let (tagged, places) = tagged()
        let stored = Self.storedTensors(of: tagged)
        var names = [String?](repeating: nil, count: places.count)
        var previous: (index: Int, name: String)?
        for (name, tensor) in stored {
            guard let index = places[ObjectIdentifier(tensor.storage)] else { continue }
            if let previous, index < previous.index {
                throw .visitedOutOfOrder(model: "\(Self.self)", name: previous.name, before: name)
            }
            names[index] = name
            previous = (index, name)
        }
        var complete: [String] = []
        for (index, parameter) in parameters.enumerated() {
            guard let name = names[index] else {
                throw .notStored(model: "\(Self.self)", index: index, shape: Array(parameter.shape))
            }
            complete.append(name)
        }
        return complete
    }

    /// The names of the stored tensors of the model's scalars that `forEachParameter` does not visit: constants
    /// and running statistics, or parameters that were forgotten.
    public func namesOfUnvisitedTensors() -> [String] {
        let (tagged, places) = tagged()
        return Self.storedTensors(of: tagged).filter { places[ObjectIdentifier($0.tensor.storage)] == nil }.map(\.name)
    }

    /// The parameters with their names.
    public func namedParameters() throws(ParameterNameError) -> [(name: String, tensor: Tensor<Scalar>)] {
        Array(zip(try parameterNames(), parameters)).map { (name: $0, tensor: $1) }
    }

    /// The model with a memory of its own for each parameter, by which it is recognised in the structure.
    private func tagged() -> (Self, [ObjectIdentifier: Int]) {
        var places: [ObjectIdentifier: Int] = [:]
        let copy = mapParameters { parameter in
            let tag = Tensor<Scalar>(uninitialized: parameter.shape)
            places[ObjectIdentifier(tag.storage)] = places.count
            return tag
        }
        return (copy, places)
    }

    /// The tensors that a value's stored properties lead to, in their order.
    static func storedTensors(of value: Any) -> [(name: String, tensor: Tensor<Scalar>)] {
        var found: [(name: String, tensor: Tensor<Scalar>)] = []
        func visit(_ value: Any, _ path: [String]) {
            if let tensor = value as? Tensor<Scalar> {
                found.append((path.isEmpty ? "parameter" : path.joined(separator: "."), tensor))
                return
            }
            if value is any TensorLeaf { return }
            let mirror = Mirror(reflecting: value)
            switch mirror.displayStyle {
            case .optional:
                for child in mirror.children { visit(child.value, path) }
            case .collection:
                for (index, child) in mirror.children.enumerated() { visit(child.value, path + [String(index)]) }
            case .struct, .tuple, .enum:
                for child in mirror.children {
                    let label = child.label ?? ""
                    visit(child.value, path + [label.hasPrefix(".") ? String(label.dropFirst()) : label])
                }
            default: return
            }
        }
        visit(value, [])
        return found
    }
}
