import Decisions
import DeepLearning
import Mathematics
import Testing

@Suite struct BilevelProblemTests {
    // MARK: Support vector machine

    @Test func hyperGradients() throws {
        var generator = Philox(seed: 3)
        let svm = try MulticlassSVM.gaussianClasses(
            sampleCount: 20, validationCount: 15, featureCount: 6, classCount: 3, using: &generator)
        let logPenalty = 1.5
        let expected = try svm.differenceQuotient(logPenalty: logPenalty, iterations: 2000)
        #expect(abs(expected) > 0.01)
        for solver in MulticlassSVM.Solver.allCases {
            let iterations = solver == .blockCoordinateDescent ? 2000 : 20_000
            for fixedPoint in MulticlassSVM.FixedPoint.allCases {
                let result = try svm.implicitHyperGradient(
                    logPenalty: logPenalty, solver: solver, fixedPoint: fixedPoint, iterations: iterations)
                #expect(abs(result.derivative / expected - 1) < 1e-5, "\(solver), \(fixedPoint)")
            }
        }
        let unrolled = try svm.unrolledHyperGradient(logPenalty: logPenalty, solver: .projectedGradient, iterations: 1500)
        #expect(abs(unrolled.derivative / expected - 1) < 1e-4)
        // The dual's solution satisfies the primal's condition: W = Xᵀ(Y − x)/θ, each row of x a best response to XW.
        let x = try svm.solver(.blockCoordinateDescent, logPenalty: logPenalty)
            .run(from: svm.start, parameters: Tensor(logPenalty), iterations: 2000).solution
        let slopes = svm.dual.gradient(x, Tensor(logPenalty))
        let gap = ((x * slopes).sum(along: 1) - slopes.min(along: 1)).max().scalar
        #expect(gap < 1e-8)
        #expect(x.scalars.contains(0))
        let automatic = gradient(at: x) { svm.dual.value($0, Tensor(logPenalty)) }
        #expect(largestDifference(slopes, automatic) < 1e-12)
    }

