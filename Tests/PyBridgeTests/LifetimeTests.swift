import Foundation
import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct LifetimeTests {
        /// Resident memory in KiB.
        func residentMemory() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
            return try #require(Int(line.split(whereSeparator: { !$0.isNumber })[0]))
        }

        @Test func references() throws {
            let getrefcount = try Python.import("sys").getrefcount
            let probe = try Python.object()
            let before = try Int(getrefcount(probe))
            do {
                let copies = [probe, probe, probe]
                #expect(try Int(getrefcount(copies[2])) == before)  // one reference, however many Swift copies
                let holder = try Python.import("types").SimpleNamespace(a: probe, b: probe)
                #expect(try Int(getrefcount(probe)) == before + 2)
                try holder.deleteAttribute("a")
                #expect(try Int(getrefcount(probe)) == before + 1)
                let list = PythonObject([probe, probe])
                let dictionary = PythonObject(["k": probe])
                _ = try (list[0], list[0..<2].copy(), dictionary["k"], [PythonObject](list), dictionary.items())
                _ = holder.a.carriedError
                #expect(try list.containsElement(probe) && Bool(probe == probe))
                #expect(throws: PythonError.self) { try probe + probe }
                #expect(throws: PythonError.self) { try probe(probe, key: probe) }
                try Python.publish(probe, as: "lifetime_probe")
                try Python.main.deleteAttribute("lifetime_probe")
            }
            try Python.import("gc").collect()
            #expect(try Int(getrefcount(probe)) == before)
        }

        @Test func sharedArraysAndClosuresAreFreed() throws {
            final class Counter: @unchecked Sendable {
                let freed: @Sendable () -> Void
                init(_ freed: @escaping @Sendable () -> Void) { self.freed = freed }
                deinit { freed() }
            }
            let events = NSMutableArray()
            nonisolated(unsafe) let log = events
            do {
                let counter = Counter { log.add("freed") }
                let function = PythonFunction { _ in
                    _ = counter
                    return 1
                }
                #expect(try Int(function.pythonObject()) == 1)
            }
            #expect(events.count == 1)
            // 300 arrays of 8 MB each: 2.4 GB if they stayed.
            let np = try Python.import("numpy")
            let before = try residentMemory()
            for round in 0..<300 {
                let values = [Double](repeating: Double(round), count: 1_000_000)
                #expect(try Double(np.max(values)) == Double(round))
            }
            #expect(try residentMemory() - before < 1_200_000)
        }

        @Test func aMillionCallsLeaveNothingBehind() throws {
            let math = try Python.import("math")
            let space = try Python.import("types").SimpleNamespace(value: 0.0)
            let list = PythonObject([1.5, "text", nil] as [Any?])
            func calls(_ count: Int) throws {
                for index in 0..<count {
                    let value = try Double(math.hypot(3.0, Double(index)))
                    try space.setAttribute("value", to: value)
                    _ = try Double(space.value * 2.0)
                    if index % 10 == 0 {
                        _ = try String(list[1])
                        _ = try Python.sorted([value, 1.0], reverse: true)
                        _ = try math.fsum((value, 2.0))
                    }
                    if index % 1000 == 0 {
                        _ = space.missing
                        #expect(throws: PythonError.self) { try math.sqrt(-1.0) }
                    }
                }
            }
            try calls(20_000)
            let (sys, gc) = (try Python.import("sys"), try Python.import("gc"))
            // Other tests of the same process may allocate meanwhile, but a leak grows in every round: one object a
            // call would be at least 16 MB here.
            var growths: [(kibibytes: Int, blocks: Int)] = []
            repeat {
                try gc.collect()
                let before = (try residentMemory(), try Int(sys.getallocatedblocks()))
                try calls(250_000)  // four operations each
                try gc.collect()
                growths.append((try residentMemory() - before.0, try Int(sys.getallocatedblocks()) - before.1))
            } while growths.count < 4 && !growths.contains { $0.kibibytes < 3_000 && $0.blocks < 1_000 }
            #expect(growths.contains { $0.kibibytes < 3_000 && $0.blocks < 1_000 }, "grew by \(growths)")
        }

        @Test func threadsTakeTurns() throws {
            let counts = try Python.import("collections").Counter()
            try Python.run(source: "def busy(n):\n    return sum(i * i for i in range(n))")
            let busy = try Python.published("busy")
            let failures = NSLock()
            nonisolated(unsafe) var errors: [String] = []
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                do {
                    for round in 0..<200 {
                        let n = 100 + round
                        let expected = (n - 1) * n * (2 * n - 1) / 6
                        let got = try Int(busy(n))
                        if got != expected { throw PythonError(typeName: "AssertionError", message: "\(got)") }
                        try counts.update([String(thread)])
                    }
                } catch {
                    failures.withLock { errors.append("\(error)") }
                }
            }
            #expect(errors == [])
            #expect(try [String: Int](counts) == ["0": 200, "1": 200, "2": 200, "3": 200])
            // A closure on another Python thread reaches Swift and comes back.
            let double = PythonFunction { arguments in try Int(arguments[0]) * 2 }
            let pool = try Python.import("concurrent.futures").ThreadPoolExecutor(2)
            #expect(try Python.with(pool) { try [Int](Python.list($0.map(double, Python.list(0..<50)))) }
                == (0..<50).map { $0 * 2 })
        }

    }
}
