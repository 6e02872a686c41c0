import DeepLearning
import Testing

/// Reference values: the rates that `torch.optim.lr_scheduler`'s schedules give to an SGD with lr=0.1.
struct ScheduleTests {
    static func expect(
        _ schedule: LearningRateSchedule, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (step, value) in expected.enumerated() {
            #expect(abs(schedule(step) - value) < 1e-15, "step \(step)", sourceLocation: sourceLocation)
        }
    }

    // OneCycleLR(o, max_lr=0.1, total_steps=12)
    @Test func oneCycle() {
        Self.expect(.oneCycle(peak: 0.1, steps: 12), [
            0.0040000000000000036, 0.0349789654219583, 0.08792851591221287, 0.09944154354509119, 0.09330129698414118,
            0.0811745653949763, 0.06473789976951033, 0.046263710266697504, 0.028306099820869922, 0.01334775301888306,
            0.0034566987425395223, 4e-07,
        ])
    }

    // CosineAnnealingLR(o, T_max=8, eta_min=0.01)
    @Test func cosine() {
        Self.expect(.cosine(from: 0.1, to: 0.01, steps: 8), [
            0.1, 0.0965745789630079, 0.08681980515339463, 0.07222075445642905, 0.055, 0.03777924554357096,
            0.023180194846605363, 0.013425421036992097, 0.01, 0.01,
        ])
    }

    // StepLR(o, step_size=3, gamma=0.5); MultiStepLR(o, milestones=[2, 5], gamma=0.1)
    @Test func steps() {
        Self.expect(.step(from: 0.1, factor: 0.5, every: 3), [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025])
        Self.expect(.step(from: 0.1, factor: 0.1, at: [2, 5]), [0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001])
    }

    // LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=5)
    @Test func linear() {
        Self.expect(.linear(from: 0.1, to: 0.02, steps: 5), [0.1, 0.084, 0.068, 0.052, 0.036, 0.02, 0.02])
    }

    /// d_model^−0.5 · min(step^−0.5, step · warmup^−1.5) of the paper, scaled to its peak.
    @Test func inverseSquareRoot() {
        let schedule = LearningRateSchedule.inverseSquareRoot(peak: 2, warmUp: 10)
        for step in 1...40 {
            let s = Double(step)
            let paper = min(1 / s.squareRoot(), s * 0.03162277660168379)    // 10^−1.5
            #expect(abs(schedule(step - 1) - 2 * paper * 3.1622776601683795) < 1e-12)    // peak at √10
        }
    }

    @Test func warmUpRisesToTheFirstRateAndShiftsTheRest() {
        let base = LearningRateSchedule.linear(from: 1, to: 0, steps: 10)
        Self.expect(base.warmingUp(steps: 3), [0.25, 0.5, 0.75, 1, 0.9, 0.8])
    }
}
