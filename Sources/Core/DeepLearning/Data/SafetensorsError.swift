/// What is wrong with a safetensors file, or between it and a model.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read or written.
    case unreadable(file: String, reason: String)
    /// A part of the file is not as the format has it.
    case malformed(file: String, field: String, value: String, expected: String)
    /// There is no tensor of a name.
    case missingTensor(file: String, tensor: String, shape: [Int]?)
    /// The file has a tensor that the model has not.
    case unusedTensor(file: String, tensor: String, shape: [Int])
    /// A tensor has another shape than the model's parameter.
    case shape(file: String, tensor: String, found: [Int], expected: [Int])
    /// A tensor has a type of elements that cannot be read into a tensor of floating-point numbers.
    case elementType(file: String, tensor: String, found: String)
    /// The model's parameters have no names.
    case names(ParameterNameError)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .malformed(let file, let field, let value, let expected):
            "\(file): \(field) is \(value), expected \(expected)"
        case .missingTensor(let file, let tensor, let shape):
            "\(file): there is no tensor \(tensor)" + (shape.map { " (of the shape \($0))" } ?? "")
        case .unusedTensor(let file, let tensor, let shape):
            "\(file): the model has no parameter \(tensor) (of the shape \(shape))"
        case .shape(let file, let tensor, let found, let expected):
            "\(file): the tensor \(tensor) has the shape \(found), expected \(expected)"
        case .elementType(let file, let tensor, let found):
            "\(file): the tensor \(tensor) has elements of the type \(found), expected F64, F32, F16 or BF16"
        case .names(let error): error.description
        }
    }
}
