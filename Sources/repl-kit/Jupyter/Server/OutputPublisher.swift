import Foundation
import NotebookProtocol

/// Sends what cells give out on IOPub, in order. Text that comes in many small pieces is joined for a moment, so that
/// a loop of `print` makes tens of messages a second and not a million.
final class OutputPublisher: @unchecked Sendable {
    private let format: WireFormat
    private let transport: KernelTransport
    private let lock = NSLock()
    private var stream: KernelEvent.Stream = .stdout
    private var text = ""
    private var textParent: WireMessage?
    private var lastFlush = 0.0

    /// For how long text is joined, in seconds.
    private static let interval = 0.05
    private static let textLimit = 1 << 16

    init(format: WireFormat, transport: KernelTransport) {
        self.format = format
        self.transport = transport
    }

    /// Publishes a message after the text before it.
    ///
    /// - Parameter waits: Whether the caller may be held while front ends catch up.
    func publish(
        _ type: String, _ content: JSONObject, parent: WireMessage?, metadata: JSONObject = [:], buffers: [[UInt8]] = [],
        waits: Bool = true
    ) {
        lock.lock()
        let before = takeText()
        var message = format.message(type, content: content, parent: parent, metadata: metadata, buffers: buffers)
        message.identities = [Array("kernel.\(format.session).\(type)".utf8)]
        let frames = format.frames(of: message)
        // In one critical section, so that two threads' messages keep their order. Waiting is done before it.
        if let before { transport.publish(before) }
        transport.publish(frames)
        lock.unlock()
        if waits { transport.waitForSubscribers() }
    }

    func publishStatus(_ state: String, parent: WireMessage?) {
        publish("status", ["execution_state": .string(state)], parent: parent, waits: false)
    }

    /// Publishes text, at once or joined with what follows soon.
    func publishText(_ newText: String, stream newStream: KernelEvent.Stream, parent: WireMessage?) {
        guard !newText.isEmpty else { return }
        lock.lock()
        if stream != newStream || textParent?.identifier != parent?.identifier, let before = takeText() {
            transport.publish(before)
        }
        stream = newStream
        textParent = parent
        text += newText
        if text.utf8.count >= Self.textLimit || now() - lastFlush >= Self.interval, let frames = takeText() {
            transport.publish(frames)
        }
        lock.unlock()
        transport.signalWake()
        transport.waitForSubscribers()
    }

    /// Sends text that waits.
    func flush() {
        lock.withLock { if let frames = takeText() { transport.publish(frames) } }
    }

    /// Sends text that has waited long enough; returns whether more waits. Called on the sockets' thread.
    func flushIfDue() -> Bool {
        lock.withLock {
            guard !text.isEmpty else { return false }
            guard now() - lastFlush >= Self.interval, let frames = takeText() else { return true }
            transport.publish(frames)
            return false
        }
    }

    /// Answers a new subscription.
    func welcome(topic: [UInt8]) {
        guard let subscription = String(validating: topic, as: UTF8.self) else { return }
        lock.withLock {
            var message = format.message("iopub_welcome", content: ["subscription": .string(subscription)], parent: nil)
            message.identities = topic.isEmpty ? [] : [topic]
            transport.publish(format.frames(of: message))
        }
    }

    private func takeText() -> [[UInt8]]? {
        guard !text.isEmpty else { return nil }
        lastFlush = now()
        var message = format.message(
            "stream", content: ["name": .string(stream.rawValue), "text": .string(text)], parent: textParent)
        message.identities = [Array("kernel.\(format.session).stream.\(stream.rawValue)".utf8)]
        text = ""
        return format.frames(of: message)
    }

    private func now() -> Double { ProcessInfo.processInfo.systemUptime }
}
