import Gallery
import Testing

@Suite struct MarkdownTests {
    /// Inputs and outputs in the manner of the CommonMark specification's examples.
    @Test(arguments: [
        ("# One\n## Two ##\n####### seven", "<h1>One</h1>\n<h2>Two</h2>\n<p>####### seven</p>"),
        ("Title\n=====\nSub\n---", "<h1>Title</h1>\n<h2>Sub</h2>"),
        ("#hashtag", "<p>#hashtag</p>"),
        ("a\nb\n\nc", "<p>a\nb</p>\n<p>c</p>"),
        ("a  \nb\\\nc", "<p>a<br>\nb<br>\nc</p>"),
        ("*a* **b** ***c*** _d_ __e__ ~~f~~", "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em> <em>d</em> <strong>e</strong> <del>f</del></p>"),
        ("snake_case_name 2 * 3 * 4 a*b*c", "<p>snake_case_name 2 * 3 * 4 a<em>b</em>c</p>"),
        ("**bold *both* bold**", "<p><strong>bold <em>both</em> bold</strong></p>"),
        ("*foo**bar**baz*", "<p><em>foo<strong>bar</strong>baz</em></p>"),
        ("**a", "<p>**a</p>"),
        ("\\*a\\* \\x", "<p>*a* \\x</p>"),
        ("`a < b` ``c ` d`` `un", "<p><code>a &lt; b</code> <code>c ` d</code> `un</p>"),
        ("*a `*` b*", "<p><em>a <code>*</code> b</em></p>"),
        ("[a *b*](https://x.org/?q=1&r=2 \"T & t\")", "<p><a href=\"https://x.org/?q=1&amp;r=2\" title=\"T &amp; t\">a <em>b</em></a></p>"),
        ("[a](b_(c).md) [d](<e f>)", "<p><a href=\"b_(c).md\">a</a> <a href=\"e%20f\">d</a></p>"),
        ("[a][ref] [Ref] [none]\n\n[ref]: https://x.org 'T'", "<p><a href=\"https://x.org\" title=\"T\">a</a> <a href=\"https://x.org\" title=\"T\">Ref</a> [none]</p>"),
        ("[a [b](c) d](e)", "<p>[a <a href=\"c\">b</a> d](e)</p>"),
        ("![alt *x*](fig.png)", "<p><img src=\"fig.png\" alt=\"alt x\"></p>"),
        ("<https://x.org> https://y.org/a_b_c. (https://z.org/(1))",
            "<p><a href=\"https://x.org\">https://x.org</a> <a href=\"https://y.org/a_b_c\">https://y.org/a_b_c</a>. (<a href=\"https://z.org/(1)\">https://z.org/(1)</a>)</p>"),
        ("a &amp; b & c &#945; &lt;", "<p>a &amp; b &amp; c α &lt;</p>"),
        ("- a\n- b\n  - c\n    more\n- d", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c\nmore</li>\n</ul>\n</li>\n<li>d</li>\n</ul>"),
        ("- a\n\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>"),
        ("3. a\n4. b\n\n   c", "<ol start=\"3\">\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n<p>c</p>\n</li>\n</ol>"),
        ("- a\n* b", "<ul>\n<li>a</li>\n</ul>\n<ul>\n<li>b</li>\n</ul>"),
        ("- a\n  ```\n  - code\n  ```", "<ul>\n<li>a\n<pre class=\"code\" tabindex=\"0\"><code>- code</code></pre>\n</li>\n</ul>"),
        ("The year\n1986. was\n1. x", "<p>The year\n1986. was</p>\n<ol>\n<li>x</li>\n</ol>"),
        ("> a\nb\n> - c\n\nd", "<blockquote>\n<p>a\nb</p>\n<ul>\n<li>c</li>\n</ul>\n</blockquote>\n<p>d</p>"),
        ("a\n***\n- - -", "<p>a</p>\n<hr>\n<hr>"),
        ("```\n<a>\n\n``\n```\nb", "<pre class=\"code\" tabindex=\"0\"><code>&lt;a&gt;\n\n``</code></pre>\n<p>b</p>"),
        ("~~~ text\n```\n~~~", "<pre class=\"code\" tabindex=\"0\"><code>```</code></pre>"),
        ("    code\n\n    *more*\nafter", "<pre class=\"code\" tabindex=\"0\"><code>code\n\n*more*</code></pre>\n<p>after</p>"),
        ("```swift\nlet x = 1\n```", "<pre class=\"code\" tabindex=\"0\"><code><span class=\"keyword\">let</span> x = <span class=\"number\">1</span></code></pre>"),
        ("a | b\n:-|-:\n1 | `c\\|d`\n2", "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th style=\"text-align:left\">a</th><th style=\"text-align:right\">b</th></tr></thead>\n<tbody>\n<tr><td style=\"text-align:left\">1</td><td style=\"text-align:right\"><code>c|d</code></td></tr>\n<tr><td style=\"text-align:left\">2</td><td style=\"text-align:right\"></td></tr>\n</tbody>\n</table></div>"),
        ("a | b\nno table", "<p>a | b\nno table</p>"),
        ("costs $5 and $6, $ x$", "<p>costs $5 and $6, $ x$</p>"),
        // Examples of the CommonMark specification, 0.30.
        ("\tfoo\tbaz", "<pre class=\"code\" tabindex=\"0\"><code>foo\tbaz</code></pre>"),
        ("- foo\n\n\tbar", "<ul>\n<li>\n<p>foo</p>\n<p>bar</p>\n</li>\n</ul>"),
        ("- `one\n- two`", "<ul>\n<li>`one</li>\n<li>two`</li>\n</ul>"),
        ("1.  A paragraph\n    with two lines.\n\n        indented code\n\n    > A block quote.",
            "<ol>\n<li>\n<p>A paragraph\nwith two lines.</p>\n<pre class=\"code\" tabindex=\"0\"><code>indented code</code></pre>\n<blockquote>\n<p>A block quote.</p>\n</blockquote>\n</li>\n</ol>"),
        ("- a\n  - b\n\n    c\n- d", "<ul>\n<li>a\n<ul>\n<li>\n<p>b</p>\n<p>c</p>\n</li>\n</ul>\n</li>\n<li>d</li>\n</ul>"),
        ("* a\n*\n\n* c", "<ul>\n<li>\n<p>a</p>\n</li>\n<li></li>\n<li>\n<p>c</p>\n</li>\n</ul>"),
        ("***foo** bar*", "<p><em><strong>foo</strong> bar</em></p>"),
        ("*foo [bar*](/url)", "<p>*foo <a href=\"/url\">bar*</a></p>"),
        ("`foo   bar \nbaz`", "<p><code>foo   bar  baz</code></p>"),
        ("[foo]\n\n[foo]: /url \"title\"", "<p><a href=\"/url\" title=\"title\">foo</a></p>"),
        ("![foo *bar*][]\n\n[foo *bar*]: train.jpg \"train & tracks\"", "<p><img src=\"train.jpg\" alt=\"foo bar\" title=\"train &amp; tracks\"></p>"),
        ("", ""), ("\n \n", ""),
    ])
    func rendersAsCommonMark(markdown: String, html: String) {
        #expect(Markdown.html(from: markdown) == html)
    }

    @Test(arguments: [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<div onclick=\"x\">\n\n**b**", "<p>&lt;div onclick=&quot;x&quot;&gt;</p>\n<p><strong>b</strong></p>"),
        ("[a](javascript:alert(1))", "<p>a</p>"),
        ("[a](JaVaScRiPt:x) [b](data:text/html,x) [c](vbscript:x) [d](<java\tscript:x>) [e](file:///etc)", "<p>a b c d e</p>"),
        ("[a](javascript&colon;alert(1)) [b](&#106;avascript:x) [c](<\u{1}javascript:x>)", "<p>a b c</p>"),
        ("[a](x\" onclick=\"y)", "<p>[a](x&quot; onclick=&quot;y)</p>"),
        ("[a](<x\"onclick=\"y>)", "<p><a href=\"x&quot;onclick=&quot;y\">a</a></p>"),
        ("![a](https://x.org/p.png) ![b](//x.org/p.png)", "<p><a href=\"https://x.org/p.png\">a</a> <a href=\"//x.org/p.png\">b</a></p>"),
        ("![a](data:image/svg+xml;base64,AA==) ![b](data:image/png;base64,AA==)", "<p>a <img src=\"data:image/png;base64,AA==\" alt=\"b\"></p>"),
        ("![\"><script>](x.png)", "<p><img src=\"x.png\" alt=\"&quot;&gt;&lt;script&gt;\"></p>"),
        ("```<script>\n</code>\n```", "<pre class=\"code\" tabindex=\"0\"><code>&lt;/code&gt;</code></pre>"),
        ("a <b onclick=\"x\">bold</b> <!-- c --> <?php d ?>",
            "<p>a &lt;b onclick=&quot;x&quot;&gt;bold&lt;/b&gt; &lt;!-- c --&gt; &lt;?php d ?&gt;</p>"),
        ("<style>\n\n* { color: red }\n</style>", "<p>&lt;style&gt;\n\n* { color: red }\n&lt;/style&gt;</p>"),
        ("<javascript:alert(1)> <mailto:a@b.org> www.x.org ftp://x.org", "<p>javascript:alert(1) <a href=\"mailto:a@b.org\">mailto:a@b.org</a> <a href=\"http://www.x.org\">www.x.org</a> ftp://x.org</p>"),
        ("[![badge](https://x.org/b.svg)](https://x.org)", "<p><a href=\"https://x.org\">badge</a></p>"),
        ("![a ![b *c*](d.png) `<e>` [f](g)](h.png \"\\\"><script>\")",
            "<p><img src=\"h.png\" alt=\"a b c &lt;e&gt; f\" title=\"&quot;&gt;&lt;script&gt;\"></p>"),
        ("[a]\n\n[a]: javascript:x 'T'", "<p>a</p>"),
        ("`<script>` $\\text{<script>}$",
            "<p><code>&lt;script&gt;</code> <math><semantics><mrow><mtext>&lt;script&gt;</mtext></mrow><annotation encoding=\"application/x-tex\">\\text{&lt;script&gt;}</annotation></semantics></math></p>"),
        ("private \u{10FFF2}<b> \u{10FFF0} `\u{10FFF3}x`", "<p>private \u{FFFD}&lt;b&gt; \u{FFFD} <code>\u{FFFD}x</code></p>"),
        ("nul \u{0} bell \u{7}", "<p>nul \u{FFFD} bell \u{FFFD}</p>"),
    ])
    func letsNothingUnsafeThrough(markdown: String, html: String) {
        #expect(Markdown.html(from: markdown) == html)
    }

