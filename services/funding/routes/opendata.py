"""Routes of open data. Nobody has to sign in."""

from __future__ import annotations

from typing import Any

from services.funding.queries import opendata as queries
from services.funding.schemas import opendata as schemas
from shared.call import Call
from shared.http import file_of, get, page_of
from shared.http.files import JSON

Data = dict[str, Any]


class OpenDataRoutes:
    """开放数据"""

    @get(
        "/open-data/packages", query=schemas.PackageQuery, answer=page_of(schemas.PackageView),
        summary="Rounds that open data tells of 开放数据目录", tags=("open data",),
    )  # fmt: skip
    def open_data_packages(self, call: Call, query: Data) -> Any:
        return queries.packages(call, query)

    @get(
        "/open-data/rounds/<id>/releases", answer=file_of(JSON),
        summary="A round as an OCDS release package 轮次的 OCDS 发布包", tags=("open data",),
    )  # fmt: skip
    def open_data_releases(self, call: Call, id: str) -> Any:
        return queries.releases(call, id)

    @get(
        "/open-data/rounds/<id>/record", answer=file_of(JSON),
        summary="A round as an OCDS record package 轮次的 OCDS 记录包", tags=("open data",),
    )  # fmt: skip
    def open_data_record(self, call: Call, id: str) -> Any:
        return queries.record(call, id)

    @get(
        "/open-data/grants", query=schemas.GrantsQuery, answer=file_of(JSON),
        summary="Grants of an area and year in the form of 360Giving 资助数据", tags=("open data",),
    )  # fmt: skip
    def open_data_grants(self, call: Call, query: Data) -> Any:
        return queries.grants(call, query)

    @get(
        "/open-data/policy", query=schemas.PolicyQuery, answer=schemas.PolicyView,
        summary="What is published, and on which terms 发布政策", tags=("open data",),
    )  # fmt: skip
    def open_data_policy(self, call: Call, query: Data) -> Any:
        return queries.policy(call, query)
