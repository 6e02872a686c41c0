import Foundation

/// Asks the front end for lines of input, and hands the answers to the cell that waits.
final class InputBroker: @unchecked Sendable {
    private let condition = NSCondition()
    private var waitingFor: String?
    private var answer: String?
    private var isCancelled = false

    /// Sends a request and waits for the answer, or for ``cancel()``.
    func ask(send: (WireMessage) -> Void, request: WireMessage) throws(InputRefusal) -> String {
        condition.lock()
        defer { condition.unlock() }
        waitingFor = request.identifier
        answer = nil
        isCancelled = false
        send(request)
        while answer == nil, !isCancelled { condition.wait() }
        waitingFor = nil
        guard let answer else { throw .interrupted }
        return answer
    }

    /// Takes a front end's answer. One that names another request, or that nobody waits for, is dropped.
    func receive(_ reply: WireMessage) {
        condition.withLock {
            guard let waitingFor else { return }
            // Front ends may leave the parent header empty.
            if let parent = reply.parentHeader["msg_id"]?.string, parent != waitingFor,
                reply.parentHeader["msg_type"]?.string == "input_request"
            {
                return
            }
            answer = reply.content["value"]?.string ?? ""
            condition.broadcast()
        }
    }

    /// Ends the waiting: the cell was interrupted.
    func cancel() {
        condition.withLock {
            isCancelled = true
            condition.broadcast()
        }
    }
}
