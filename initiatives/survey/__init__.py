"""調査票: a department's rows as an Excel sheet to fill offline, and the way back in.

columns.py  the one list of columns: headings, and which of them are filled in
rows.py     the rows of one department for a year: what is saved, last year beside it, why a row is closed
check.py    the check value of a row, and the fingerprints of its texts at download
book.py     rows → workbook
read.py     workbook → lines of text, known by their headings
compare.py  lines against what is saved: cell by cell; taking them in, all or nothing
forms.py, views.py

Why no django-import-export Resource: a Resource compares a row with what is saved and writes it. Here each cell has
three texts (at download, saved now, in the file), a person chooses where two people wrote, and writing goes through
saving.write, the way of the page: same cleaning, same history, same check of version and status.
"""
