internal import CPythonBridge

/// Python's `start:stop:step` in a subscript: `array[PythonSlice(from: -3)]`, `array[.all, 0]`.
public struct PythonSlice: PythonConvertible, Sendable {
    public let pythonObject: PythonObject

    /// `from:to:by`; `nil` is an omitted part. Negative bounds count from the end, as in Python.
    public init(from start: Int? = nil, to stop: Int? = nil, by step: Int? = nil) {
        pythonObject = PythonObject(catching: {
            let (start, stop) = (try PythonObject(start).reference(), try PythonObject(stop).reference())
            let step = try PythonObject(step).reference()
            return try PythonInterpreter.object { cpb_slice(start.pointer, stop.pointer, step.pointer, $0) }
        })
    }

    /// `:`, a whole axis.
    public static var all: PythonSlice { PythonSlice() }
}

/// What is a slice inside a subscript.
protocol PythonSliceConvertible {
    var pythonSlice: PythonObject { get }
}

private func range(from start: Int, to stop: Int, by step: Int = 1) -> PythonObject {
    PythonObject(catching: { try Python.builtins.range(start, stop, step) })
}

extension Range: PythonConvertible where Bound == Int {
    /// `range(lowerBound, upperBound)`.
    public var pythonObject: PythonObject { range(from: lowerBound, to: upperBound) }
}

extension Range: PythonSliceConvertible where Bound == Int {
    var pythonSlice: PythonObject { PythonSlice(from: lowerBound, to: upperBound).pythonObject }
}

extension ClosedRange: PythonConvertible where Bound == Int {
    /// `range(lowerBound, upperBound + 1)`.
    public var pythonObject: PythonObject { range(from: lowerBound, to: upperBound + 1) }
}

extension ClosedRange: PythonSliceConvertible where Bound == Int {
    var pythonSlice: PythonObject { PythonSlice(from: lowerBound, to: upperBound + 1).pythonObject }
}

extension PartialRangeFrom: PythonSliceConvertible where Bound == Int {
    var pythonSlice: PythonObject { PythonSlice(from: lowerBound).pythonObject }
}

extension PartialRangeUpTo: PythonSliceConvertible where Bound == Int {
    var pythonSlice: PythonObject { PythonSlice(to: upperBound).pythonObject }
}

extension PartialRangeThrough: PythonSliceConvertible where Bound == Int {
    var pythonSlice: PythonObject { PythonSlice(to: upperBound + 1).pythonObject }
}

/// First, one past the last, and step of a stride's elements; `nil` without elements.
private func bounds(of elements: some Sequence<Int>) -> (start: Int, stop: Int, step: Int)? {
    var iterator = elements.makeIterator()
    guard let first = iterator.next() else { return nil }
    guard let second = iterator.next() else { return (first, first + 1, 1) }
    var last = second
    while let next = iterator.next() { last = next }
    return (first, last + (second - first).signum(), second - first)
}

private func rangeObject(_ elements: some Sequence<Int>) -> PythonObject {
    let (start, stop, step) = bounds(of: elements) ?? (0, 0, 1)
    return range(from: start, to: stop, by: step)
}

private func sliceObject(_ elements: some Sequence<Int>) -> PythonObject {
    let (start, stop, step) = bounds(of: elements) ?? (0, 0, 1)
    // Downwards to the first element: a stop of -1 would mean the last one.
    return PythonSlice(from: start, to: stop < 0 ? nil : stop, by: step).pythonObject
}

extension StrideTo: PythonConvertible where Element == Int {
    /// The `range` of the same integers.
    public var pythonObject: PythonObject { rangeObject(self) }
}

extension StrideTo: PythonSliceConvertible where Element == Int {
    var pythonSlice: PythonObject { sliceObject(self) }
}

extension StrideThrough: PythonConvertible where Element == Int {
    /// The `range` of the same integers.
    public var pythonObject: PythonObject { rangeObject(self) }
}

extension StrideThrough: PythonSliceConvertible where Element == Int {
    var pythonSlice: PythonObject { sliceObject(self) }
}
