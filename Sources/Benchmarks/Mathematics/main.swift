// Core/Mathematics against NumPy and SciPy on the same numbers in one run. Run by `Scripts/bench mathematics`.
import BenchmarkMeasuring
import COpenBLAS
import Foundation

let options: Options
let peers: [(threads: Int, process: PeerProcess)]
do {
    options = try Options()
    let script = options.peers + "/mathematics.py"
    peers = try options.threads.map {
        ($0, try PeerProcess(interpreter: options.interpreter, script: script, threads: $0))
    }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(2)
}

let suite = Suite(name: "mathematics", peer: peers[0].process.versions)
for group in [
    linearAlgebraCases, fourierCases, randomCases, transportCases, sparseCases, calculusCases, optimisationCases,
] {
    for make in group {
        let work: ComparedCase
        do { work = try make() } catch {
            suite.record("making a case") { throw error }
            continue
        }
        for (threads, peer) in peers where options.includes(work.name) {
            suite.record("\(work.name) [\(threads)]") {
                openblas_set_num_threads(Int32(threads))
                return try work.measure(against: peer, threads: threads)
            }
        }
    }
}
exit(suite.finish(folder: options.folder))