    /// The MathML of a formula, without the frame and the TeX source that accompany it.
    private func formula(_ tex: String) -> String {
        let html = Markdown.html(from: "$\(tex)$")
        guard let start = html.range(of: "<semantics><mrow>"), let end = html.range(of: "</mrow><annotation") else { return html }
        return String(html[start.upperBound..<end.lowerBound])
    }

    @Test(arguments: [
        ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("\\alpha \\le 0.05", "<mi>α</mi><mo>≤</mo><mn>0.05</mn>"),
        ("a_1 * b_2 * c", "<msub><mi>a</mi><mn>1</mn></msub><mo>∗</mo><msub><mi>b</mi><mn>2</mn></msub><mo>∗</mo><mi>c</mi>"),
        ("\\frac{1}{\\sqrt{n}}", "<mfrac><mrow><mn>1</mn></mrow><msqrt><mrow><mi>n</mi></mrow></msqrt></mfrac>".replacing("<msqrt>", with: "<mrow><msqrt>").replacing("</msqrt>", with: "</msqrt></mrow>")),
        ("\\sum_{i=1}^n", "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"),
        ("\\mathbb{R}^d", "<msup><mi mathvariant=\"normal\">ℝ</mi><mi>d</mi></msup>"),
        ("\\hat y'", "<msup><mover accent=\"true\"><mi>y</mi><mo>^</mo></mover><mo>′</mo></msup>"),
        ("\\text{if } x<0", "<mtext>if </mtext><mi>x</mi><mo>&lt;</mo><mn>0</mn>"),
        ("\\left( x \\right]", "<mrow><mo fence=\"true\">(</mo><mi>x</mi><mo fence=\"true\">]</mo></mrow>"),
        ("\\unknown{<b>}", "<mtext>\\unknown</mtext><mrow><mo>&lt;</mo><mi>b</mi><mo>&gt;</mo></mrow>"),
        ("\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}", "<mrow><mo fence=\"true\">(</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable><mo fence=\"true\">)</mo></mrow>"),
        // A thin space as TeX sets it: between an operator and an ordinary atom, not before a parenthesis.
        ("2\\log p", "<mn>2</mn><mspace width=\"0.1667em\"></mspace><mi>log</mi><mspace width=\"0.1667em\"></mspace><mi>p</mi>"),
        ("\\exp(x)", "<mi>exp</mi><mo stretchy=\"false\">(</mo><mi>x</mi><mo stretchy=\"false\">)</mo>"),
        ("\\max_j p", "<munder><mi>max</mi><mi>j</mi></munder><mspace width=\"0.1667em\"></mspace><mi>p</mi>"),
        ("{{{", "<mrow><mrow><mrow></mrow></mrow></mrow>"),
        ("}\\frac", "<mfrac><mrow></mrow><mrow></mrow></mfrac>"),
    ])
    func setsFormulas(tex: String, mathML: String) {
        #expect(formula(tex) == mathML)
    }

