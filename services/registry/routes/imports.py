"""Routes of imports."""

from __future__ import annotations

from typing import Any

from nameko.timer import timer

from services.registry.commands import imports as commands
from services.registry.queries import imports as queries
from services.registry.schemas import imports as schemas
from services.registry.schemas.common import AreaQuery
from shared.background import Background
from shared.call import Call
from shared.http import Upload, accepts, file_of, get, page_of, post
from shared.http.files import CSV, MIB, XLSX
from shared.service import HOUR

Data = dict[str, Any]
LARGEST = 8 * MIB  # 20,000 rows have some 2 MiB as a workbook and 5 MiB as CSV


class ImportRoutes:
    """存量导入"""

    importing = Background(commands.WORK, "services.registry.commands.imports:work_on")

    @get(
        "/imports/template.xlsx", query=schemas.TemplateQuery, answer=file_of(XLSX),
        summary="Template with drop-downs 导入模板",
    )  # fmt: skip
    def import_template(self, call: Call, query: Data) -> Any:
        return queries.template(call, query["area"], query["language"])

    @post(
        "/imports", file=accepts(XLSX, CSV, largest=LARGEST), query=schemas.ImportQuery,
        answer=schemas.ImportView, status=202, summary="Import organisations as they stand 导入存量",
    )  # fmt: skip
    def import_file(self, call: Call, file: Upload, query: Data) -> Any:
        return queries.progress(commands.receive(call, query["area"], file, again=query["again"]))

    @get(
        "/imports", query=AreaQuery, answer=page_of(schemas.ImportView),
        summary="Imports of an area 导入记录",
    )  # fmt: skip
    def imports(self, call: Call, query: Data) -> Any:
        return queries.imports(call, query)

    @get("/imports/<id>", answer=schemas.ImportView, summary="How far an import is 导入进度")
    def import_progress(self, call: Call, id: str) -> Any:
        return queries.progress(queries.load_import(call, id))

    @post(
        "/imports/<id>/cancellation", answer=schemas.ImportView,
        summary="Leave the rest of an import 取消导入",
    )  # fmt: skip
    def cancel_import(self, call: Call, id: str) -> Any:
        return queries.progress(commands.cancel(call, id))

    @get(
        "/imports/<id>/result.xlsx", query=schemas.ResultQuery, answer=file_of(XLSX),
        summary="What came of each row 导入结果",
    )  # fmt: skip
    def import_result(self, call: Call, id: str, query: Data) -> Any:
        return queries.result(call, id, "xlsx", query["language"])

    @get(
        "/imports/<id>/result.csv", query=schemas.ResultQuery, answer=file_of(CSV),
        summary="What came of each row, as CSV 导入结果（CSV）",
    )  # fmt: skip
    def import_result_csv(self, call: Call, id: str, query: Data) -> Any:
        return queries.result(call, id, "csv", query["language"])

    @timer(interval=HOUR)
    def tidy_imports(self) -> None:
        commands.tidy()
