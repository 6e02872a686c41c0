import BenchmarkMeasuring
import Mathematics

/// Exact optimal transport and assignment.
let transportCases: [CaseMaker] = [
    { transportProgram(20) }, { transportProgram(60) },
    {
        let costs = planeCosts(500)
        return ComparedCase(
            "assignment 500", peerName: "assignment", settings: ["scale": 1], inputs: ["costs": NumericArray(costs)],
            bar: .none
        ) {
            try Assignment(costs: costs)
        } results: {
            [Output("cost", [$0.cost], tolerance: 1e-12)]
        }
    },
    {
        let costs = planeCosts(500)
        return ComparedCase(
            "exact transport, uniform 500", peerName: "assignment", settings: ["scale": 1.0 / 500],
            inputs: ["costs": NumericArray(costs)], bar: .none, note: "peer: linear_sum_assignment"
        ) {
            try OptimalTransport(costs: costs)
        } results: {
            [Output("cost", [$0.cost], tolerance: 1e-12)]
        }
    },
]

/// Squared distances between two clouds of the plane.
private func planeCosts(_ count: Int) -> Matrix {
    pairwiseSquaredDistances(normalMatrix(count, 2), normalMatrix(count, 2, seed: 5))
}

private func transportProgram(_ count: Int) -> ComparedCase {
    let costs = planeCosts(count)
    var generator = Philox(seed: 6)
    let source = generator.uniformOnSimplex(dimension: count), target = generator.uniformOnSimplex(dimension: count)
    return ComparedCase(
        "exact transport, weighted \(count)", peerName: "transport_program",
        inputs: ["costs": NumericArray(costs), "source": NumericArray(source), "target": NumericArray(target)],
        bar: .pythonLoop, note: "peer: linprog, HiGHS"
    ) {
        try OptimalTransport(costs: costs, sourceMasses: source, targetMasses: target)
    } results: {
        [Output("cost", [$0.cost], tolerance: 1e-7)]
    }
}
