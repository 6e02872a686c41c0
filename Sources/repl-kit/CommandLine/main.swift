print("repl-kit")
