"""The citizen's own pages: the record in plain words, who looked, questions about it, downloads."""