    /// The TeX sources of a text's formulas, and the text with each formula as `[tex]` and each displayed one as `[[tex]]`.
    private func outline(_ markdown: String) -> String {
        Markdown.html(from: markdown)
            .replacing(/<div class="formula" tabindex="0">(<math.*?<\/math>)<\/div>/.dotMatchesNewlines()) { $0.output.1 }
            .replacing(/<math( display="block")?>.*?<annotation[^>]*>(.*?)<\/annotation><\/semantics><\/math>/.dotMatchesNewlines()) {
                $0.output.1 == nil ? "[\($0.output.2)]" : "[[\($0.output.2)]]"
            }
    }

    @Test(arguments: [
        ("with $n$ samples, `$HOME` and **$p > n$**", "<p>with [n] samples, <code>$HOME</code> and <strong>[p &gt; n]</strong></p>"),
        // Markdown's own signs in formulas.
        ("$a_1 * b_2 * c$ and $a_i*b_j$, $[x](y)$, $<b>$, $x~~y~~z$", "<p>[a_1 * b_2 * c] and [a_i*b_j], [[x](y)], [&lt;b&gt;], [x~~y~~z]</p>"),
        ("$\\{x\\} \\\\ \\$ \\& &lt;$", "<p>[\\{x\\} \\\\ \\$ \\&amp; &amp;lt;]</p>"),
        ("*a $b*c$ d*", "<p><em>a [b*c] d</em></p>"),
        ("[$a_b$](c) ![$d$](e.png)", "<p><a href=\"c\">[a_b]</a> <img src=\"e.png\" alt=\"d\"></p>"),
        ("# $x$\n\n- $y\n  z$", "<h1>[x]</h1>\n<ul>\n<li>[y\nz]</li>\n</ul>"),
        // Dollars that are no formula's.
        ("costs $5 and $6, $ x$, $5,$6 a $", "<p>costs $5 and $6, $ x$, $5,$6 a $</p>"), ("\\$a$ \\\\$a$", "<p>$a$ \\[a]</p>"),
        ("`$a` and `$b` ``$c`$`` $d `e$`", "<p><code>$a</code> and <code>$b</code> <code>$c`$</code> $d <code>e$</code></p>"),
        ("```\n$x$\n$$\n```\n$$\ny\n$$\n\n    $$\n    z | $w|$\n    $$",
            "<pre class=\"code\" tabindex=\"0\"><code>$x$\n$$</code></pre>\n[[\ny\n]]\n<pre class=\"code\" tabindex=\"0\"><code>$$\nz | $w|$\n$$</code></pre>"),
        ("$$\n```\ncode\n```\n$$", "<p>$$</p>\n<pre class=\"code\" tabindex=\"0\"><code>code</code></pre>\n<p>$$</p>"),
        ("$$$$ $$ $$", "<p>$$$$ $$ $$</p>"),
        ("$$\nopen\n\n+ list", "<p>$$\nopen</p>\n<ul>\n<li>list</li>\n</ul>"),
        // Displayed formulas are blocks of their own.
        ("$$x$$", "[[x]]"),
        ("so\n$$x$$\nwith y", "<p>so</p>\n[[x]]\n<p>with y</p>"),
        ("so $$ x $$ with **$$y$$**", "<p>so</p>\n[[x]]\n<p>with <strong>[[y]]</strong></p>"),
        ("$$\na\n+ b\n= c\n---\n> d\n# e\n$$", "[[\na\n+ b\n= c\n---\n&gt; d\n# e\n]]"),
        ("$$a\n  + b$$", "[[a\n  + b]]"),
        ("1. a\n   $$\n   + x\n   $$\n2. b", "<ol>\n<li>a\n[[\n   + x\n]]\n</li>\n<li>b</li>\n</ol>"),
        ("> $$\n> x\n> > 1\n> $$\n> a", "<blockquote>\n[[\n x\n &gt; 1\n]]\n<p>a</p>\n</blockquote>"),
        // Bars in tables.
        ("$p|q$ | b\n--|--\n$|x|$ | `$a` \n$\\|y\\|$ | $z$\n`$c` | `$d`\n$5 | $6",
            "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th>[p|q]</th><th>b</th></tr></thead>\n<tbody>\n<tr><td>[|x|]</td><td><code>$a</code></td></tr>\n<tr><td>[\\|y\\|]</td><td>[z]</td></tr>\n<tr><td><code>$c</code></td><td><code>$d</code></td></tr>\n<tr><td>$5</td><td>$6</td></tr>\n</tbody>\n</table></div>"),
        ("$a|b$\r\n\r\n$$\r\nx\r\n$$", "<p>[a|b]</p>\n[[\nx\n]]"),
    ])
    func formulasSurviveMarkdown(markdown: String, outline expected: String) {
        #expect(outline(markdown) == expected)
    }

