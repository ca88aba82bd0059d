"""知らせ: telling people what they have to do, on their to-do list and by mail.

recipients.py  who works for a department, and what it still owes
outbox.py      makes the notices, in the transaction of what they tell
wording.py     their words
delivery.py    composes a person's waiting notices into one mail and sends it, at most once, outside every request
todo.py        the same on each person's home page, from the state of things and not from what was sent
"""
