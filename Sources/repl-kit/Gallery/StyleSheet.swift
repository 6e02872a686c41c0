/// How the pages look. Both schemes take every colour from the variables below.
enum StyleSheet {
    static var index: String { shared + "\n" + indexOnly }
    static var notebook: String { shared + "\n" + notebookOnly }

    private static let shared = """
        :root {
          --page: #eceff0; --surface: #fff; --sunken: #f5f7f7; --ink: #1a2328; --soft: #55626a; --line: #d3dadc;
          --link: #1b5a86; --held: #14775c; --failed: #b93a12; --missing: #6a4fa8; --open: #6b777e; --alarm: #fbeee8;
          --comment: #68757c; --string: #8c4a12; --number: #14775c; --keyword: #8a2a6b; --type: #1b5a86;
          --title: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif;
          --text: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif;
          --code: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Liberation Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14191c; --surface: #1d2428; --sunken: #171d20; --ink: #e3e9ec; --soft: #9eabb2; --line: #344047;
            --link: #8bc3ec; --held: #55c9a3; --failed: #f58a61; --missing: #b9a1f0; --open: #93a0a7; --alarm: #37231c;
            --comment: #8d9aa1; --string: #e0a672; --number: #55c9a3; --keyword: #e294c6; --type: #8bc3ec;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.6 var(--text); overflow-wrap: break-word; }
        h1, h2, h3, h4, h5, h6 { font-family: var(--title); font-weight: 700; line-height: 1.2; text-wrap: balance; }
        a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px; }
        a:hover { text-decoration-thickness: 2px; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        time { white-space: nowrap; }
        [hidden] { display: none !important; }
        code, pre { font-family: var(--code); font-size: .875em; }
        pre code { font-size: 1em; }
        img { max-width: 100%; }
        .counts { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: 0; padding: 0; }
        .counts li { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .4em; }
        .counts li > span:last-child { white-space: nowrap; }
        .counts b { font-variant-numeric: tabular-nums; }
        .counts .marks { display: flex; flex-wrap: wrap; gap: .25rem; }
        /* Each verdict has its own shape: disc, cross, diamond, ring. */
        .mark { display: inline-block; flex: none; width: .75rem; height: .75rem; }
        .mark.held { border-radius: 50%; background: var(--held); }
        .mark.failed { background: var(--failed);
          clip-path: polygon(20% 0, 50% 30%, 80% 0, 100% 20%, 70% 50%, 100% 80%, 80% 100%, 50% 70%, 20% 100%, 0 80%, 30% 50%, 0 20%); }
        .mark.not-reproduced { border: 2px solid var(--missing); transform: rotate(45deg) scale(.82); }
        .mark.not-checked { border: 1.5px solid var(--open); border-radius: 50%; }
        /* Figures are drawn on white, in the dark too. */
        .plate { display: block; background: #fff; }
        .plate img { display: block; }
        """

