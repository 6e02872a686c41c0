import NotebookProtocol

/// The gallery's first page: a card for each notebook, grouped by field.
struct IndexPage {
    let entries: [GalleryEntry]

    private struct Section {
        var name: String
        var entries: [GalleryEntry]
        var identifier: String
    }

    private var sections: [Section] {
        var sections: [Section] = []
        for entry in entries {
            let name = entry.run.map { $0.field.map(PageParts.heading) ?? "Other notebooks" } ?? "Records that cannot be read"
            if sections.last?.name != name {
                sections.append(Section(name: name, entries: [], identifier: "section-\(sections.count + 1)"))
            }
            sections[sections.count - 1].entries.append(entry)
        }
        return sections
    }

    func html() -> String {
        let sections = sections
        let body = """
            <header class="top wrap">
            <h1>Notebook gallery</h1>
            <p class="lede">Each notebook computes a paper’s figure anew and checks the paper’s claims against what it measured.</p>
            \(summary)
            </header>
            <div class="wrap">
            \(tools(sections))
            <main>
            \(sections.isEmpty ? empty : sections.map(html).joined(separator: "\n"))
            <p id="no-match" class="notice" hidden>No notebook matches. <button type="button" id="show-all">Show all</button></p>
            </main>
            </div>
            """
        return PageParts.document(title: "Notebook gallery", body: body, style: StyleSheet.index, script: Self.script)
    }

    private var empty: String {
        "<p class=\"notice\">There are no runs in this folder yet. <code>repl-kit run</code> writes them here.</p>"
    }

    /// The counts of all claims, as a bar and in words.
    private var summary: String {
        let runs = entries.compactMap(\.run)
        let counts = ClaimCounts(runs.flatMap(\.claims))
        let notebooks = entries.count == 1 ? "notebook" : "notebooks"
        let segments = ClaimRecord.Verdict.inReadingOrder.filter { counts[$0] > 0 }.map {
            "<i class=\"\($0.styleName)\" style=\"flex-grow:\(counts[$0])\"></i>"
        }
        let bar = counts.total > 0 ? "<div class=\"bar\" aria-hidden=\"true\">\(segments.joined())</div>" : ""
        let failed = runs.count { $0.status == .failed }
        let broken = entries.count - runs.count
        let remarks = [
            failed > 0 ? "\(failed) with a failed cell" : nil,
            broken > 0 ? "\(broken) \(broken == 1 ? "record" : "records") cannot be read" : nil,
        ].compactMap(\.self)
        return """
            <div class="summary">
            \(bar)
            <div class="summary-words"><p><b>\(entries.count)</b> \(notebooks)\(remarks.map { ", \($0)" }.joined())</p>
            \(PageParts.counts(counts))</div>
            </div>
            """
    }

    private func tools(_ sections: [Section]) -> String {
        guard entries.count > 1 else { return "" }
        let links = sections.map { "<li><a href=\"#\($0.identifier)\">\(HTML.escape($0.name)) <span>\($0.entries.count)</span></a></li>" }
        return """
            <nav class="fields" aria-label="Fields"><ul>\(links.joined())</ul></nav>
            <form id="filter" class="filter" role="search" hidden>
            <label><span>Find</span> <input type="search" id="words" placeholder="title, paper or claim" autocomplete="off"></label>
            <label><span>Show</span> <select id="state">
            <option value="">all notebooks</option>
            <option value="held">every checked claim held</option>
            <option value="failed">failed</option>
            <option value="not-reproduced">something not reproduced</option>
            </select></label>
            <output id="matches" aria-live="polite"></output>
            </form>
            """
    }

    private func html(_ section: Section) -> String {
        """
        <section class="field" aria-labelledby="\(section.identifier)">
        <h2 id="\(section.identifier)">\(HTML.escape(section.name))</h2>
        <div class="cards">
        \(section.entries.map(card).joined(separator: "\n"))
        </div>
        </section>
        """
    }

