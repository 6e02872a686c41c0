/// How many numbers were read from memory and written to it.
public struct MemoryTraffic: Equatable, Sendable {
    public var reads: Int
    public var writes: Int

    /// So many reads and writes.
    public init(reads: Int = 0, writes: Int = 0) {
        self.reads = reads
        self.writes = writes
    }

    /// Reads and writes together.
    public var total: Int { reads + writes }

    /// The bytes that move, at four a number.
    public var bytes: Int { total * MemoryLayout<Float>.size }

    /// Both together.
    public static func + (left: MemoryTraffic, right: MemoryTraffic) -> MemoryTraffic {
        MemoryTraffic(reads: left.reads + right.reads, writes: left.writes + right.writes)
    }
}

/// Numbers in memory that count how often they are read and written.
struct CountedNumbers {
    private(set) var numbers: [Float]
    private(set) var traffic = MemoryTraffic()

    init(_ numbers: [Float]) { self.numbers = numbers }

    var indices: Range<Int> { numbers.indices }

    subscript(index: Int) -> Float {
        mutating get {
            traffic.reads += 1
            return numbers[index]
        }
        set {
            traffic.writes += 1
            numbers[index] = newValue
        }
    }
}
