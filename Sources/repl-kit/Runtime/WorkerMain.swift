import CEngine
import Foundation
import NotebookProtocol
import PyBridge

/// The worker's life: takes requests from the program that started it, one at a time, on the main thread.
@_cdecl("repl_kit_worker_main")
public func workerMain() -> Int32 {
    // These were set for this process alone: what a cell starts has its own.
    unsetenv("SWIFT_BACKTRACE")
    if getenv("GLIBC_TUNABLES").map({ String(cString: $0) }) == WorkerDescriptors.hugePages { unsetenv("GLIBC_TUNABLES") }
    ce_make_standard_streams_prompt()
    ce_start_flushing_standard_output()
    ce_install_crash_reporter(WorkerDescriptors.crash)
    ce_end_with_peer(WorkerDescriptors.control)
    WorkerMainExecutor.install()
    ce_note_throws()
    let channel = MessageChannel(descriptor: WorkerDescriptors.control)
    NotebookContext.current.connect(channel)
    do {
        try channel.send(WorkerEvent.ready(process: getpid()))
        while let request = try channel.receive(WorkerRequest.self) {
            switch request {
            case .takeCheckpoint:
                // The woken checkpoint goes on from here, with the memory of this moment.
                let event = Checkpoint.take()
                // A woken checkpoint must not carry out what was asked of the process that died.
                if case .ready = event { channel.discardBuffered() }
                try channel.send(event)
                continue
            case .input: continue
            default: break
            }
            let end = perform(request)
            ce_flush()
            try channel.send(WorkerEvent.finished(end))
        }
        return 0
    } catch {
        FileHandle.standardError.write(Data("repl-kit-worker: \(error)\n".utf8))
        return 70
    }
}

private func perform(_ request: WorkerRequest) -> CellEnd {
    switch request {
    case .configure(let configuration):
        NotebookContext.current.configuration = configuration
        return .completed
    case .openLibrary(let path):
        guard dlopen(path, RTLD_NOW | RTLD_GLOBAL) != nil else {
            return .notLoaded(dlerror().map { String(cString: $0) } ?? "unknown loader error")
        }
        return .completed
    case .reportPythonVariables:
        __reportPythonVariables()
        return .completed
    case .limitMemory(let bytes):
        ce_limit_memory(bytes)
        return .completed
    case .comm(let message): return CommCenter.current.receive(message)
    case .takeCheckpoint, .input, .reportState: return .completed
    case .runCell(let library, let entry, let dependencies):
        return runCell(library: library, entry: entry, dependencies: dependencies)
    case .runPython(let source, let file, let firstLine):
        return runPythonCell(source: source, file: file, firstLine: firstLine)
    }
}

private func runCell(library: String, entry: String, dependencies: [String]) -> CellEnd {
    for dependency in dependencies {
        // What this does not bring is missed, by name, when the cell itself is opened.
        _ = dlopen(dependency, RTLD_LAZY | RTLD_GLOBAL)
    }
    // RTLD_NOW resolves every symbol now: a cell that uses what nothing exports is refused here instead of
    // ending the process at its first call.
    guard let handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL), let symbol = dlsym(handle, entry) else {
        return .notLoaded(dlerror().map { String(cString: $0) } ?? "unknown loader error")
    }
    let end = ce_run_cell(symbol) {
        // A run loop makes Dispatch unusable in a checkpoint, so it turns only where there is reason: when no
        // task has anything to do, the cell can only be waiting for a run loop, a queue or a thread.
        let isBusy = ce_run_main_jobs(0.005)
        if ce_cell_is_done() { return }
        if !isBusy || ce_dispatch_was_used() {
            _ = RunLoop.main.run(mode: .default, before: Date(timeIntervalSinceNow: isBusy ? 0 : 0.002))
        }
    }
    switch end.kind {
    case CECellThrew:
        guard let pointer = end.error else { return .threw(type: "Error", description: "unknown error") }
        ce_report_throw(WorkerDescriptors.crash, pointer)
        return thrown(unsafeBitCast(pointer, to: (any Error).self))
    case CECellExited:
        ce_report_exit(WorkerDescriptors.crash)
        return .exited(code: end.code)
    default: return .completed
    }
}

/// How a thrown error is told: its type, and the words it has for itself.
func thrown(_ error: any Error) -> CellEnd {
    if let exception = error as? PythonError {
        return .threw(type: exception.typeName, description: exception.description)
    }
    let description: String
    if let localized = error as? any LocalizedError, let words = localized.errorDescription {
        description = words
    } else {
        description = String(describing: error)
    }
    return .threw(type: String(reflecting: Swift.type(of: error)), description: description)
}

// MARK: - What the engine writes into cells

/// Begins a cell that awaits: makes its top level asynchronous. Calls of it are written by the engine.
public func __beginCell() async {}

/// Ends a cell that awaits: tells the worker, and never returns, because returning would end the process.
public func __endCell() async {
    ce_cell_ended()
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
}
