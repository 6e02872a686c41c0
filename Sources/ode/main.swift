import Science
import DeepLearning
import Mathematics
import Foundation
let args = CommandLine.arguments
let iterations = Int(args[1])!, batch = Int(args[2])!, samples = Int(args[3])!, nfe = Int(args[4])!, grid = Int(args[5])!
let seed = UInt64(args[6])!
let mix = try PlanarDistribution.blobMixture()
var worst = 0.0
var g0 = Philox(seed: 5)
for _ in 0..<300 { let p = Vector([4*g0.normal(), 4*g0.normal()]); let t = 3 * g0.uniform() + 1e-3
  worst = max(worst, abs(mix.fokkerPlanckResidual(of: OrnsteinUhlenbeckProcess(), at: p, time: t))) }
print("residual", worst)
let dist: PlanarDistribution = args[7] == "blobs" ? .blobs : args[7] == "circles" ? .circles : .checkerboard
let t0 = Date()
var g1 = Philox(seed: 99)
let truth = try PlanarHistogram(dist.sample(samples, using: &g1), nodeCount: grid)
let weights = [0, 0.1, 1, 10.0]
var lock = NSLock()
let models: [(ScoreModel, Double, Double)] = try parallelMap(4) { k in
    var g = Philox(seed: seed), t = ScoreTraining()
    t.residualWeight = weights[k]; t.stages = ScoreTraining.paperStages(iterations: iterations); t.batchSize = batch; t.collocationCount = batch
    var m = ScoreModel(using: &g)
    let r = try t.train(&m, on: dist, using: &g)
    return (m, r.denoisingLoss, r.residual)
}
print("train", Date().timeIntervalSince(t0))
for k in 0..<4 {
    let m = models[k].0
    var s = ReverseSampler(); s.stepCount = nfe
    let t = Date()
    let sde = try PlanarHistogram(s.sample(samples, by: .stochastic, streamsOf: Philox(seed: 7)) { m.score(at: $0, time: $1) }, nodeCount: grid)
    let ode = try PlanarHistogram(s.sample(samples, by: .probabilityFlow, streamsOf: Philox(seed: 8)) { m.score(at: $0, time: $1) }, nodeCount: grid)
    let ts = Date().timeIntervalSince(t)
    var g = Philox(seed: 3)
    var tr = ScoreTraining(); tr.collocationCount = 4000
    let res = fokkerPlanckResidual(of: m.network, at: tr.collocationPoints(dist, using: &g)).squared().mean().scalar
    print(weights[k], "dsm", models[k].1, "res", res, "gap", try ode.squaredWassersteinDistance(to: sde), "ode", try ode.squaredWassersteinDistance(to: truth), "sde", try sde.squaredWassersteinDistance(to: truth), "sampling", ts, "total", Date().timeIntervalSince(t), "outside", sde.outside, ode.outside)
}
