"""整合性チェック over a whole year: pure functions over the frozen report (run.py), decisions about them (decisions.py).

The checks on single texts and rows are in initiatives/checking/checks/, those over the report in reporting/checks/whole/:
a new check is one new file with a CHECK.
"""
