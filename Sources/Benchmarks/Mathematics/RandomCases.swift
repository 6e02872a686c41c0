import BenchmarkMeasuring
import Mathematics

/// Random numbers and sorting. The generators differ (Philox4x32 here, Philox4x64 in NumPy), so that moments are
/// compared, within five standard errors.
let randomCases: [CaseMaker] = [
    {
        ComparedCase(
            "normal numbers, 1 million", peerName: "normal", settings: ["count": 1e6], bar: .none
        ) {
            var generator = Philox(seed: 1)
            return generator.normalVector(count: 1_000_000)
        } results: {
            moments(Array($0))
        }
    },
    {
        ComparedCase(
            "uniform numbers, 1 million", peerName: "uniform", settings: ["count": 1e6], bar: .none
        ) {
            var generator = Philox(seed: 1)
            return generator.uniformVector(count: 1_000_000)
        } results: {
            moments(Array($0))
        }
    },
    {
        ComparedCase(
            "gamma(2.5) numbers, 200 thousand", peerName: "gamma", settings: ["count": 2e5, "shape": 2.5], bar: .none
        ) {
            var generator = Philox(seed: 1)
            return generator.gammaVector(count: 200_000, shape: 2.5)
        } results: { numbers in
            let all = Array(numbers)
            let mean = all.reduce(0, +) / Double(all.count)
            let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
            return [Output("mean", [mean], tolerance: 0.01), Output("variance", [variance], tolerance: 0.03)]
        }
    },
    {
        ComparedCase(
            "normal numbers, 10 thousand batches of 8", peerName: "small_normal_batches",
            settings: ["count": 8, "batches": 1e4], bar: .pythonLoop
        ) {
            var generator = Philox(seed: 1)
            return (0..<10_000).map { _ in generator.normalVector(count: 8) }
        } results: { batches in
            moments(batches.flatMap { Array($0) }, standardErrors: 18)
        }
    },
    {
        let samples = normalMatrix(10_000, 8)
        let rows = (0..<samples.rows).map { samples.row($0) }
        return ComparedCase(
            "mean and deviation, 10 thousand samples of 8", peerName: "small_statistics",
            inputs: ["samples": NumericArray(samples)], bar: .pythonLoop
        ) {
            rows.map { row in
                var moments = StreamingMoments()
                for value in row { moments.add(value) }
                return (moments.mean, moments.standardDeviation)
            }
        } results: { pairs in
            [Output("mean and deviation", pairs.flatMap { [$0.0, $0.1] }, tolerance: 1e-12)]
        }
    },
    {
        let numbers = Array(normalVector(1_000_000))
        return ComparedCase(
            "sort, 1 million numbers", peerName: "sort", inputs: ["x": NumericArray(numbers)], bar: .none
        ) {
            numbers.sorted()
        } results: {
            [Output("sorted", $0, tolerance: 1e-300)]
        }
    },
]

/// Mean, variance, fourth moment and share within a half. Five standard errors of the difference of two means of a
/// million are 0.007; the other moments of these distributions need no more than twenty times that.
private func moments(_ numbers: [Double], standardErrors factor: Double = 5) -> [Output] {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let fourth = numbers.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count
    let share = Double(numbers.count { abs($0) < 0.5 }) / count
    let unit = factor * 0.0015
    return [
        Output("1 + mean", [1 + mean], tolerance: unit), Output("variance", [variance], tolerance: 2 * unit),
        Output("fourth moment", [fourth], tolerance: 4 * unit),
        Output("share within a half", [share], tolerance: 2 * unit),
    ]
}
