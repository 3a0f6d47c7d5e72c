"""What comes in and goes out: the raw is kept before anything reads it, a signed receipt is given, then the walk."""
