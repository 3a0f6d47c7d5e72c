"""Papers people keep: a value in, an accessible PDF with our own typeface out (`press.print_pdf`)."""
