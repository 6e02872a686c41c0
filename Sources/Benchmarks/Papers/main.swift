// The papers' methods against the packages that people use for the same thing, on the same input in one run: speed and
// result. Run by `Scripts/bench papers`.
//
// A further paper is one file here with its list of cases, named below, and one module in Scripts/lib/peers with the
// functions of its peers, named in papers.py.
import BenchmarkMeasuring
import COpenBLAS
import Foundation

/// Makes a case for a number of threads; they are made one after the other, so that no more than one holds memory.
typealias CaseMaker = @Sendable (_ threads: Int) throws -> ComparedCase

/// Cases that leave their threads to the libraries.
func anyThreads(_ cases: [@Sendable () throws -> ComparedCase]) -> [CaseMaker] {
    cases.map { make in { _ in try make() } }
}

let cases: [CaseMaker] =
    kMeansCases + quantileRegressionCases + ridgePathCases + averageRewardCases + matrixGameCases + radialEquationCases
    + anyThreads(softmaxCases)

let options: Options
let peers: [(threads: Int, process: PeerProcess)]
do {
    options = try Options()
    let script = options.peers + "/papers.py"
    peers = try options.threads.map {
        ($0, try PeerProcess(interpreter: options.interpreter, script: script, threads: $0))
    }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(2)
}

let suite = Suite(name: "papers", peer: peers[0].process.versions, nameWidth: 62)
for make in cases {
    for (threads, peer) in peers {
        let work: ComparedCase
        do { work = try make(threads) } catch {
            suite.record("making a case") { throw error }
            continue
        }
        guard options.includes(work.name) else { break }
        suite.record("\(work.name) [\(threads)]") {
            openblas_set_num_threads(Int32(threads))
            return try work.measure(against: peer, threads: threads)
        }
    }
}
exit(suite.finish(folder: options.folder))
