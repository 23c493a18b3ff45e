"""Routes of certificates."""

from __future__ import annotations

from typing import Any

from services.registry.commands import certificates as commands
from services.registry.queries import certificates as queries
from services.registry.schemas import certificates as schemas
from shared.call import Call
from shared.http import file_of, get, page_of, post

Data = dict[str, Any]


class CertificateRoutes:
    """证书"""

    @post(
        "/organisations/<id>/certificates", answer=schemas.CertificateView, status=201,
        summary="Issue a certificate 颁发证书",
    )  # fmt: skip
    def issue_certificate(self, call: Call, id: str) -> Any:
        return commands.issue(call, id)

    @get(
        "/certificates", query=schemas.CertificateQuery, answer=page_of(schemas.CertificateView),
        summary="List certificates 证书列表",
    )  # fmt: skip
    def certificates(self, call: Call, query: Data) -> Any:
        return queries.certificates(call, query)

    @get("/certificates/<number>", answer=schemas.CertificateView, summary="Verify a certificate 核验证书")
    def certificate(self, call: Call, number: str) -> Any:
        return queries.certificate(number)

    @post(
        "/certificates/<number>/printing", answer=schemas.CertificateView,
        summary="Print a certificate 打印证书",
    )  # fmt: skip
    def print_certificate(self, call: Call, number: str) -> Any:
        return commands.print_certificate(call, number)

    @get(
        "/certificates/<number>/certificate.pdf", answer=file_of(commands.PDF), summary="The PDF 证书文件",
    )  # fmt: skip
    def certificate_file(self, call: Call, number: str) -> Any:
        return queries.file(call, number)