    /// cmark-gfm keeps tables that all its parsers share.
    @Test func parsesOnManyThreadsAtOnce() async {
        let text = "~~a~~ $b_1$ https://x.org `$c$` <b>\n\nd | $e|f$\n--|--\n1 | 2"
        let expected = Markdown.html(from: text)
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<200).count { _ in Markdown.html(from: text) != expected } }
            }
            for await differences in group { #expect(differences == 0) }
        }
    }

    @Test func lowersHeadings() {
        #expect(Markdown.html(from: "# a\n##### b", headingOffset: 2) == "<h3>a</h3>\n<h6>b</h6>")
    }

    /// Deep nesting and long runs of signs end in reasonable time, and do not exhaust the stack.
    @Test(arguments: [
        String(repeating: "> ", count: 5000) + "a", String(repeating: "- ", count: 3000) + "a", String(repeating: "[", count: 3000),
        String(repeating: "*a_", count: 1500), "$" + String(repeating: "{", count: 3000) + "$", String(repeating: "`", count: 3000) + "a",
        String(repeating: "$a ", count: 3000), String(repeating: "$$\na\n", count: 2001), String(repeating: "![", count: 2000) + String(repeating: "](a)", count: 2000),
        "a | b\n-|-\n" + String(repeating: "`$|", count: 2000),
    ])
    func survivesHostileText(markdown: String) {
        #expect(!Markdown.html(from: markdown).isEmpty)
    }
}
