"""One check a file: CHECK with its words and its function. `initiatives.checking.part` finds them by themselves."""