    private func card(_ entry: GalleryEntry) -> String {
        let address = HTML.address(ofFile: entry.name)
        switch entry.content {
        case .broken(let reason):
            return """
                <article class="card broken" data-state="failed" data-words="\(HTML.escape(entry.name.lowercased()))">
                <div class="text">
                <h3><a href="\(address)/index.html">\(HTML.escape(entry.name))</a></h3>
                <p class="reason">\(HTML.escape(reason))</p>
                <p class="meta">Run the notebook again to replace the record.</p>
                </div>
                </article>
                """
        case .run(let run):
            let counts = ClaimCounts(run.claims)
            let words = ([run.title, run.summary ?? "", run.slug, run.paper ?? "", run.field ?? ""] + run.claims.map(\.statement)).joined(separator: " ")
            return """
                <article class="card" data-state="\(Self.states(of: run, counts).joined(separator: " "))" \
                data-words="\(HTML.escape(words.lowercased()))">
                \(plate(entry, address: address))
                <div class="text">
                <h3><a href="\(address)/index.html">\(HTML.escape(run.title))</a></h3>
                \(run.summary.map { "<p class=\"what\">\(HTML.escape($0))</p>" } ?? "")
                \(run.paper.map { "<p class=\"meta\">\(PageParts.paper($0))</p>" } ?? "")
                \(run.status == .failed ? "<p class=\"failed-cell\">A cell failed</p>" : "")
                \(Self.statements(run.claims))
                <div class="claims">
                \(PageParts.counts(counts, isTally: true))
                </div>
                <p class="meta">\(PageParts.duration(run.seconds)) at \(run.scale.rawValue) scale, \(PageParts.date(run.startedAt))</p>
                </div>
                </article>
                """
        }
    }

    /// The first claims in words: a card that has a row to itself has the room for them.
    private static func statements(_ claims: [ClaimRecord]) -> String {
        guard !claims.isEmpty else { return "" }
        let items = claims.prefix(5).map { "<li>\(PageParts.mark($0.verdict))<span>\(HTML.escape($0.statement))</span></li>" }
        return "<ul class=\"statements\">\(items.joined())</ul>"
    }

    private static func states(of run: RunRecord, _ counts: ClaimCounts) -> [String] {
        var states: [String] = []
        if run.status != .succeeded || counts[.failed] > 0 { states.append("failed") }
        if counts[.notReproduced] > 0 { states.append("not-reproduced") }
        if states.isEmpty, counts[.held] > 0 { states.append("held") }
        return states
    }

    private func plate(_ entry: GalleryEntry, address: String) -> String {
        guard let (figure, file) = entry.leadingFigure else {
            return "<div class=\"plate none\"><span>No figure</span></div>"
        }
        return "<div class=\"plate\"><img src=\"\(address)/\(HTML.address(ofFile: file))\" "
            + "alt=\"\(PageParts.alternative(of: figure))\" loading=\"lazy\"></div>"
    }

    /// Filters the cards; without it the page shows them all.
    private static let script = """
        (() => {
          const form = document.getElementById("filter");
          if (!form) return;
          form.hidden = false;
          const words = document.getElementById("words");
          const state = document.getElementById("state");
          const matches = document.getElementById("matches");
          const cards = [...document.querySelectorAll(".card")];
          const apply = () => {
            const wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
            let shown = 0;
            for (const card of cards) {
              const fits = wanted.every((word) => card.dataset.words.includes(word))
                && (!state.value || card.dataset.state.split(" ").includes(state.value));
              card.hidden = !fits;
              if (fits) shown += 1;
            }
            for (const field of document.querySelectorAll(".field")) field.hidden = !field.querySelector(".card:not([hidden])");
            const isFiltered = wanted.length > 0 || state.value;
            matches.textContent = isFiltered ? `${shown} of ${cards.length}` : "";
            document.getElementById("no-match").hidden = shown > 0;
          };
          form.addEventListener("input", apply);
          form.addEventListener("submit", (event) => event.preventDefault());
          document.getElementById("show-all").addEventListener("click", () => { form.reset(); apply(); words.focus(); });
          apply();
        })();
        """
}
