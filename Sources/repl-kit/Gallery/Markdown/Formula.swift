/// TeX formulas as MathML, which browsers set themselves.
///
/// Covers what the text of a notebook uses: letters and symbols, sub- and superscripts, fractions, roots, accents,
/// fonts, fences, sums with limits, matrices and cases. An unknown command is shown by its name.
enum Formula {
    static func mathML(from tex: String, isDisplayed: Bool = false) -> String {
        var parser = FormulaParser(tex)
        let content = parser.row(until: [])
        let display = isDisplayed ? " display=\"block\"" : ""
        // The TeX source is what a screen reader without MathML, or a reader who copies it, gets.
        return "<math\(display)><semantics><mrow>\(content)</mrow>"
            + "<annotation encoding=\"application/x-tex\">\(HTML.escape(tex.trimmed))</annotation></semantics></math>"
    }
}

private struct FormulaParser {
    private enum Token: Equatable {
        case command(String)
        case character(Character)
        case number(String)
    }

    private let tokens: [Token]
    private var position = 0
    private var depth = 0
    private static let maximumDepth = 60

    init(_ tex: String) {
        var tokens: [Token] = []
        let characters = Array(tex)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            index += 1
            if character == "\\" {
                guard index < characters.count else { break }
                var name = String(characters[index])
                index += 1
                if name.first?.isTeXLetter == true {
                    while index < characters.count, characters[index].isTeXLetter {
                        name.append(characters[index])
                        index += 1
                    }
                    if name == "text" || name == "mbox" || name == "operatorname" || name == "textrm" {
                        // Spaces count in here.
                        tokens.append(.command(name))
                        while index < characters.count, characters[index].isWhitespace { index += 1 }
                        guard index < characters.count, characters[index] == "{" else { continue }
                        var text = ""
                        index += 1
                        while index < characters.count, characters[index] != "}" {
                            text.append(characters[index])
                            index += 1
                        }
                        index += 1
                        tokens.append(.number(text))
                        continue
                    }
                }
                tokens.append(.command(name))
            } else if character.isASCII, character.isNumber {
                var number = String(character)
                while index < characters.count,
                    characters[index].isASCII && characters[index].isNumber
                        || (characters[index] == "." && index + 1 < characters.count && characters[index + 1].isNumber)
                {
                    number.append(characters[index])
                    index += 1
                }
                tokens.append(.number(number))
            } else if !character.isWhitespace {
                tokens.append(.character(character))
            }
        }
        self.tokens = tokens
    }

    private var next: Token? { position < tokens.count ? tokens[position] : nil }

    /// The atoms up to one of some tokens, which is left, or to the end.
    mutating func row(until ends: [String]) -> String {
        var result = ""
        while let token = next {
            if case .command(let name) = token, ends.contains("\\" + name) { break }
            if case .character(let character) = token, ends.contains(String(character)) { break }
            // A closing brace without an opening one is dropped.
            if token == .character("}") {
                position += 1
                continue
            }
            // A thin space sets a function's name apart from what stands beside it, but not from a parenthesis.
            let isFunction = Self.isFunction(token)
            if isFunction, position > 0, Self.isOperand(tokens[position - 1], orClosing: true) { result += Self.thinSpace }
            result += scripted()
            if isFunction, let next, Self.isFunction(next) || Self.isOperand(next) { result += Self.thinSpace }
        }
        return result
    }

    private static let thinSpace = "<mspace width=\"0.1667em\"></mspace>"

    private static func isFunction(_ token: Token) -> Bool {
        if case .command(let name) = token { FormulaSymbols.functions.contains(name) } else { false }
    }

    private static func isOperand(_ token: Token, orClosing: Bool = false) -> Bool {
        switch token {
        case .number: true
        case .character(let character): character.isLetter || (orClosing && ")]}".contains(character))
        case .command(let name):
            FormulaSymbols.letters[name] != nil || FormulaSymbols.capitals[name] != nil || FormulaSymbols.accents[name] != nil
                || FormulaSymbols.fonts[name] != nil || ["frac", "dfrac", "tfrac", "sqrt"].contains(name)
        }
    }

    /// An atom with its sub- and superscripts.
    private mutating func scripted() -> String {
        let hasLimits = isLimitsOperator(next)
        var base = "<mrow></mrow>"
        if next != .character("^"), next != .character("_") { base = atom() }
        var sub: String?
        var sup: String?
        while let token = next {
            if token == .character("_"), sub == nil {
                position += 1
                sub = atom()
            } else if token == .character("^"), sup == nil {
                position += 1
                sup = atom()
            } else if token == .character("'"), sup == nil {
                var primes = ""
                while next == .character("'") {
                    primes += "′"
                    position += 1
                }
                sup = "<mo>\(primes)</mo>"
            } else {
                break
            }
        }
        let (under, over, both) = hasLimits ? ("munder", "mover", "munderover") : ("msub", "msup", "msubsup")
        switch (sub, sup) {
        case (let sub?, let sup?): return "<\(both)>\(base)\(sub)\(sup)</\(both)>"
        case (let sub?, nil): return "<\(under)>\(base)\(sub)</\(under)>"
        case (nil, let sup?): return "<\(over)>\(base)\(sup)</\(over)>"
        case (nil, nil): return base
        }
    }

    private func isLimitsOperator(_ token: Token?) -> Bool {
        guard case .command(let name)? = token else { return false }
        return FormulaSymbols.limits.contains(name)
    }

    /// One atom: exactly one element.
    private mutating func atom() -> String {
        guard let token = next else { return "<mrow></mrow>" }
        position += 1
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else { return "<mrow></mrow>" }
        switch token {
        case .number(let text): return "<mn>\(HTML.escape(text))</mn>"
        case .character("{"):
            let content = row(until: ["}"])
            if next == .character("}") { position += 1 }
            return "<mrow>\(content)</mrow>"
        case .character(let character): return Self.element(for: character)
        case .command(let name): return command(name)
        }
    }

    private static func element(for character: Character) -> String {
        switch character {
        case "-": "<mo>−</mo>"
        case "*": "<mo>∗</mo>"
        case "~": "<mspace width=\"0.25em\"></mspace>"
        case "&": ""
        case "|", "(", ")", "[", "]", "/": "<mo stretchy=\"false\">\(character)</mo>"
        case _ where character.isLetter: "<mi>\(HTML.escape(String(character)))</mi>"
        default: "<mo>\(HTML.escape(String(character)))</mo>"
        }
    }

    private mutating func command(_ name: String) -> String {
        if let letter = FormulaSymbols.letters[name] { return "<mi>\(letter)</mi>" }
        if let capital = FormulaSymbols.capitals[name] { return "<mi mathvariant=\"normal\">\(capital)</mi>" }
        if let sign = FormulaSymbols.operators[name] { return "<mo>\(HTML.escape(sign))</mo>" }
        if let big = FormulaSymbols.bigOperators[name] { return "<mo>\(big)</mo>" }
        if FormulaSymbols.functions.contains(name) { return "<mi>\(FormulaSymbols.functionNames[name] ?? name)</mi>" }
        if let width = FormulaSymbols.spaces[name] { return "<mspace width=\"\(width)\"></mspace>" }
        if let accent = FormulaSymbols.accents[name] { return "<mover accent=\"true\">\(atom())<mo>\(accent)</mo></mover>" }
        if let font = FormulaSymbols.fonts[name] { return styled(font) }
        switch name {
        case "frac", "dfrac", "tfrac": return "<mfrac>\(atom())\(atom())</mfrac>"
        case "binom":
            return "<mrow><mo>(</mo><mfrac linethickness=\"0\">\(atom())\(atom())</mfrac><mo>)</mo></mrow>"
        case "sqrt":
            guard next == .character("[") else { return "<msqrt>\(atom())</msqrt>" }
            position += 1
            let index = row(until: ["]"])
            position += 1
            return "<mroot>\(atom())<mrow>\(index)</mrow></mroot>"
        case "text", "mbox", "textrm", "operatorname":
            guard case .number(let text)? = next else { return "<mrow></mrow>" }
            position += 1
            return name == "operatorname" ? "<mi mathvariant=\"normal\">\(HTML.escape(text))</mi>" : "<mtext>\(HTML.escape(text))</mtext>"
        case "underline": return "<munder>\(atom())<mo>_</mo></munder>"
        case "underbrace": return "<munder>\(atom())<mo>⏟</mo></munder>"
        case "left": return fenced()
        case "right": return fence().map { "<mo>\($0)</mo>" } ?? "<mrow></mrow>"
        case "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg", "displaystyle", "textstyle", "limits", "nolimits", "!":
            return "<mrow></mrow>"
        case "begin": return environment()
        case "end":
            _ = braced()
            return "<mrow></mrow>"
        case "\\": return "<mspace linebreak=\"newline\"></mspace>"
        case "{", "}", "%", "$", "#", "_", "&", "|":
            return "<mo stretchy=\"false\">\(name == "|" ? "‖" : HTML.escape(name))</mo>"
        default: return "<mtext>\\\(HTML.escape(name))</mtext>"
        }
    }

    /// The letters of the next atom in another alphabet: `\mathbb{R}`.
    private mutating func styled(_ font: FormulaSymbols.Font) -> String {
        var text = ""
        if next == .character("{") {
            let start = position
            position += 1
            while let token = next, token != .character("}") {
                switch token {
                case .character(let character): text.append(character)
                case .number(let number): text += number
                case .command:
                    // More than letters: the formula itself counts more than its font.
                    position = start
                    return atom()
                }
                position += 1
            }
            position += 1
        } else if case .character(let character)? = next {
            text = String(character)
            position += 1
        } else {
            return atom()
        }
        return "<mi mathvariant=\"normal\">\(HTML.escape(FormulaSymbols.text(text, in: font)))</mi>"
    }

    /// What `\left` and `\right` stand before.
    private mutating func fence() -> String? {
        guard let token = next else { return nil }
        position += 1
        switch token {
        case .character("."): return ""
        case .character(let character): return HTML.escape(String(character))
        case .command("|"): return "‖"
        case .command(let name): return HTML.escape(FormulaSymbols.operators[name] ?? name)
        case .number(let text): return HTML.escape(text)
        }
    }

    private mutating func fenced() -> String {
        let opening = fence() ?? ""
        let content = row(until: ["\\right"])
        var closing = ""
        if next == .command("right") {
            position += 1
            closing = fence() ?? ""
        }
        return "<mrow><mo fence=\"true\">\(opening)</mo>\(content)<mo fence=\"true\">\(closing)</mo></mrow>"
    }

    private mutating func braced() -> String {
        guard next == .character("{") else { return "" }
        position += 1
        var name = ""
        while let token = next {
            position += 1
            if token == .character("}") { break }
            if case .character(let character) = token { name.append(character) }
        }
        return name
    }

    private mutating func environment() -> String {
        let name = braced()
        var rows: [[String]] = [[]]
        while let token = next, token != .command("end") {
            rows[rows.count - 1].append(row(until: ["&", "\\\\", "\\end"]))
            if next == .command("\\") { rows.append([]) }
            if next != .command("end") { position += 1 }
        }
        if next == .command("end") {
            position += 1
            _ = braced()
        }
        if rows.last?.allSatisfy(\.isEmpty) == true { rows.removeLast() }
        let body = rows.map { "<mtr>" + $0.map { "<mtd>\($0)</mtd>" }.joined() + "</mtr>" }.joined()
        let fences = ["pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"), "cases": ("{", "")][name]
        let align = name == "cases" ? " columnalign=\"left\"" : ""
        let table = "<mtable\(align)>\(body)</mtable>"
        return fences.map { "<mrow><mo fence=\"true\">\($0.0)</mo>\(table)<mo fence=\"true\">\($0.1)</mo></mrow>" } ?? table
    }
}

extension Character {
    fileprivate var isTeXLetter: Bool { isASCII && isLetter }
}
