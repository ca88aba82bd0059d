"""The report for everybody: pages, files and data of published editions, without signing in.

source      which editions are public (the only query of a public page), and what they say
cache       pages are made once for what they are made of, and kept
middleware  public addresses go past sessions, cookies and sign-in
views       an address to a kept page; a page that is not there and one that was taken back are the same
pages       what stands on each page (words, history, search and charts beside it)
"""
