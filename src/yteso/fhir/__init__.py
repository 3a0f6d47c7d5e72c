"""Work inside one resource or one bundle: canonical JSON, partial dates, references, FHIRPath. No I/O."""
