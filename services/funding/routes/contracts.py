"""Routes of contracts."""

from __future__ import annotations

from typing import Any

from services.funding.commands import amendments
from services.funding.commands import contracts as commands
from services.funding.queries import contracts as queries
from services.funding.schemas import contracts as schemas
from shared.call import Call
from shared.http import Upload, accepts, file_of, get, page_of, post
from shared.http.files import PDF

Data = dict[str, Any]


class ContractRoutes:
    """协议"""

    @post(
        "/applications/<id>/contract-draft", body=schemas.NewContract, answer=schemas.ContractView,
        status=201, summary="Draft the contract 拟定协议",
    )  # fmt: skip
    def draft_contract(self, call: Call, id: str, body: Data) -> Any:
        return commands.draft(call, id, body)

    @get(
        "/contracts", query=schemas.ContractQuery, answer=page_of(schemas.ContractView),
        summary="Contracts 协议",
    )  # fmt: skip
    def contracts(self, call: Call, query: Data) -> Any:
        return queries.contracts(call, query)

    @get("/contracts/<id>", answer=schemas.ContractView, summary="One contract 协议")
    def contract_record(self, call: Call, id: str) -> Any:
        return queries.contract_for(call, id)

    @post("/contracts/<id>/printing", answer=schemas.ContractView, summary="Print a contract 打印协议")
    def print_contract(self, call: Call, id: str) -> Any:
        return commands.print_contract(call, id)

    @get("/contracts/<id>/contract.pdf", answer=file_of(PDF), summary="The printed contract 协议文件")
    def contract_file(self, call: Call, id: str) -> Any:
        return queries.printed(call, id)

    @post(
        "/contracts/<id>/signed-copy", file=accepts(PDF), answer=schemas.ContractView,
        summary="Keep the signed copy 上传签署件",
    )  # fmt: skip
    def keep_signed_copy(self, call: Call, id: str, file: Upload) -> Any:
        return commands.keep_signed_copy(call, id, file)

    @get("/contracts/<id>/signed-copy.pdf", answer=file_of(PDF), summary="The signed copy 签署件")
    def signed_copy_file(self, call: Call, id: str) -> Any:
        return queries.signed_copy(call, id)

    @post("/contracts/<id>/seal", answer=schemas.ContractView, summary="Seal a contract 加盖电子印章")
    def seal_contract(self, call: Call, id: str) -> Any:
        return commands.seal_contract(call, id)

    @get("/contracts/<id>/sealed.pdf", answer=file_of(PDF), summary="The sealed contract 用印文件")
    def sealed_file(self, call: Call, id: str) -> Any:
        return queries.sealed(call, id)

    @post(
        "/contracts/<id>/amendments", body=schemas.NewAmendment, answer=schemas.ContractView, status=201,
        summary="Amend a contract 协议变更",
    )  # fmt: skip
    def amend_contract(self, call: Call, id: str, body: Data) -> Any:
        return amendments.amend(call, id, body)
