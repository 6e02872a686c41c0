import Foundation
import Gallery
import NotebookProtocol
import Testing

/// A folder of runs that is removed in the end.
private final class RunFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("gallery ü \(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func add(_ run: RunRecord, files: [String: String] = [:]) throws {
        try add(run.slug, JSONEncoder().encode(run))
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(run.slug)/\(name)")) }
    }

    func add(_ slug: String, _ record: Data) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(slug)", withIntermediateDirectories: true)
        try record.write(to: URL(fileURLWithPath: "\(path)/\(slug)/run.json"))
    }

    func page(_ slug: String? = nil) throws -> String {
        try String(contentsOfFile: path + (slug.map { "/\($0)" } ?? "") + "/index.html", encoding: .utf8)
    }
}

private func record(
    _ slug: String, title: String = "A title", paper: String? = "arXiv:1704.04503", field: String? = "science",
    status: RunRecord.Status = .succeeded, cells: [CellRecord] = [], claims: [ClaimRecord] = [], figures: [FigureRecord] = []
) -> RunRecord {
    RunRecord(
        slug: slug, title: title, paper: paper, field: field, path: "notebooks/\(slug).swiftscript", scale: .standard, parameters: [:],
        status: status, startedAt: "2026-01-02T03:04:05Z", seconds: 72.4, cells: cells, claims: claims, figures: figures)
}

private func claim(_ verdict: ClaimRecord.Verdict, _ statement: String = "A claim") -> ClaimRecord {
    ClaimRecord(statement: statement, measured: "1", required: "≥ 0", verdict: verdict)
}

private func cell(_ kind: CellRecord.Kind = .swift, _ source: String = "", _ outputs: [CellOutput] = []) -> CellRecord {
    CellRecord(kind: kind, source: source, line: 1, status: .succeeded, outputs: outputs)
}

