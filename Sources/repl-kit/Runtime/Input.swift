import Foundation
import NotebookProtocol
import PyBridge

/// Reads a line from the person at the notebook; in a cell it stands before Swift's own `readLine`.
///
/// - Parameter strippingNewline: Whether the newline at the end is left out.
/// - Returns: nil at the end of the input, and where nobody can be asked; standard error then says why.
public func readLine(strippingNewline: Bool = true) -> String? {
    guard let line = readLine(prompt: "") else { return nil }
    return strippingNewline ? line : line + "\n"
}

/// Asks the person at the notebook for a line.
///
/// - Parameters:
///   - prompt: What the person is asked.
///   - isSecret: What is typed is not shown.
/// - Returns: The line without its newline; nil at the end of the input, and where nobody can be asked; standard
///   error then says why.
public func readLine(prompt: String, isSecret: Bool = false) -> String? {
    do {
        return try NotebookContext.current.readLine(prompt: prompt, isSecret: isSecret)
    } catch {
        let reason = (error as? InputRefusal)?.reason ?? "\(error)"
        FileHandle.standardError.write(Data("readLine: \(reason); the result is nil\n".utf8))
        return nil
    }
}

/// Gives Python cells `input` and `getpass.getpass`.
func provideInput() throws {
    func asking(isSecret: Bool, defaultPrompt: String) -> PythonFunction {
        PythonFunction { arguments, keywords in
            let prompt = try (arguments.first ?? keywords["prompt"]).map { try String(Python.str($0)) } ?? defaultPrompt
            do {
                if let line = try NotebookContext.current.readLine(prompt: prompt, isSecret: isSecret) { return line }
            } catch let refusal as InputRefusal {
                throw PythonError(typeName: "EOFError", message: refusal.reason)
            }
            throw PythonError(typeName: "EOFError", message: "there is no input")
        }
    }
    try Python.builtins.setAttribute("input", to: asking(isSecret: false, defaultPrompt: ""))
    try Python.import("getpass").setAttribute("getpass", to: asking(isSecret: true, defaultPrompt: "Password: "))
}
