"""Operations of the FHIR door (`$name`), one file each; `table.py` lists them, `access.policy` says who may."""