    private static let indexOnly = """
        .wrap { max-width: 80rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
        .top { padding-top: clamp(2rem, 6vw, 4rem); }
        h1 { font-size: clamp(2.1rem, 6vw, 3.25rem); margin: 0; letter-spacing: -.01em; }
        .lede { max-width: 38rem; margin: .75rem 0 0; color: var(--soft); font-size: 1.125rem; }
        .summary { margin: 2rem 0 0; }
        .bar { display: flex; gap: 3px; height: .75rem; margin-bottom: .75rem; }
        .bar i { flex: 1 0 6px; background: var(--held); }
        .bar .failed { background: repeating-linear-gradient(135deg, var(--failed) 0 4px, transparent 4px 6px) var(--alarm); }
        .bar .not-reproduced { background: none; border: 2px solid var(--missing); }
        .bar .not-checked { background: none; border: 1.5px solid var(--open); }
        .summary-words { display: flex; flex-wrap: wrap; gap: .25rem 2rem; }
        .summary-words p { margin: 0; }
        .fields { margin: 2.5rem 0 0; border-top: 1px solid var(--line); padding-top: 1rem; }
        .fields ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0; }
        .fields a { display: inline-block; padding: .25rem 0; }
        .fields span { color: var(--soft); font-variant-numeric: tabular-nums; }
        .filter { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem; margin-top: .75rem; }
        .filter label { display: flex; align-items: center; gap: .6rem; color: var(--soft); }
        .filter input, .filter select { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line);
          border-radius: 4px; padding: .4rem .6rem; min-width: 0; }
        .filter input { width: 17rem; max-width: 100%; }
        .filter input::placeholder { color: var(--soft); opacity: 1; }
        .filter output { color: var(--soft); }
        main { padding-bottom: 5rem; }
        .field { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.5rem; }
        .field h2 { font-size: 1.35rem; margin: 0 0 1rem; scroll-margin-top: 2rem; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1.5rem; }
        .card { position: relative; display: flex; flex-direction: column; background: var(--surface); border: 1px solid var(--line);
          border-radius: 6px; overflow: hidden; min-width: 0; }
        .card:hover { border-color: var(--link); }
        .card .plate { position: relative; flex: none; aspect-ratio: 3 / 2; border-bottom: 1px solid var(--line); }
        .card .plate img { position: absolute; top: .75rem; left: .75rem; width: calc(100% - 1.5rem); height: calc(100% - 1.5rem);
          object-fit: contain; }
        .card .plate.none { background: var(--sunken); color: var(--soft); display: grid; place-items: center; }
        .card .text { display: flex; flex-direction: column; flex: 1; gap: .4rem; padding: 1rem 1.1rem 1.1rem; }
        .card h3 { font-size: 1.2rem; margin: 0; line-height: 1.3; }
        .card h3 a { color: inherit; text-decoration: none; }
        .card h3 a::after { content: ""; position: absolute; inset: 0; }
        .card:hover h3 a { color: var(--link); }
        .card p { margin: 0; }
        .card .paper { position: relative; z-index: 1; }
        .statements { display: none; }
        .meta { color: var(--soft); font-size: .9rem; }
        .claims { display: grid; gap: .5rem; margin: auto 0 0; padding: .6rem 0 .2rem; font-size: .9rem; }
        .failed-cell, .broken .reason { color: var(--failed); font-weight: 600; }
        .broken { border-color: var(--failed); }
        .broken .reason { overflow-wrap: anywhere; font-weight: 400; }
        .notice { margin: 3rem 0; color: var(--soft); }
        .notice button { font: inherit; color: var(--link); background: none; border: 0; padding: 0; text-decoration: underline; cursor: pointer; }
        @media (min-width: 64rem) {
          .field { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 2rem; }
          .field h2 { hyphens: auto; }
        }
        /* A field's only notebook takes the width of a row. */
        @media (min-width: 48rem) {
          .card:only-child { grid-column: 1 / -1; flex-direction: row; }
          .card:only-child .plate { width: 52%; border-bottom: 0; border-right: 1px solid var(--line); }
          .card:only-child .text { padding: 1.5rem 1.75rem; }
          .card:only-child h3 { font-size: 1.5rem; }
          .card:only-child .statements { display: grid; gap: .45rem; margin: .75rem 0; padding: 0; list-style: none; font-size: .925rem; }
          .statements li { display: flex; gap: .6rem; line-height: 1.45; }
          .statements .mark { margin-top: .3rem; }
        }
        @media (max-width: 30rem) {
          .filter label { width: 100%; }
          .filter input, .filter select { flex: 1; width: auto; }
        }
        """

