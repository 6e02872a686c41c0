// Core/DeepLearning against PyTorch in eager mode with the same weights in one run. Run by `Scripts/bench deep-learning`.
import BenchmarkMeasuring
import COpenBLAS
import Foundation

let options: Options
let peers: [(threads: Int, process: PeerProcess)]
do {
    options = try Options()
    let script = options.peers + "/deep_learning.py"
    peers = try options.threads.map {
        ($0, try PeerProcess(interpreter: options.interpreter, script: script, threads: $0))
    }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(2)
}

let suite = Suite(name: "deep-learning", peer: peers[0].process.versions, nameWidth: 54)
for (name, make) in perceptronCases + sequenceCases + convolutionCases where options.includes(name) {
    for (threads, peer) in peers {
        suite.record("\(name) [\(threads)]") {
            openblas_set_num_threads(Int32(threads))
            // Each count of threads begins with the same weights.
            var measurement = try make(name).measure(against: peer, threads: threads)
            if threads == options.threads[0] {
                let work = try make(name)
                measurement.memoryGrowth = try work.memoryGrowth(calls: 1000)
            }
            return measurement
        }
    }
}
exit(suite.finish(folder: options.folder))
