"""Intake: the files received, what became of them, what to correct, and a page to send one by hand."""
