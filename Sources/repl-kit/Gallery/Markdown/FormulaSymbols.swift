/// TeX's names of signs, as Unicode.
enum FormulaSymbols {
    static let letters: [String: String] = [
        "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
        "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
        "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
        "omega": "ω", "ell": "ℓ", "hbar": "ℏ", "imath": "ı", "jmath": "ȷ",
    ]

    /// Upright letters.
    static let capitals: [String: String] = [
        "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ",
        "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "emptyset": "∅", "varnothing": "∅", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ",
        "partial": "∂", "top": "⊤", "bot": "⊥",
    ]

    static let operators: [String: String] = [
        "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡",
        "propto": "∝", "ll": "≪", "gg": "≫", "prec": "≺", "succ": "≻", "preceq": "⪯", "succeq": "⪰", "lesssim": "≲", "gtrsim": "≳",
        "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "cup": "∪", "cap": "∩",
        "setminus": "∖", "times": "×", "cdot": "⋅", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆", "circ": "∘",
        "bullet": "∙", "oplus": "⊕", "ominus": "⊖", "otimes": "⊗", "odot": "⊙", "dagger": "†", "wedge": "∧", "land": "∧",
        "vee": "∨", "lor": "∨", "neg": "¬", "lnot": "¬", "forall": "∀", "exists": "∃", "nabla": "∇", "to": "→", "rightarrow": "→",
        "leftarrow": "←", "gets": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔",
        "iff": "⟺", "implies": "⟹", "mapsto": "↦", "longrightarrow": "⟶", "uparrow": "↑", "downarrow": "↓", "mid": "∣",
        "parallel": "∥", "perp": "⟂", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
        "lbrace": "{", "rbrace": "}", "lVert": "‖", "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "vert": "|",
        "ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "prime": "′", "colon": ":", "triangleq": "≜",
        "doteq": "≐", "cong": "≅", "models": "⊨", "vdash": "⊢", "angle": "∠", "triangle": "△", "square": "□", "lt": "<", "gt": ">",
        "backslash": "∖", "{": "{", "}": "}", "|": "‖",
    ]

    static let bigOperators: [String: String] = [
        "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁",
        "bigotimes": "⨂", "bigvee": "⋁", "bigwedge": "⋀",
    ]

    static let functions: Set<String> = [
        "exp", "log", "ln", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "det",
        "dim", "ker", "deg", "gcd", "Pr", "min", "max", "inf", "sup", "lim", "limsup", "liminf", "argmin", "argmax", "arg", "hom",
    ]

    static let functionNames = ["argmin": "arg min", "argmax": "arg max", "limsup": "lim sup", "liminf": "lim inf"]

    /// What carries its scripts below and above.
    static let limits: Set<String> = [
        "sum", "prod", "coprod", "bigcup", "bigcap", "bigoplus", "bigotimes", "min", "max", "inf", "sup", "lim", "limsup", "liminf",
        "argmin", "argmax", "underbrace",
    ]

    static let spaces = [",": "0.17em", ":": "0.22em", ">": "0.22em", ";": "0.28em", " ": "0.33em", "quad": "1em", "qquad": "2em"]

    static let accents = [
        "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙",
        "ddot": "¨", "check": "ˇ", "breve": "˘",
    ]

    enum Font { case upright, bold, doubleStruck, script, fraktur, sansSerif, typewriter }

    static let fonts: [String: Font] = [
        "mathrm": .upright, "mathbf": .bold, "boldsymbol": .bold, "bm": .bold, "mathbb": .doubleStruck, "mathcal": .script,
        "mathscr": .script, "mathfrak": .fraktur, "mathsf": .sansSerif, "mathtt": .typewriter, "mathit": .upright,
    ]

    /// Letters and digits in one of Unicode's mathematical alphabets.
    static func text(_ text: String, in font: Font) -> String {
        // First capital, first small letter, first digit, and the letters that Unicode has elsewhere.
        let alphabet: (capital: UInt32, small: UInt32, digit: UInt32?, exceptions: [Unicode.Scalar: Unicode.Scalar])
        switch font {
        case .upright: return text
        case .bold: alphabet = (0x1D400, 0x1D41A, 0x1D7CE, [:])
        case .doubleStruck:
            alphabet = (
                0x1D538, 0x1D552, 0x1D7D8, ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"]
            )
        case .script:
            alphabet = (
                0x1D49C, 0x1D4B6, nil,
                ["B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ", "g": "ℊ", "o": "ℴ"]
            )
        case .fraktur: alphabet = (0x1D504, 0x1D51E, nil, ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"])
        case .sansSerif: alphabet = (0x1D5A0, 0x1D5BA, 0x1D7E2, [:])
        case .typewriter: alphabet = (0x1D670, 0x1D68A, 0x1D7F6, [:])
        }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let value: UInt32? =
                switch scalar {
                case "A"..."Z": alphabet.capital + scalar.value - 0x41
                case "a"..."z": alphabet.small + scalar.value - 0x61
                case "0"..."9": alphabet.digit.map { $0 + scalar.value - 0x30 }
                default: nil
                }
            result.append(alphabet.exceptions[scalar] ?? value.flatMap(Unicode.Scalar.init) ?? scalar)
        }
        return String(result)
    }
}
