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
        ("[a](b_(c).md) [d](<e f>)", "<p><a href=\"b_(c).md\">a</a> <a href=\"ef\">d</a></p>"),
        ("[a][ref] [Ref] [none]\n\n[ref]: https://x.org 'T'", "<p><a href=\"https://x.org\" title=\"T\">a</a> <a href=\"https://x.org\" title=\"T\">Ref</a> [none]</p>"),
        ("[a [b](c) d](e)", "<p>[a <a href=\"c\">b</a> d](e)</p>"),
        ("![alt *x*](fig.png)", "<p><img src=\"fig.png\" alt=\"alt x\"></p>"),
        ("<https://x.org> https://y.org/a_b_c. (https://z.org/(1))",
            "<p><a href=\"https://x.org\">https://x.org</a> <a href=\"https://y.org/a_b_c\">https://y.org/a_b_c</a>. (<a href=\"https://z.org/(1)\">https://z.org/(1)</a>)</p>"),
        ("a &amp; b & c &#945; &lt;", "<p>a &amp; b &amp; c &#945; &lt;</p>"),
        ("- a\n- b\n  - c\n    more\n- d", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c\nmore</li>\n</ul></li>\n<li>d</li>\n</ul>"),
        ("- a\n\n- b", "<ul>\n<li><p>a</p></li>\n<li><p>b</p></li>\n</ul>"),
        ("3. a\n4. b\n\n   c", "<ol start=\"3\">\n<li><p>a</p></li>\n<li><p>b</p>\n<p>c</p></li>\n</ol>"),
        ("- a\n* b", "<ul>\n<li>a</li>\n</ul>\n<ul>\n<li>b</li>\n</ul>"),
        ("- a\n  ```\n  - code\n  ```", "<ul>\n<li>a\n<pre class=\"code\" tabindex=\"0\"><code>- code</code></pre></li>\n</ul>"),
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
        ("[a](javascript&colon;alert(1))", "<p><a href=\"javascript&amp;colon;alert(1)\">a</a></p>"),
        ("[a](x\" onclick=\"y)", "<p>[a](x&quot; onclick=&quot;y)</p>"),
        ("[a](<x\"onclick=\"y>)", "<p><a href=\"x&quot;onclick=&quot;y\">a</a></p>"),
        ("![a](https://x.org/p.png) ![b](//x.org/p.png)", "<p><a href=\"https://x.org/p.png\">a</a> <a href=\"//x.org/p.png\">b</a></p>"),
        ("![a](data:image/svg+xml;base64,AA==) ![b](data:image/png;base64,AA==)", "<p>a <img src=\"data:image/png;base64,AA==\" alt=\"b\"></p>"),
        ("![\"><script>](x.png)", "<p><img src=\"x.png\" alt=\"&quot;&gt;&lt;script&gt;\"></p>"),
        ("```<script>\n</code>\n```", "<pre class=\"code\" tabindex=\"0\"><code>&lt;/code&gt;</code></pre>"),
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
        ("{{{", "<mrow><mrow><mrow></mrow></mrow></mrow>"),
        ("}\\frac", "<mfrac><mrow></mrow><mrow></mrow></mfrac>"),
    ])
    func setsFormulas(tex: String, mathML: String) {
        #expect(formula(tex) == mathML)
    }

    @Test func aFormulaStandsWhereItWasWritten() {
        let html = Markdown.html(from: "with $n$ samples, `$HOME` and **$p > n$**\n\n$$\nx\n$$")
        #expect(html.hasPrefix("<p>with <math><semantics><mrow><mi>n</mi></mrow><annotation"))
        #expect(html.contains("<code>$HOME</code>"))
        #expect(html.contains("<strong><math>"))
        #expect(html.contains("<math display=\"block\">"))
    }

    /// Deep nesting and long runs of signs end in reasonable time, and do not exhaust the stack.
    @Test(arguments: [
        String(repeating: "> ", count: 5000) + "a", String(repeating: "- ", count: 3000) + "a", String(repeating: "[", count: 3000),
        String(repeating: "*a_", count: 1500), "$" + String(repeating: "{", count: 3000) + "$", String(repeating: "`", count: 3000) + "a",
    ])
    func survivesHostileText(markdown: String) {
        #expect(!Markdown.html(from: markdown).isEmpty)
    }
}
