import Mathematics

/// Systems of linear equations modulo a prime (Feng et al. 2023, arXiv:2305.15408): "2x+y=3,x+4y=1:", answer
/// "x=5,y=4". The difficulty is the number of unknowns; the working is the whole system after each step of
/// Gauss-Jordan elimination, without zero terms and factors of 1.
public struct LinearEquations: VerifiableTask {
    /// A prime.
    public let modulus: Int
    /// Whether solutions show the working.
    public var showsWorking: Bool

    public init(modulus: Int = 11, showsWorking: Bool = true) throws(TaskError) {
        guard modulus >= 2, (2..<modulus).allSatisfy({ $0 * $0 > modulus || modulus % $0 != 0 }) else {
            throw .invalidArgument(task: "linear equations", name: "modulus", value: "\(modulus)", expected: "a prime")
        }
        self.modulus = modulus
        self.showsWorking = showsWorking
    }

    public var name: String { "linear equations" }
    public var characters: String { "0123456789xyzuvw+=,:;#" }
    public var difficulties: ClosedRange<Int> { 1...6 }

    private static let unknowns = Array("xyzuvw")

    public func makeExample<G: RandomNumberGenerator>(difficulty n: Int, using generator: inout G) -> TaskExample {
        while true {
            let system = (0..<n).map { _ in (0...n).map { _ in generator.integer(below: modulus) } }
            guard let stages = eliminated(system), let solved = stages.last else { continue }
            let answer = zip(Self.unknowns, solved).map { "\($0)=\($1[n])" }.joined(separator: ",")
            let working = stages.dropLast().map(text).joined(separator: ";")
            return TaskExample(prompt: text(system) + ":", answer: answer, working: showsWorking ? working : "")
        }
    }

    /// The system after the elimination of each unknown; nil where it has not exactly one solution.
    private func eliminated(_ system: [[Int]]) -> [[[Int]]]? {
        var system = system
        var stages: [[[Int]]] = []
        for pivot in system.indices {
            guard let row = (pivot..<system.count).first(where: { system[$0][pivot] != 0 }) else { return nil }
            system.swapAt(pivot, row)
            let factor = inverse(system[pivot][pivot])
            system[pivot] = system[pivot].map { $0 * factor % modulus }
            for other in system.indices where other != pivot && system[other][pivot] != 0 {
                let multiple = modulus - system[other][pivot]
                system[other] = zip(system[other], system[pivot]).map { ($0 + multiple * $1) % modulus }
            }
            stages.append(system)
        }
        return stages
    }

    private func text(_ system: [[Int]]) -> String {
        system.map { row in
            let terms = zip(Self.unknowns, row.dropLast()).filter { $1 != 0 }.map { $1 == 1 ? "\($0)" : "\($1)\($0)" }
            return (terms.isEmpty ? "0" : terms.joined(separator: "+")) + "=\(row[row.count - 1])"
        }.joined(separator: ",")
    }

    private func inverse(_ a: Int) -> Int { (1..<modulus).first { a * $0 % modulus == 1 } ?? 1 }
}
