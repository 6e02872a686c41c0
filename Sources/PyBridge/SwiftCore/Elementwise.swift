internal import CSwiftCore
import DeepLearning
import Mathematics

/// A number or an array of numbers, as an argument of a function that works element by element.
private enum Operand {
    case number(Double)
    case array(ReceivedArray<Double>)

    init(_ object: Object) throws {
        if swiftcore_is_float(object) {
            self = .number(try Double(python: object))
            return
        }
        let array: Bool
        var view = swiftcore_view()
        if swiftcore_view_open(object, &view) == 0 {
            // NumPy's scalars expose memory without dimensions.
            array = view.dimensions > 0
            if let handle = view.handle { swiftcore_view_close(handle) }
        } else {
            var value = 0.0
            array = swiftcore_count(object) >= 0 || swiftcore_as_double(object, &value) == -1
        }
        self = array ? .array(try ReceivedArray(object, dimensions: nil)) : .number(try Double(python: object))
    }

    var shape: [Int] {
        switch self {
        case .number: []
        case .array(let array): array.shape
        }
    }
}

extension Arguments {
    /// Applies a function of Doubles to numbers, or element by element to arrays that are broadcast as NumPy does.
    ///
    /// - Parameter indices: the arguments that may be arrays; `body` gets one element of each.
    @inline(__always)
    func elementwise(_ indices: [Int], _ body: (UnsafePointer<Double>) -> Double) throws -> Object {
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: indices.count) { values in
            let values = values.baseAddress.unsafelyUnwrapped
            var position = 0
            // Numbers alone: no need to look further, nor to let other threads run.
            while position < indices.count, let object = slots(indices[position]), swiftcore_is_float(object) {
                (values + position).initialize(to: try Double(python: object))
                position += 1
            }
            if position == indices.count { return try body(values).python() }
            return try broadcast(indices, values, body)
        }
    }

    @inline(__always)
    private func slots(_ index: Int) -> Object? { object(index) }

    @inline(never)
    private func broadcast(
        _ indices: [Int], _ values: UnsafeMutablePointer<Double>, _ body: (UnsafePointer<Double>) -> Double
    ) throws -> Object {
        let operands = try indices.map { index in
            do { return try Operand(object(index).unsafelyUnwrapped) } catch { throw located(error, index) }
        }
        let shape = try commonShape(indices, operands)
        if operands.allSatisfy({ if case .number = $0 { true } else { false } }) {
            for (position, operand) in operands.enumerated() {
                if case .number(let value) = operand { (values + position).initialize(to: value) }
            }
            return try body(values).python()
        }
        let count = shape.reduce(1, *)
        let result = Storage<Double>(uninitializedCount: count)
        try compute {
            for (position, operand) in operands.enumerated() {
                if case .number(let value) = operand { (values + position).initialize(to: value) }
            }
            let arrays = operands.enumerated().compactMap { position, operand -> (Int, ReceivedArray<Double>)? in
                if case .array(let array) = operand { (position, array) } else { nil }
            }
            if arrays.allSatisfy({ $0.1.shape == shape }) {
                for element in 0..<count {
                    for (position, array) in arrays { values[position] = array.storage.pointer[element] }
                    (result.pointer + element).initialize(to: body(values))
                }
                return
            }
            // Strides in elements, 0 along the axes that are repeated.
            let strides = arrays.map { _, array in
                var strides = [Int](repeating: 0, count: shape.count)
                var step = 1
                for axis in array.shape.indices.reversed() {
                    let place = shape.count - array.shape.count + axis
                    strides[place] = array.shape[axis] == 1 ? 0 : step
                    step *= array.shape[axis]
                }
                return strides
            }
            var position = [Int](repeating: 0, count: shape.count)
            for element in 0..<count {
                for (which, (place, array)) in arrays.enumerated() {
                    var offset = 0
                    for axis in shape.indices { offset += position[axis] * strides[which][axis] }
                    values[place] = array.storage.pointer[offset]
                }
                (result.pointer + element).initialize(to: body(values))
                for axis in shape.indices.reversed() {
                    position[axis] += 1
                    if position[axis] < shape[axis] { break }
                    position[axis] = 0
                }
            }
        }
        return try Tensor(storage: result, shape: TensorShape(shape)).python()
    }

    /// The shape that all operands can be repeated to.
    private func commonShape(_ indices: [Int], _ operands: [Operand]) throws -> [Int] {
        var (shape, owner) = ([Int](), -1)
        for (index, operand) in zip(indices, operands) {
            let other = operand.shape
            var merged = [Int]()
            for axis in 0..<max(shape.count, other.count) {
                let left = axis < shape.count ? shape[shape.count - 1 - axis] : 1
                let right = axis < other.count ? other[other.count - 1 - axis] : 1
                guard left == right || left == 1 || right == 1 else {
                    throw Failure.argument(
                        kind: SWIFTCORE_VALUE_ERROR, path: name(index),
                        message: "has shape \(shapeText(other)) and \(name(owner)) has shape \(shapeText(shape)): "
                            + "expected shapes that can be broadcast together")
                }
                merged.insert(left == 1 ? right : left, at: 0)
            }
            if other.count > 0, owner < 0 || merged != shape { owner = index }
            shape = merged
        }
        return shape
    }
}