@Suite struct GalleryTests {
    @Test func countsClaimsByVerdict() throws {
        let folder = try RunFolder()
        try folder.add(record("a", claims: [claim(.held), claim(.held), claim(.failed)]))
        try folder.add(record("b", claims: [claim(.held), claim(.notReproduced), claim(.notChecked)]))
        let gallery = try Gallery(folder: folder.path)
        #expect(try gallery.entries().map(\.name) == ["a", "b"])
        #expect(ClaimCounts([claim(.held), claim(.failed), claim(.held)])[.held] == 2)
        try gallery.write()
        let page = try folder.page()
        let summary = try #require(page.range(of: "<div class=\"summary\">").flatMap { start in
            page.range(of: "</header>").map { page[start.lowerBound..<$0.lowerBound] }
        })
        let words = summary.replacing(/<[^>]*>/, with: "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("2 notebooks"))
        #expect(words.contains("3 held 1 failed 1 not reproduced 1 not checked"))
        #expect(page.contains("1 min 12 s at standard scale"))
        #expect(page.contains("<a class=\"paper\" href=\"https://arxiv.org/abs/1704.04503\">arXiv:1704.04503</a>"))
    }

    @Test func aCardHoldsTheSummary() throws {
        let folder = try RunFolder()
        var run = record("a")
        run.summary = "Half of it & <more>"
        try folder.add(run)
        try folder.add(record("b"))
        try Gallery(folder: folder.path).write()
        let cards = try folder.page().components(separatedBy: "<article").dropFirst()
        #expect(cards.map { $0.contains("</h3>\n<p class=\"what\">Half of it &amp; &lt;more&gt;</p>") } == [true, false])
    }

    /// Records written before there was a summary.
    @Test func recordsWithoutASummaryAreRead() throws {
        var object = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(record("a"))) as? [String: Any])
        object["summary"] = nil
        let run = try JSONDecoder().decode(RunRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(run == record("a"))
    }

    @Test func groupsByFieldInOrder() throws {
        let folder = try RunFolder()
        try folder.add(record("z", title: "b", field: "science"))
        try folder.add(record("y", title: "a", field: "science"))
        try folder.add(record("x", field: nil))
        try folder.add(record("w", field: "alignment"))
        try folder.add("v", Data("{".utf8))
        #expect(try Gallery(folder: folder.path).entries().map(\.name) == ["w", "y", "z", "x", "v"])
        try Gallery(folder: folder.path).write()
        let page = try folder.page()
        let headings = page.matches(of: /<h2 [^>]*>([^<]*)</).map { String($0.output.1) }
        #expect(headings == ["Alignment", "Science", "Other notebooks", "Records that cannot be read"])
    }

    /// The same hostile text in every place that a record has.
    @Test func escapesWhatANotebookSays() throws {
        let folder = try RunFolder()
        let evil = "</title></style><script>alert('x')</script><img src=x onerror=\"y\">&amp;"
        let hostile = ClaimRecord(statement: evil, measured: evil, required: evil, published: evil, verdict: .failed, note: evil)
        let figure = FigureRecord(name: evil, caption: evil, files: ["a.svg", "../../etc/passwd", "\"><script>.png"])
        var run = record(
            "evil", title: evil, paper: "arXiv:\"><script>", field: evil, status: .failed,
            cells: [
                cell(.markdown, evil), cell(.swift, evil), cell(.python, evil + "'''" + evil),
                cell(
                    .swift, "x",
                    [
                        .text(.standardOutput, evil), .text(.standardError, evil), .failure(evil), .claim(hostile), .figure(figure),
                        .display(MimeBundle([MimeBundle.plainText: evil]), isResult: true),
                        .display(MimeBundle([MimeBundle.markdown: evil]), isResult: false),
                        .display(MimeBundle([MimeBundle.latex: "$\(evil)$"]), isResult: false),
                        .display(MimeBundle([MimeBundle.png: "AA\" onerror=\"x", MimeBundle.plainText: evil]), isResult: false),
                        .display(MimeBundle([MimeBundle.svg: evil, MimeBundle.plainText: evil]), isResult: false),
                        .display(MimeBundle([evil: evil]), isResult: false),
                    ]),
            ],
            claims: [hostile], figures: [figure])
        run.parameters = [evil: evil]
        run.path = evil
        run.startedAt = evil
        run.slug = "evil"
        try folder.add(run, files: ["a.svg": "<svg/>"])
        try folder.add("broken \"><script>", Data("{\"slug\": \"<script>alert(1)</script>\"".utf8))
        try Gallery(folder: folder.path).write()
        for page in [try folder.page(), try folder.page("evil"), try folder.page("broken \"><script>")] {
            // The index has one script, its own, and the others none.
            #expect(page.components(separatedBy: "<script").count - 1 == (page.contains("id=\"filter\"") ? 1 : 0))
            #expect(!page.contains("<img src=x"))
            // No tag has an attribute that begins with "on", outside of its quoted values.
            #expect(page.firstMatch(of: /<\w+(?:\s+[\w-]+(?:="[^"]*")?)*\s+on\w+=/) == nil)
            #expect(page.components(separatedBy: "</style>").count == 2)
            #expect(!page.contains("passwd\""))
        }
    }

    @Test func loadsNothingFromElsewhere() throws {
        let folder = try RunFolder()
        let markdown = "![remote](https://example.org/x.png) [link](https://example.org) https://example.org"
        try folder.add(record("a", cells: [cell(.markdown, markdown)], claims: [claim(.held)]))
        try Gallery(folder: folder.path).write()
        for page in [try folder.page(), try folder.page("a")] {
            #expect(page.firstMatch(of: /(src|srcset|data|action|poster)\s*=\s*"?(https?:)?\/\//) == nil)
            #expect(page.firstMatch(of: /<(link|iframe|object|embed|base)\b/) == nil)
            #expect(page.firstMatch(of: /url\(|@import/) == nil)
            #expect(page.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"))
        }
        let addresses = try folder.page().matches(of: /https?:\/\/[^"<\s]*/).map { String($0.output) }
        #expect(Set(addresses) == ["https://arxiv.org/abs/1704.04503"])
    }

    @Test(arguments: [
        ("", "not"), ("{\"slug\": \"a\"}", "is missing"), ("[]", "another type"), ("{\"slug\": 1, \"title\": 2}", "another type"), ("\u{FF}\u{FE}", "not"),
    ])
    func aBrokenRecordIsACard(json: String, words: String) throws {
        let folder = try RunFolder()
        try folder.add(record("good"))
        try folder.add("bad", Data(json.utf8))
        try Gallery(folder: folder.path).write()
        let index = try folder.page()
        #expect(index.contains("<article class=\"card broken\""))
        #expect(index.contains("1 record cannot be read"))
        #expect(index.contains("good/index.html"))
        #expect(try folder.page("bad").contains(words))
    }

    @Test func theCardShowsTheFirstFigureWithoutTimes() throws {
        let folder = try RunFolder()
        let figures = [
            FigureRecord(name: "time", files: ["time.png", "time.svg"], isTiming: true),
            FigureRecord(name: "gone", files: ["gone.svg"]),
            FigureRecord(name: "risk", caption: "The *risk* at $n$", files: ["risk 1.png", "risk 1.svg"]),
        ]
        try folder.add(
            record("a", cells: [cell(.swift, "", [.figure(figures[1])])], figures: figures),
            files: ["time.png": "", "time.svg": "", "risk 1.png": "", "risk 1.svg": ""])
        try folder.add(
            record("b", figures: [FigureRecord(name: "big", files: ["big.png", "big.svg"])]),
            files: ["big.png": "x", "big.svg": String(repeating: " ", count: 2_000_000)])
        try Gallery(folder: folder.path).write()
        #expect(try folder.page().contains("<img src=\"a/risk%201.svg\" alt=\"The risk at "))
        #expect(try folder.page().contains("<img src=\"b/big.png\" alt=\"Figure: big\""))
        let page = try folder.page("a")
        #expect(page.contains("The figure gone is not in the run’s folder."))
        #expect(page.contains("<a href=\"risk%201.png\">PNG</a> <a href=\"risk%201.svg\">SVG</a>"))
        #expect(page.contains("Shows measured times."))
    }

    @Test func showsTheBestRepresentation() throws {
        let folder = try RunFolder()
        func shown(_ bundle: [String: String]) throws -> String {
            try folder.add(record("a", cells: [cell(.swift, "x", [.display(MimeBundle(bundle), isResult: true)])]))
            try Gallery(folder: folder.path).write()
            let page = try folder.page("a")
            let start = try #require(page.range(of: "<div class=\"outputs\">\n")?.upperBound)
            let end = try #require(page.range(of: "\n</div>\n</section>")?.lowerBound)
            return String(page[start..<end])
        }
        let plain = [MimeBundle.plainText: "p < q"]
        #expect(try shown(plain) == "<pre class=\"text result\" tabindex=\"0\">p &lt; q</pre>")
        #expect(try shown(plain.merging([MimeBundle.markdown: "*m*"]) { $1 }) == "<div class=\"prose\"><p><em>m</em></p></div>")
        #expect(
            try shown(plain.merging([MimeBundle.markdown: "m", MimeBundle.png: "iVBO\nRw0="]) { $1 })
                == "<p class=\"plate\"><img src=\"data:image/png;base64,iVBORw0=\" alt=\"p &lt; q\"></p>")
        // The base64 of "<svg/>".
        #expect(
            try shown([MimeBundle.png: "AA==", MimeBundle.svg: "<svg/>"])
                == "<p class=\"plate\"><img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"Displayed image\"></p>")
        #expect(
            try shown(plain.merging([MimeBundle.svg: "<svg/>", MimeBundle.html: "<b>h</b>"]) { $1 })
                == "<div class=\"scroll html\" tabindex=\"0\"><b>h</b></div>")
    }

    @Test func joinsStreamsAndKeepsThemApart() throws {
        let folder = try RunFolder()
        let outputs: [CellOutput] = [
            .text(.standardOutput, "1%\r"), .text(.standardOutput, "100%\n"), .text(.standardError, "\u{1B}[31mwarned\u{1B}[0m"),
            .text(.standardOutput, "end"), .failure("trapped"),
        ]
        try folder.add(record("a", status: .failed, cells: [cell(.swift, "let x = 1 // <", outputs), cell(.python, "def f(): # c\n  return 'a'")]))
        try Gallery(folder: folder.path).write()
        let page = try folder.page("a")
        #expect(page.contains("<pre class=\"text\" tabindex=\"0\">100%\n</pre>"))
        #expect(page.contains("aria-label=\"Standard error\">warned</pre>"))
        #expect(page.contains("<pre class=\"text\" tabindex=\"0\">end</pre>"))
        #expect(page.contains("aria-label=\"Failure\">trapped</pre>"))
        #expect(page.contains("<span class=\"keyword\">let</span> x = <span class=\"number\">1</span> <span class=\"comment\">// &lt;</span>"))
        #expect(page.contains("<span class=\"keyword\">return</span> <span class=\"string\">&#39;a&#39;</span>"))
        #expect(try folder.page().contains("<p class=\"failed-cell\">A cell failed</p>"))
    }

    @Test(arguments: [
        (#"let s = "a \(f("b")) c" + d"#, #"<span class="keyword">let</span> s = <span class="string">&quot;a \(f(&quot;b&quot;)) c&quot;</span> + d"#),
        ("/* a /* b */ c */ d", "<span class=\"comment\">/* a /* b */ c */</span> d"),
        ("#\"a\\\"# b", "<span class=\"string\">#&quot;a\\&quot;#</span> b"),
        ("\"\"\"\na \"b\"\n\"\"\" c", "<span class=\"string\">&quot;&quot;&quot;\na &quot;b&quot;\n&quot;&quot;&quot;</span> c"),
        ("x.default 0x1F 1e-3 1..<2", "x.default <span class=\"number\">0x1F</span> <span class=\"number\">1e-3</span> <span class=\"number\">1</span>..&lt;<span class=\"number\">2</span>"),
        ("\"open", "<span class=\"string\">&quot;open</span>"),
        ("/* open", "<span class=\"comment\">/* open</span>"),
    ])
    func coloursSwift(code: String, html: String) {
        #expect(Markdown.html(from: "~~~swift\n\(code)\n~~~") == "<pre class=\"code\" tabindex=\"0\"><code>\(html)</code></pre>")
    }

    @Test func writingManyTimesAtOnceLeavesWholePages() async throws {
        let folder = try RunFolder()
        let path = folder.path
        for index in 0..<6 { try folder.add(record("n\(index)", claims: [claim(.held)])) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try Gallery(folder: path).write() } }
            try await group.waitForAll()
        }
        #expect(try folder.page().hasSuffix("</html>\n"))
        #expect(try folder.page().components(separatedBy: "<article").count == 7)
        let files = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(files.filter { !$0.hasPrefix("n") }.sorted() == [".gallery.lock", "index.html"])
    }

    @Test func anEmptyOrMissingFolder() throws {
        let folder = try RunFolder()
        try Gallery(folder: folder.path).write()
        #expect(try folder.page().contains("There are no runs in this folder yet."))
        #expect(#expect(throws: GalleryError.self) { try Gallery(folder: folder.path + "/none") }?.description
            == "\(folder.path)/none: there is no such folder")
    }
}
