"""Routes of exports."""

from __future__ import annotations

from typing import Any

from services.registry.queries import exports as queries
from services.registry.schemas import imports as schemas
from shared.call import Call
from shared.http import file_of, get
from shared.http.files import CSV, XLSX

Data = dict[str, Any]


class ExportRoutes:
    """导出"""

    @get(
        "/organisations/export.xlsx", query=schemas.ExportQuery, answer=file_of(XLSX),
        summary="Organisations as a workbook 导出名录",
    )  # fmt: skip
    def export_workbook(self, call: Call, query: Data) -> Any:
        return queries.export(call, query, "xlsx")

    @get(
        "/organisations/export.csv", query=schemas.ExportQuery, answer=file_of(CSV),
        summary="Organisations as CSV 导出名录（CSV）",
    )  # fmt: skip
    def export_csv(self, call: Call, query: Data) -> Any:
        return queries.export(call, query, "csv")
