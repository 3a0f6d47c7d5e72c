"""The XML signature of a file, checked against one known certificate. Pure; no trust list, no network, no revocation.

In: the whole document and the certificate registered for its sender. Out: valid or not. Only the registered
certificate counts: a certificate that comes with the signature proves nothing.
"""

from __future__ import annotations

from typing import Any

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidInput, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from yteso.base.errors import Misconfigured

_CONFIGURATION = SignatureConfiguration(
    require_x509=True,
    signature_methods=frozenset(
        {
            SignatureMethod.RSA_SHA256,
            SignatureMethod.RSA_SHA384,
            SignatureMethod.RSA_SHA512,
            SignatureMethod.ECDSA_SHA256,
            SignatureMethod.ECDSA_SHA384,
        }
    ),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
)


def verify_xml(document: bytes, certificate_pem: str) -> bool:
    """True when the certificate's owner signed the whole document (W3C XML Signature, enveloped, SHA-2).

    Raises Misconfigured when the registered certificate is none.
    """
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    except ValueError as error:
        raise Misconfigured("the registered certificate is not PEM") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
        verified: Any = XMLVerifier().verify(root, x509_cert=certificate, expect_config=_CONFIGURATION)
    except (SignXMLException, InvalidInput, etree.XMLSyntaxError, ValueError, TypeError):
        return False
    results = verified if isinstance(verified, list) else [verified]
    return any(result.signed_xml is not None and result.signed_xml.tag == root.tag for result in results)
