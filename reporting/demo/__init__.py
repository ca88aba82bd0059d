"""The demo city: 鎌倉市's plan as facts, sentences of our own, three fiscal years deep.

`data/` holds what a person may read and correct, `source` reads it, `build` makes the rows. Names, ratings, targets
and figures are those of the printed report; every sentence is made up for the demonstration.

Four slips of the kind the printed report has are kept in 令和6年度 on purpose, so that a check has something to find:
4-1-4-4 (88 of 187 is 47.1％ but rated B), 4-1-2-7 (target 「令和5年度と同様」), 4-1-3-5 (a sentence about 令和5年度) and
目標6's chapter (A評価 25件, the table has 26).
"""
