"""The views of accounts: coming in (`entrance`), one's own account (`own`), the administrators' desk (`desk`)."""
