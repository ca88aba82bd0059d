"""Checks that need the whole report. One check a file; reporting.checks.run finds them by themselves."""
