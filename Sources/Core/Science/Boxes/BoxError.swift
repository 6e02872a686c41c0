/// An argument of the detection functions that cannot be used.
public struct BoxError: Error, Hashable, CustomStringConvertible {
    /// The argument, with the position in it where there is one: `scores[3]`.
    public let argument: String
    /// The value that was found there.
    public let value: String
    /// What was expected instead.
    public let expected: String

    public init(argument: String, value: String, expected: String) {
        self.argument = argument
        self.value = value
        self.expected = expected
    }

    public var description: String { "\(argument): expected \(expected), found \(value)" }
}

/// Throws unless every box has finite edges in order.
func validate(boxes: [Box], argument: String) throws(BoxError) {
    // The argument's name costs more than the check: it is made for a bad box alone.
    for (index, box) in boxes.enumerated() where !box.isValid {
        try validate(box: box, argument: "\(argument)[\(index)]")
    }
}

/// Throws unless the box has finite edges in order.
func validate(box: Box, argument: String) throws(BoxError) {
    guard box.isValid else {
        throw BoxError(
            argument: argument,
            value: "(xMin \(box.xMin), yMin \(box.yMin), xMax \(box.xMax), yMax \(box.yMax))",
            expected: "finite edges with xMin <= xMax and yMin <= yMax")
    }
}

/// Throws unless the threshold is an overlap in [0, 1].
func validate(overlapThreshold: Double, argument: String) throws(BoxError) {
    guard overlapThreshold >= 0, overlapThreshold <= 1 else {
        throw BoxError(argument: argument, value: "\(overlapThreshold)", expected: "an overlap in [0, 1]")
    }
}

/// Throws unless the detections have usable boxes and finite scores.
func validate(detections: [Detection]) throws(BoxError) {
    for (index, detection) in detections.enumerated() {
        if !detection.box.isValid { try validate(box: detection.box, argument: "detections[\(index)].box") }
        guard detection.score.isFinite else {
            throw BoxError(
                argument: "detections[\(index)].score", value: "\(detection.score)", expected: "a finite number")
        }
    }
}

/// Throws unless the objects have usable boxes and areas.
func validate(objects: [GroundTruthObject]) throws(BoxError) {
    for (index, object) in objects.enumerated() {
        if !object.box.isValid { try validate(box: object.box, argument: "objects[\(index)].box") }
        guard object.area.isFinite, object.area >= 0 else {
            throw BoxError(
                argument: "objects[\(index)].area", value: "\(object.area)",
                expected: "a finite area of at least 0 square pixels")
        }
    }
}
