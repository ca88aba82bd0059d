"""Drills: the running program put through what a test alone cannot show. `bin/drill NAME [--short]`."""
