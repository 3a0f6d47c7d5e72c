"""Keys, signed receipts, bearer tokens, and the check of a facility's XML signature. No network, no patient data."""

from yteso.signing.keys import Keys, PublicKey, load_or_create
from yteso.signing.receipt import Receipt, sign_receipt, verify_receipt
from yteso.signing.tokens import Claims, Tokens

__all__ = ["Claims", "Keys", "PublicKey", "Receipt", "Tokens", "load_or_create", "sign_receipt", "verify_receipt"]
