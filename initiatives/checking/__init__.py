"""整合性チェック of what is written: pure functions over texts and figures, without a database.

`Check` (finding.py) is one small named thing in a file of its own; `discover` collects the files of a package.
The checks here look at one passage or one initiative, so that the page on which a department writes and the check
of the whole year call the same ones; those over a whole report are in reporting/checks/.
"""
