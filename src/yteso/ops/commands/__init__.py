"""The commands of `yteso`, one per file. Each loads the rooms it uses when it runs, so that `--help` is quick."""
