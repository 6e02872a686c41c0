import Synchronization

/// How a tensor came about, at one level of differentiation.
///
/// Every call that differentiates (`gradient`, `derivative`, …) opens a level of its own, higher than
/// those around it. An operation looks at the highest level among its arguments, computes on the arguments
/// lowered by that level (and so is recorded at the lower levels too), and records itself there. A
/// pullback is therefore made of operations on lowered tensors, which the levels around it record in
/// turn: that is all there is to differentiating a gradient again. There is no tape: the record is held
/// by the tensors that came of it and goes with them.
class Trace<Scalar: TensorElement>: @unchecked Sendable {
    // Unchecked: immutable but for what a backward pass of its own level clears at its end.
    let level: UInt64
    /// The trace at the next lower level.
    let lower: Trace?

    init(level: UInt64, lower: Trace?) {
        self.level = level
        self.lower = lower
    }

    var isForward: Bool { false }
}

/// Numbers levels and records in the order of their making. They are names: no result depends on them.
enum TraceCounter {
    private static let last = Atomic<UInt64>(0)
    static func next() -> UInt64 { last.add(1, ordering: .relaxed).newValue }
}

/// What an operation was, seen from its result: where its arguments came from and how a cotangent goes back.
final class ReverseTrace<Scalar: TensorElement>: Trace<Scalar>, @unchecked Sendable {
    typealias Pullback = (Tensor<Scalar>) -> Tensor<Scalar>

    enum Rule {
        /// A variable, or a record that is no longer needed.
        case leaf
        case unary(ReverseTrace, Pullback)
        case binary(ReverseTrace?, Pullback?, ReverseTrace?, Pullback?)
        /// The pullback gets the cotangent and which of the arguments want theirs.
        case general([ReverseTrace?], (Tensor<Scalar>, [Bool]) -> [Tensor<Scalar>?])
    }

    let order: UInt64
    var rule: Rule
    /// The place in the backward pass, once the records are in order.
    var slot = -1

    init(level: UInt64, lower: Trace<Scalar>?, rule: Rule) {
        order = TraceCounter.next()
        self.rule = rule
        super.init(level: level, lower: lower)
    }

    /// The records of the arguments.
    func forEachParent(_ body: (ReverseTrace) -> Void) {
        switch rule {
        case .leaf: break
        case .unary(let parent, _): body(parent)
        case .binary(let first, _, let second, _):
            if let first { body(first) }
            if let second { body(second) }
        case .general(let parents, _):
            for case let parent? in parents { body(parent) }
        }
    }

    // A chain of a million records must not be released by a million nested calls.
    deinit {
        if case .leaf = rule { return }
        var pending: [ReverseTrace] = []
        forEachParent { pending.append($0) }
        rule = .leaf
        while var record = pending.popLast() {
            guard isKnownUniquelyReferenced(&record) else { continue }
            record.forEachParent { pending.append($0) }
            record.rule = .leaf
        }
    }
}

/// The derivative of a tensor along the direction in which its level differentiates.
final class ForwardTrace<Scalar: TensorElement>: Trace<Scalar>, @unchecked Sendable {
    let tangent: Tensor<Scalar>

    init(level: UInt64, lower: Trace<Scalar>?, tangent: Tensor<Scalar>) {
        self.tangent = tangent
        super.init(level: level, lower: lower)
    }

    override var isForward: Bool { true }
}

extension Tensor {
    /// The highest level that differentiates this tensor; 0 where none does.
    @inline(__always)
    var level: UInt64 { trace?.level ?? 0 }

    /// The tensor as the levels below its highest see it.
    @inline(__always)
    var lowered: Tensor {
        var copy = self
        copy.trace = trace?.lower
        return copy
    }

    /// The tensor as the levels below `level` see it.
    func lowered(below level: UInt64) -> Tensor {
        var copy = self
        while let trace = copy.trace, trace.level >= level { copy.trace = trace.lower }
        return copy
    }

    @inline(__always)
    func traced(_ trace: Trace<Scalar>) -> Tensor {
        var copy = self
        copy.trace = trace
        return copy
    }

    /// The tensor's value, cut off from every differentiation: its derivative is zero.
    public func detached() -> Tensor {
        var copy = self
        copy.trace = nil
        return copy
    }
}