    @Test func svmRefusesBadInput() {
        let features: Matrix = [[1, 2], [3, 4]]
        #expect(throws: OptimisationError.invalid(argument: "labels[1]", value: "3", expected: "a class, 0 ..< 3")) {
            _ = try MulticlassSVM(
                features: features, labels: [0, 3], validationFeatures: features, validationLabels: [0, 1], classCount: 3)
        }
        #expect(throws: OptimisationError.self) {
            _ = try MulticlassSVM(
                features: features, labels: [0], validationFeatures: features, validationLabels: [0, 1], classCount: 3)
        }
        #expect(throws: OptimisationError.self) {
            _ = try MulticlassSVM(
                features: features, labels: [0, 1], validationFeatures: [[1]], validationLabels: [0], classCount: 3)
        }
    }

    // MARK: Soft spheres

    /// Two spheres at a distance of 0.5 across the edge: ½(1 − 0.5/0.8)².
    @Test func energyByHand() throws {
        let spheres = try SoftSpheres(count: 2, side: 4)
        let positions: Tensor<Double> = [[0.1, 1], [3.6, 1]]
        #expect(abs(spheres.energy(positions, diameter: Tensor(0.6)).scalar - 0.5 * 0.375 * 0.375) < 1e-14)
        #expect(spheres.energy([[0.1, 1], [2.6, 1]], diameter: Tensor(0.6)).scalar == 0)
        let many = try SoftSpheres(count: 24, packing: 1, diameter: 0.6)
        #expect(abs(many.side * many.side - .pi / 4 * 12 * 1.36) < 1e-12)
    }

    /// A ring of two small and two large spheres in a row: the forces (1 − r/σ)/σ of the four contacts are equal, so that
    /// the small ones' distance is θ(1 − Fθ) with F = (2θ − 1)/(θ² + (θ + 1)²/2 + 1).
    @Test func ringOfSpheres() throws {
        let result = try softSphereSensitivity(positions: [[0, 0], [0.6, 0], [1.4, 0], [2.4, 0]], side: 3, diameter: 0.6)
        func distance(_ t: Double) -> Double { t * (1 - t * (2 * t - 1) / (t * t + (t + 1) * (t + 1) / 2 + 1)) }
        let slope = (distance(0.6 + 1e-5) - distance(0.6 - 1e-5)) / 2e-5
        #expect(abs(result.positions[1, 0] - result.positions[0, 0] - distance(0.6)) < 1e-9)
        #expect(abs(result.sensitivity[1, 0] - result.sensitivity[0, 0] - slope) < 1e-7)
        #expect(throws: OptimisationError.self) { _ = try softSphereSensitivity(positions: [[0], [1]], side: 3) }
    }

    /// The derivative of relaxed positions, against relaxing them again.
    @Test func sensitivity() throws {
        var generator = Philox(seed: 5)
        let spheres = try SoftSpheres(count: 20, packing: 1.1, diameter: 0.6)
        let start = spheres.randomPositions(using: &generator)
        let force = gradient(at: start) { spheres.energy($0, diameter: Tensor(0.6)) }
        let expectedForce = differences(at: start) { spheres.energy($0, diameter: Tensor(0.6)).reshaped(to: [1]) }
        #expect(largestDifference(force.flattened(), expectedForce.flattened()) < 1e-8)
        let relaxed = try spheres.relaxed(from: start, diameter: 0.6, tolerance: 1e-13).positions
        #expect(spheres.energy(relaxed, diameter: Tensor(0.6)).scalar > 1e-4)
        let expected = try spheres.differenceQuotient(at: relaxed, diameter: 0.6)
        let implicit = spheres.sensitivity(at: relaxed, diameter: 0.6)
        #expect(largestDifference(implicit, expected) < 1e-4 * abs(expected).max().scalar)
        let normal = spheres.sensitivity(
            at: relaxed, diameter: 0.6, linearSolver: .normalConjugateGradient(maximumIterations: 5000))
        #expect(largestDifference(normal, implicit) < 1e-6 * abs(expected).max().scalar)
        #expect(throws: OptimisationError.self) { _ = try SoftSpheres(count: 5, side: 2) }
        #expect(throws: OptimisationError.self) { _ = try spheres.relaxed(from: start, diameter: 0.6, iterations: 3) }
    }

    // MARK: Distillation

    @Test func distillation() throws {
        var generator = Philox(seed: 6)
        var digits = ProceduralDigits()
        digits.size = 6
        let problem = try DatasetDistillation(digits.images(count: 60, using: &generator))
        let start = Tensor<Double>.randomNormal([10, 36], using: &generator) * 0.3
        let options = DatasetDistillation.InnerOptions(iterations: 3000, tolerance: 1e-13)
        let (loss, slope) = problem.lossAndGradient(of: start, options: options)
        func outer(_ images: Tensor<Double>) -> Double {
            crossEntropy(matmul(problem.images, problem.trainedWeights(on: images, options: options)), problem.labels).scalar
        }
        #expect(abs(outer(start) - loss) < 1e-12)
        for place in [0, 77, 200, 359] {
            func moved(_ by: Double) -> Tensor<Double> {
                var copy = start
                copy.withUnsafeMutableScalars { $0[place] += by }
                return copy
            }
            let expected = (outer(moved(1e-5)) - outer(moved(-1e-5))) / 2e-5
            #expect(abs(slope.scalars[place] - expected) < 1e-7)
        }
        let unrolled = problem.lossAndGradient(
            of: start, mode: .unrolled, options: DatasetDistillation.InnerOptions(iterations: 400))
        #expect(largestDifference(unrolled.gradient, slope) < 1e-7)
        let result = try problem.distilled(from: start, steps: 5)
        #expect(result.losses.count == 6 && result.losses[5] < result.losses[0])
        #expect(throws: OptimisationError.self) { _ = try problem.distilled(from: .zeros([10, 35]), steps: 1) }
    }

    // MARK: Dictionary

    /// The codes against an elastic net solved by coordinate descent, and the task's gradient against differences.
    @Test func dictionary() throws {
        var generator = Philox(seed: 7)
        let (samples, labels) = TaskDrivenDictionary.syntheticSamples(count: 25, featureCount: 9, using: &generator)
        #expect(Set(labels) == [0, 1])
        let problem = try TaskDrivenDictionary(samples: samples, labels: labels)
        var model = problem.randomModel(atomCount: 4, using: &generator)
        model.weights = .randomNormal([4], using: &generator)
        let codes = problem.codes(of: problem.samples, dictionary: model.dictionary, iterations: 5000, tolerance: 1e-14)
        let residuals = problem.samples - matmul(codes, model.dictionary)
        let slopes = matmul(residuals, model.dictionary.transposed()) - codes * problem.elasticity
        // 0 ∈ −slope + λ ∂|c|
        for (code, slope) in zip(codes.scalars, slopes.scalars) {
            #expect(code == 0 ? abs(slope) <= problem.sparsity + 1e-9 : abs(slope - (code > 0 ? 0.1 : -0.1)) < 1e-9)
        }
        #expect(codes.scalars.contains(0) && codes.scalars.contains { $0 != 0 })
        let slope = gradient(at: model) { problem.taskLoss($0) }
        for place in [0, 11, 35] {
            func moved(_ by: Double) -> Double {
                var copy = model
                copy.dictionary.withUnsafeMutableScalars { $0[place] += by }
                return problem.taskLoss(copy).scalar
            }
            #expect(abs(slope.dictionary.scalars[place] - (moved(1e-5) - moved(-1e-5)) / 2e-5) < 1e-5)
        }
        #expect(throws: OptimisationError.self) { _ = try TaskDrivenDictionary(samples: samples, labels: [0, 1]) }
        #expect(throws: OptimisationError.self) {
            _ = try TaskDrivenDictionary(samples: samples, labels: [Int](repeating: 2, count: 25))
        }
    }
}
