import Foundation
import NotebookProtocol

/// Shows how far long work has come: a bar on a terminal, quiet lines elsewhere.
///
/// ```swift
/// let bar = progress("Monte Carlo", total: draws)
/// for draw in 0..<draws { …; bar.advance() }
/// ```
///
/// - Precondition: `total` is not negative.
public func progress(_ label: String, total: Int) -> ProgressBar {
    precondition(total >= 0, "progress: total \(total); expected a number of at least 0")
    return ProgressBar(label: label, total: total)
}

/// Shows how far a loop has come: `for seed in progress("Seeds", over: seeds) { … }`.
public func progress<Elements: Collection>(_ label: String, over elements: Elements) -> ProgressSequence<Elements> {
    ProgressSequence(elements: elements, bar: progress(label, total: elements.count))
}

/// The state of one piece of long work. Any thread may advance it.
public final class ProgressBar: @unchecked Sendable {
    private let label: String
    private let total: Int
    private let identifier = NotebookContext.current.nextProgressIdentifier()
    private let lock = NSLock()
    private var done = 0
    private var lastReport = ContinuousClock.now - .seconds(1)

    init(label: String, total: Int) {
        self.label = label
        self.total = total
    }

    /// Counts finished steps; reports at most ten times a second, and always the last step.
    public func advance(by steps: Int = 1) {
        let reported: Int? = lock.withLock {
            done = min(total, done + steps)
            let now = ContinuousClock.now
            guard done == total || now - lastReport >= .milliseconds(100) else { return nil }
            lastReport = now
            return done
        }
        guard let reported else { return }
        let state = ProgressState(identifier: identifier, label: label, done: reported, total: total)
        NotebookContext.current.report(.progress(state))
    }
}

/// A collection's elements, counted on a progress bar as they are passed.
public struct ProgressSequence<Elements: Collection>: Sequence {
    let elements: Elements
    let bar: ProgressBar

    public func makeIterator() -> AnyIterator<Elements.Element> {
        var inner = elements.makeIterator()
        var isFirst = true
        return AnyIterator {
            if !isFirst { bar.advance() }
            isFirst = false
            return inner.next()
        }
    }
}
