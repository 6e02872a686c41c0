/// The records between some results and the variables of one level, in the order in which cotangents go back.
struct BackwardPass<Scalar: TensorScalar> {
    private let roots: [ReverseTrace<Scalar>?]
    private let records: [ReverseTrace<Scalar>]

    /// Collects and orders the records of `level` behind `results`.
    init(from results: [Tensor<Scalar>], level: UInt64) {
        var records: [ReverseTrace<Scalar>] = []
        var stack: [ReverseTrace<Scalar>] = []
        roots = results.map { result in
            guard let trace = result.trace, trace.level == level, !trace.isForward else { return nil }
            return unsafeDowncast(trace, to: ReverseTrace<Scalar>.self)
        }
        for case let root? in roots { stack.append(root) }
        while let record = stack.popLast() {
            guard record.slot < 0 else { continue }
            record.slot = 0
            records.append(record)
            record.forEachParent { if $0.slot < 0 { stack.append($0) } }
        }
        records.sort { $0.order > $1.order }
        for index in records.indices { records[index].slot = index }
        self.records = records
    }

    /// The cotangents of `variables`, given the cotangents of the results; nil for a variable that the results
    /// do not depend on.
    func cotangents(of variables: [ReverseTrace<Scalar>], seeds: [Tensor<Scalar>]) -> [Tensor<Scalar>?] {
        var cotangents = [Tensor<Scalar>?](repeating: nil, count: records.count)
        func add(_ cotangent: Tensor<Scalar>, to record: ReverseTrace<Scalar>) {
            guard var sum = cotangents[record.slot] else {
                cotangents[record.slot] = cotangent
                return
            }
            cotangents[record.slot] = nil
            if sum.trace == nil, cotangent.trace == nil {
                VectorMath.add(cotangent, to: &sum)
            } else {
                sum = sum + cotangent
            }
            cotangents[record.slot] = sum
        }
        for (root, seed) in zip(roots, seeds) {
            if let root { add(seed, to: root) }
        }
        for (index, record) in records.enumerated() {
            guard let cotangent = cotangents[index] else { continue }
            switch record.rule {
            case .leaf: continue
            case .unary(let parent, let pullback):
                cotangents[index] = nil
                add(pullback(cotangent), to: parent)
            case .binary(let first, let firstPullback, let second, let secondPullback):
                cotangents[index] = nil
                if let first, let firstPullback { add(firstPullback(cotangent), to: first) }
                if let second, let secondPullback { add(secondPullback(cotangent), to: second) }
            case .general(let parents, let pullback):
                cotangents[index] = nil
                let wanted = parents.map { $0 != nil }
                for (parent, part) in zip(parents, pullback(cotangent, wanted)) {
                    if let parent, let part { add(part, to: parent) }
                }
            }
        }
        return variables.map { $0.slot >= 0 ? cotangents[$0.slot] : nil }
    }

    /// Lets go of what the records hold. After it no cotangent can go back any more.
    func release() {
        for record in records { record.rule = .leaf }
    }
}