    private static let notebookOnly = """
        .back { max-width: 58rem; margin: 0 auto; padding: 1.25rem clamp(1rem, 4vw, 3rem); }
        .sheet { max-width: 58rem; margin: 0 auto 4rem; padding: clamp(1.25rem, 4vw, 3rem); background: var(--surface);
          border: 1px solid var(--line); border-radius: 6px; }
        h1 { font-size: clamp(1.8rem, 5vw, 2.6rem); margin: 0; }
        h2 { font-size: 1.5rem; margin: 2.75rem 0 .75rem; }
        h3 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
        h4, h5, h6 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
        .head { border-bottom: 1px solid var(--line); padding-bottom: 1.5rem; margin-bottom: 1.75rem; }
        .facts { display: grid; gap: .2rem; margin: 1.25rem 0; }
        .facts div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); }
        .facts dt { color: var(--soft); }
        .facts dd { margin: 0; overflow-wrap: anywhere; }
        .claims { display: grid; gap: .6rem; }
        .claims p { margin: 0; }
        .prose > *:first-child { margin-top: 0; }
        .prose + .prose > h2:first-child, .cell + .prose > h2:first-child { margin-top: 2.75rem; }
        .prose p, .prose li, .prose blockquote { max-width: 42rem; }
        .prose li + li { margin-top: .25rem; }
        .prose ul, .prose ol { padding-left: 1.5rem; }
        .prose blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
        .prose :not(pre) > code, .facts code { background: var(--sunken); border: 1px solid var(--line); border-radius: 3px; padding: .05em .3em; }
        .prose hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
        .formula { overflow-x: auto; margin: 1rem 0; }
        math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "DejaVu Math TeX Gyre", math; font-size: 1.08em; }
        .cell { margin: 1.5rem 0; }
        .label, summary { margin: 0 0 .3rem; color: var(--soft); font-size: .85rem; }
        summary { cursor: pointer; }
        pre { margin: 0 0 .75rem; padding: .8rem 1rem; overflow-x: auto; line-height: 1.5; tab-size: 4; border-radius: 4px; }
        pre.code { background: var(--sunken); border: 1px solid var(--line); }
        pre.text { padding: .2rem 0 .2rem 1rem; max-height: 32rem; overflow: auto; border-left: 3px solid var(--line); border-radius: 0; }
        pre.error-stream { border-left: 3px dotted var(--failed); color: var(--soft); }
        pre.result { border-left-color: var(--link); }
        .failure { background: var(--alarm); border-left: 3px solid var(--failed); padding: .8rem 1rem; margin: .75rem 0; border-radius: 0; }
        .comment { color: var(--comment); font-style: italic; } .string { color: var(--string); } .number { color: var(--number); }
        .keyword { color: var(--keyword); } .type { color: var(--type); } .attribute { color: var(--keyword); }
        .outputs { margin-top: .75rem; }
        figure { margin: 1.5rem 0; }
        figure .plate, p.plate { border: 1px solid var(--line); border-radius: 4px; padding: .75rem; }
        figure .plate img { margin: 0 auto; max-height: 80vh; }
        figcaption { margin-top: .5rem; font-size: .925rem; color: var(--soft); max-width: 44rem; }
        figcaption p { margin: 0 0 .25rem; }
        .files a { margin-right: .75rem; }
        .scroll { overflow-x: auto; margin: 1rem 0; }
        .scroll table { border-collapse: collapse; font-size: .925rem; font-variant-numeric: tabular-nums; }
        .scroll th, .scroll td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        .scroll thead th { border-bottom: 2px solid var(--line); white-space: nowrap; }
        .claim-line { display: flex; gap: .6rem; margin: .35rem 0; font-size: .925rem; }
        .claim-line .mark { margin-top: .4rem; }
        .claim-line b { font-weight: 600; }
        .held b, .held .verdict { color: var(--held); } .failed b, .failed .verdict { color: var(--failed); }
        .not-reproduced b, .not-reproduced .verdict { color: var(--missing); } .not-checked b, .not-checked .verdict { color: var(--open); }
        .claim-table h2 { scroll-margin-top: 1rem; }
        .claim-table table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        .claim-table th, .claim-table td { text-align: left; vertical-align: top; padding: .6rem .9rem .6rem 0; border-bottom: 1px solid var(--line); font-size: .925rem; }
        .claim-table thead th { color: var(--soft); font-weight: 400; }
        .claim-table tbody th { font-weight: 400; width: 42%; }
        .claim-table td { overflow-wrap: anywhere; }
        .claim-table .verdict { white-space: nowrap; overflow-wrap: normal; padding-right: 0; font-weight: 600; }
        .verdict .mark { margin-right: .25rem; vertical-align: -.06rem; }
        .note { display: block; margin-top: .2rem; color: var(--soft); font-size: .875rem; }
        .nothing { color: var(--soft); }
        @media (max-width: 44rem) {
          .sheet { border-width: 1px 0; border-radius: 0; }
          .facts div { grid-template-columns: minmax(0, 1fr); margin-bottom: .4rem; }
          /* A wide table scrolls; squeezing its columns first would break every label. */
          .scroll table { width: max-content; }
          .scroll th, .scroll td { max-width: 15rem; }
          .claim-table table, .claim-table tbody, .claim-table tr { display: block; }
          .claim-table thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .claim-table tr { border-bottom: 1px solid var(--line); padding: .9rem 0; }
          .claim-table tbody th, .claim-table td { display: block; width: auto; border: 0; padding: .1rem 0; }
          .claim-table td[data-label] { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); }
          .claim-table td:has(.nothing) { display: none; }
          .claim-table td[data-label]::before { content: attr(data-label); color: var(--soft); }
        }
        """
}
