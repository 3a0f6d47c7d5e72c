"""The only door by which apps reach the record and the intake: in process, same rights and audit as over HTTP."""
