import Foundation
import NotebookJupyter
import NotebookProtocol
import Testing

@Suite struct KernelServerTests {
    private func connected() throws -> (RunningKernel, TestClient) {
        let kernel = try RunningKernel()
        let client = try TestClient(kernel.server.connection)
        try client.subscribe()
        client.kernel = kernel
        return (kernel, client)
    }

    @Test func saysWhatItIs() throws {
        let (_, client) = try connected()
        for channel in [ConnectionFile.Channel.shell, .control] {
            let reply = try client.request("kernel_info_request", on: channel)
            #expect(reply.type == "kernel_info_reply")
            #expect(reply.content["status"] == "ok")
            #expect(reply.content["protocol_version"] == "5.5")
            #expect(reply.content["language_info"]?["name"] == "swift")
            #expect(reply.content["language_info"]?["file_extension"] == ".swift")
        }
        #expect(try client.request("connect_request").content["shell_port"]?.int ?? 0 > 0)
    }

    @Test func outputsComeInOrderBetweenBusyAndIdle() throws {
        let (_, client) = try connected()
        let identifier = client.send("execute_request", ["code": "print a\ncomplain b\nprint c\ndisplay d\nresult e\nupdate f\nclear\nprint g"])
        var types: [String] = []
        while true {
            let message = try client.receive(on: .iopub)
            #expect(message.parentHeader["msg_id"]?.string == identifier)
            types.append(message.content["execution_state"]?.string ?? message.type)
            if types.last == "idle" { break }
        }
        #expect(
            types == [
                "busy", "execute_input", "stream", "stream", "stream", "display_data", "execute_result", "update_display_data",
                "clear_output", "stream", "idle",
            ])
        let reply = try client.receive(on: .shell).content
        #expect(reply["status"] == "ok")
        #expect(reply["execution_count"] == 1)
    }

    @Test func contentsAreAsTheProtocolHasThem() throws {
        let (_, client) = try connected()
        let (reply, outputs) = try client.execute("print x\ndisplay y\nupdate z\nresult w\nclear\njson {\"k\": [1.0]}\npage p\nnext n\nnext m")
        #expect(outputs[0].content == ["name": "stdout", "text": "x\n"])
        #expect(outputs[1].content == ["data": ["text/plain": "y"], "metadata": ["m": 1], "transient": ["display_id": "d"]])
        #expect(outputs[2].content["transient"] == ["display_id": "d"])
        #expect(outputs[3].content == ["execution_count": 1, "data": ["text/plain": "w"], "metadata": [:]])
        #expect(outputs[4].content == ["wait": true])
        #expect(outputs[5].content["data"] == ["application/json": ["k": [.number("1.0")]], "application/x+json": "no json"])
        let payload = try #require(reply["payload"]?.array)
        #expect(payload.map { $0["source"] } == ["page", "set_next_input"])
        #expect(payload[1]["text"] == "m")
    }

    @Test func countsOnlyWhatIsStored() throws {
        let (kernel, client) = try connected()
        #expect(try client.execute("print a").reply["execution_count"] == 1)
        let silent = try client.execute("print b\nresult c\nfail d", ["silent": true])
        #expect(silent.outputs.isEmpty)
        #expect(silent.reply["status"] == "error")
        #expect(try client.execute("print e", ["store_history": false]).reply["execution_count"] == 1)
        #expect(try client.execute("  \n").reply["execution_count"] == 1)
        #expect(try client.execute("print f").reply["execution_count"] == 2)
        #expect(kernel.backend.executed.map(\.isSilent) == [false, true, false, false])
        let history = try client.request("history_request", ["hist_access_type": "tail", "n": 10]).content["history"]
        #expect(history == [[1, 1, "print a"], [1, 2, "print f"]])
    }

    @Test func userExpressionsAreEvaluatedAfterSuccess() throws {
        let (_, client) = try connected()
        let expressions: JSONValue = ["a": "1+1", "b": "bad", "c": 3]
        let (reply, _) = try client.execute("print a", ["user_expressions": expressions])
        #expect(reply["user_expressions"]?["a"] == ["status": "ok", "data": ["text/plain": "<1+1>"], "metadata": [:]])
        #expect(reply["user_expressions"]?["b"]?["status"] == "error")
        #expect(reply["user_expressions"]?["b"]?["ename"] == "Bad")
        #expect(reply["user_expressions"]?["c"]?["status"] == "error")
        #expect(try client.execute("fail x", ["user_expressions": expressions]).reply["user_expressions"] == [:])
    }

    @Test func aFailureAbortsWhatWaits() throws {
        let (kernel, client) = try connected()
        let first = client.send("execute_request", ["code": "print 0\nnap\nfail why"])
        let second = client.send("execute_request", ["code": "print 1"])
        let question = client.send("is_complete_request", ["code": "more"])
        let third = client.send("execute_request", ["code": "print 2"])
        let replies = try (0..<4).map { _ in try client.receive(on: .shell) }
        #expect(replies.map { $0.parentHeader["msg_id"]?.string } == [first, second, question, third])
        #expect(replies.map { $0.content["status"] } == ["error", "aborted", "incomplete", "aborted"])
        #expect(replies[0].content["ename"] == "Failed")
        #expect(replies[0].content["evalue"] == "why")
        #expect(replies[0].content["traceback"] == ["line 1", "line 2"])
        #expect(try client.outputs(of: first).last?.type == "error")
        #expect(try client.outputs(of: second).isEmpty)
        #expect(try client.execute("print 3").reply["status"] == "ok")
        #expect(kernel.backend.executed.count == 2)
    }

    @Test func withoutStopOnErrorTheRestRuns() throws {
        let (_, client) = try connected()
        client.send("execute_request", ["code": "nap\nfail", "stop_on_error": false])
        client.send("execute_request", ["code": "print 1"])
        #expect(try client.receive(on: .shell).content["status"] == "error")
        #expect(try client.receive(on: .shell).content["status"] == "ok")
    }

    @Test func anInterruptEndsTheCellAndAbortsTheRest() throws {
        let (_, client) = try connected()
        client.send("execute_request", ["code": "wait"])
        client.send("execute_request", ["code": "print 1"])
        while try client.receive(on: .iopub).type != "execute_input" {}
        // The cell may be a moment from waiting yet; interrupting twice is harmless.
        usleep(100_000)
        #expect(try client.request("interrupt_request", on: .control).content == ["status": "ok"])
        let reply = try client.receive(on: .shell)
        #expect(reply.content["ename"] == "Interrupted")
        #expect(try client.receive(on: .shell).content["status"] == "aborted")
        #expect(try client.request("interrupt_request", on: .control).type == "interrupt_reply")
        #expect(try client.execute("print 2").reply["status"] == "ok")
    }

    @Test func questionsReachTheFrontEnd() throws {
        let (_, client) = try connected()
        let identifier = client.send("execute_request", ["code": "print before\nask secret\nask name", "allow_stdin": true])
        for (prompt, isPassword, answer) in [("secret", true, "first"), ("name", false, "zweite ü")] {
            let question = try client.receive(on: .stdin)
            #expect(question.type == "input_request")
            #expect(question.parentHeader["msg_id"]?.string == identifier)
            #expect(question.content == ["prompt": .string(prompt), "password": .bool(isPassword)])
            client.send("input_reply", ["value": .string(answer)], on: .stdin)
        }
        #expect(try client.receive(on: .shell).content["status"] == "ok")
        let text = try client.outputs(of: identifier).compactMap { $0.content["text"]?.string }.joined()
        #expect(text == "before\nfirstzweite ü")
    }

    @Test func questionsAreRefusedOrEndWithTheCell() throws {
        let (_, client) = try connected()
        // An answer that nobody waits for is dropped.
        client.send("input_reply", ["value": "stale"], on: .stdin)
        #expect(try client.execute("ask x").reply["ename"] == "the front end takes no input")
        client.send("execute_request", ["code": "ask y", "allow_stdin": true])
        _ = try client.receive(on: .stdin)
        _ = try client.request("interrupt_request", on: .control)
        #expect(try client.receive(on: .shell).content["ename"] == "interrupted")
    }

    @Test func answersQuestionsOnCode() throws {
        let (_, client) = try connected()
        let completeness = [("done", "complete"), ("more", "incomplete"), ("wrong", "invalid"), ("what", "unknown")]
        for (code, status) in completeness {
            let content = try client.request("is_complete_request", ["code": .string(code)]).content
            #expect(content["status"]?.string == status)
            #expect(content["indent"]?.string == (status == "incomplete" ? "    " : nil))
        }
        let completion = try client.request("complete_request", ["code": "a🎉b", "cursor_pos": 2]).content
        #expect(completion["matches"] == ["cursor2"])
        #expect(completion["cursor_start"] == 0)
        #expect(completion["cursor_end"] == 2)
        #expect(try client.request("complete_request", ["code": "abc", "cursor_pos": 1000]).content["cursor_end"] == 3)
        #expect(try client.request("complete_request", ["code": "abc", "cursor_pos": -7]).content["cursor_end"] == 0)
        let inspection = try client.request("inspect_request", ["code": "abc", "cursor_pos": 1, "detail_level": 1]).content
        #expect(inspection["found"] == true)
        #expect(inspection["data"] == ["text/plain": "abc at 1, detail 1"])
        #expect(try client.request("inspect_request", ["code": "", "cursor_pos": 0]).content["found"] == false)
    }

    @Test func historyOfEarlierSessions() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("history.jsonl").path
        for session in 1...2 {
            let kernel = try RunningKernel(history: KernelHistory(file: file))
            let client = try TestClient(kernel.server.connection)
            try client.subscribe()
            for cell in ["print \(session)", "result r\(session)", "print again"] { _ = try client.execute(cell) }
            guard session == 2 else { continue }
            func history(_ content: JSONObject) throws -> JSONValue? { try client.request("history_request", content).content["history"] }
            #expect(try history(["hist_access_type": "tail", "n": 4]) == [[1, 3, "print again"], [2, 1, "print 2"], [2, 2, "result r2"], [2, 3, "print again"]])
            #expect(try history(["hist_access_type": "range", "session": -1, "start": 1, "stop": 3]) == [[1, 1, "print 1"], [1, 2, "result r1"]])
            #expect(try history(["hist_access_type": "range", "session": 0, "start": 2, "stop": 3, "output": true]) == [[2, 2, ["result r2", "r2"]]])
            #expect(try history(["hist_access_type": "search", "pattern": "print*", "n": 2]) == [[2, 1, "print 2"], [2, 3, "print again"]])
            #expect(try history(["hist_access_type": "search", "pattern": "*again", "unique": true]) == [[2, 3, "print again"]])
            #expect(try history(["hist_access_type": "search", "pattern": "print ?"]) == [[1, 1, "print 1"], [2, 1, "print 2"]])
        }
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func comms() throws {
        let (kernel, client) = try connected()
        nonisolated(unsafe) var received: [CommRegistry.Message] = []
        kernel.server.comms.register(target: "known") { received.append($0) }
        let refused = client.send("comm_open", ["comm_id": "1", "target_name": "unknown", "data": [:]])
        #expect(try client.outputs(of: refused).map(\.type) == ["comm_close"])
        let opened = client.send("comm_open", ["comm_id": "2", "target_name": "known", "data": ["a": 1]])
        #expect(try client.outputs(of: opened).isEmpty)
        let (_, outputs) = try client.execute("comm widgets")
        #expect(outputs.map(\.type) == ["comm_open"])
        #expect(outputs[0].buffers == [[7, 0, 7]])
        let all = try client.request("comm_info_request").content["comms"]
        #expect(all == ["2": ["target_name": "known"], "from-kernel": ["target_name": "widgets"]])
        #expect(try client.request("comm_info_request", ["target_name": "known"]).content["comms"]?.object?.keys == ["2"])
        client.send("comm_msg", ["comm_id": "2", "data": ["b": 2]])
        client.send("comm_close", ["comm_id": "2", "data": [:]])
        #expect(try client.request("comm_info_request", ["target_name": "known"]).content["comms"] == [:])
        #expect(received.map(\.kind) == [.opened, .message, .closed])
        #expect(received[1].data == ["b": 2])
    }

    @Test func theHeartBeatsWhileACellRuns() throws {
        let (_, client) = try connected()
        client.send("execute_request", ["code": "wait"])
        for beat in 0..<3 {
            client.sendFrames([Array("ping \(beat)".utf8)], on: .hb)
            #expect(client.receiveFrames(on: .hb) == [Array("ping \(beat)".utf8)])
        }
        _ = try client.request("interrupt_request", on: .control)
    }

    @Test func shutdownAnswersAndEnds() throws {
        for restart in [false, true] {
            let (kernel, client) = try connected()
            client.send("execute_request", ["code": "wait"])
            let reply = try client.request("shutdown_request", ["restart": .bool(restart)], on: .control)
            #expect(reply.type == "shutdown_reply")
            #expect(reply.content == ["status": "ok", "restart": .bool(restart)])
            #expect(kernel.waitForEnd())
            #expect(kernel.backend.isShutDown)
        }
    }

    @Test func noTextIsLostInAFlood() throws {
        let (_, client) = try connected()
        let count = 200_000
        let (_, outputs) = try client.execute("flood \(count)")
        let text = outputs.compactMap { $0.content["text"]?.string }.joined()
        #expect(text == (0..<count).map { "\($0)\n" }.joined())
        // Joined: far fewer messages than prints.
        #expect(outputs.count < 1000)
    }

    @Test func severalFrontEndsAreServed() throws {
        let (kernel, first) = try connected()
        let second = try TestClient(kernel.server.connection)
        try second.subscribe()
        let identifier = first.send("execute_request", ["code": "print shared"])
        #expect(try first.receive(on: .shell).content["status"] == "ok")
        for client in [first, second] {
            #expect(try client.outputs(of: identifier).last?.content["text"] == "shared\n")
        }
    }
}
