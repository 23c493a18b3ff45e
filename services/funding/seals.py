"""Seals and signatures on contracts, in a process apart: a node's electronic seal 电子印章, and what uploads carry."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from shared.errors import Refused, Text

MOST_PAGES = 200
_NO_PDF = Text("Upload the signed contract as a PDF that is not encrypted.", "请上传未加密的 PDF 签署件。")


def examine(given: bytes) -> bytes:
    """What is in an uploaded PDF, as JSON: pages, and digital signatures. Raises Refused for what is no PDF, is
    encrypted or too long, and for a signature that does not fit the document any more. Who signed is not asked: that
    would need the certificate authorities that an area trusts, and is told by the certificate itself."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(given))
        if reader.encrypted:
            raise Refused(
                "encrypted-pdf", Text("The PDF is encrypted.", "PDF 已加密。"), _NO_PDF, field="file"
            )
        pages = int(reader.root["/Pages"]["/Count"])
        signatures = list(reader.embedded_regular_signatures)
    except (PdfError, KeyError, TypeError, ValueError, RecursionError):
        raise Refused(
            "no-pdf",
            Text("This is no PDF that can be read.", "文件不是可读取的 PDF。"),
            _NO_PDF,
            field="file",
        ) from None
    if not 0 < pages <= MOST_PAGES:
        raise Refused(
            "too-many-pages",
            Text(f"The PDF has {pages} pages.", f"PDF 共 {pages} 页。"),
            Text(f"Upload 1 to {MOST_PAGES} pages.", f"请上传 1 至 {MOST_PAGES} 页。"),
            field="file",
        )
    if signatures and not _whole(signatures):
        raise Refused(
            "signature-broken",
            Text("A digital signature does not fit the document.", "数字签名与文件内容不符。"),
            Text("Sign the document again and upload it unchanged.", "请重新签署并原样上传。"),
            field="file",
        )
    return json.dumps({"pages": pages, "signatures": len(signatures)}).encode()


def _whole(signatures: list[Any]) -> bool:
    """Whether each signature fits what it signs, and the last one all of the file."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    found = [validate_pdf_signature(each, nobody, skip_diff=True) for each in signatures]
    fits = all(each.intact and each.valid for each in found)
    return fits and found[-1].coverage == SignatureCoverageLevel.ENTIRE_FILE


def seal(given: bytes) -> bytes:
    """A PDF with a node's seal on it, from a line of JSON (`certificate` as base64 of PKCS #12, `password`, `name`,
    `reason`) and the PDF. Raises Refused for a certificate that cannot be opened."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    line, _, pdf = given.partition(b"\n")
    asked = json.loads(line)
    try:
        signer = signers.SimpleSigner.load_pkcs12_data(
            base64.b64decode(asked["certificate"]), other_certs=[], passphrase=asked["password"].encode()
        )
    except ValueError:
        raise Refused(
            "seal-unusable",
            Text("The node's seal cannot be opened.", "本节点的电子印章无法打开。"),
            Text("Have the operator check its file and password.", "请运维人员核对印章文件与密码。"),
        ) from None
    about = signers.PdfSignatureMetadata(field_name="seal", name=asked["name"], reason=asked["reason"])
    sealed = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer)
    return bytes(sealed.getvalue())
