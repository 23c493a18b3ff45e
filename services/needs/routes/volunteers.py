"""Routes of volunteers 志愿者, activities and service."""

from __future__ import annotations

from typing import Any

from services.needs.commands import volunteers as commands
from services.needs.queries import volunteers as queries
from services.needs.schemas import volunteers as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class VolunteerRoutes:
    """志愿者"""

    @post(
        "/volunteers", body=schemas.NewVolunteer, answer=schemas.VolunteerView, status=201,
        summary="Register a volunteer 志愿者注册",
    )  # fmt: skip
    def register_volunteer(self, call: Call, body: Data) -> Any:
        return commands.register_volunteer(call, body)

    @get(
        "/volunteers", query=schemas.VolunteerQuery, answer=page_of(schemas.VolunteerView),
        summary="Volunteers 志愿者列表",
    )  # fmt: skip
    def volunteers(self, call: Call, query: Data) -> Any:
        return queries.volunteers(call, query)

    @get("/volunteers/<id>", answer=schemas.VolunteerView, summary="One volunteer 志愿者")
    def volunteer(self, call: Call, id: str) -> Any:
        return queries.volunteer(call, id)

    @post(
        "/volunteers/<id>/profile", body=schemas.VolunteerProfile, answer=schemas.VolunteerView,
        summary="Set skills, areas and times 变更志愿者服务意愿",
    )  # fmt: skip
    def change_volunteer(self, call: Call, id: str, body: Data) -> Any:
        return commands.change_volunteer(call, id, body)

    @post("/volunteers/<id>/end", answer=schemas.VolunteerView, summary="Close a volunteer's file 志愿者注销")
    def end_volunteer(self, call: Call, id: str) -> Any:
        return commands.end_volunteer(call, id)

    @get(
        "/volunteers/<id>/matches", query=schemas.MatchQuery, answer=page_of(schemas.MatchView),
        summary="Activities that fit a volunteer 为志愿者匹配活动",
    )  # fmt: skip
    def matching_activities(self, call: Call, id: str, query: Data) -> Any:
        return queries.activities_for(call, id, query)

    @get(
        "/volunteers/<id>/certificate", query=schemas.CertificateQuery, answer=schemas.HoursCertificate,
        summary="What a volunteer has served 志愿服务记录证明",
    )  # fmt: skip
    def hours_certificate(self, call: Call, id: str, query: Data) -> Any:
        return queries.certificate(call, id, query)

    @post(
        "/activities", body=schemas.NewActivity, answer=schemas.ActivityView, status=201,
        summary="Look for volunteers 发布志愿服务活动",
    )  # fmt: skip
    def open_activity(self, call: Call, body: Data) -> Any:
        return commands.open_activity(call, body)

    @get(
        "/activities", query=schemas.ActivityQuery, answer=page_of(schemas.ActivityView),
        summary="Activities 志愿服务活动列表",
    )  # fmt: skip
    def activities(self, call: Call, query: Data) -> Any:
        return queries.activities(query)

    @get("/activities/<id>", answer=schemas.ActivityView, summary="One activity 志愿服务活动")
    def activity(self, call: Call, id: str) -> Any:
        return queries.activity(id)

    @get(
        "/activities/<id>/matches", query=schemas.MatchQuery, answer=page_of(schemas.MatchView),
        summary="Volunteers that fit an activity 为活动匹配志愿者",
    )  # fmt: skip
    def matching_volunteers(self, call: Call, id: str, query: Data) -> Any:
        return queries.volunteers_for(call, id, query)

    @post("/activities/<id>/closing", answer=schemas.ActivityView, summary="Take no more volunteers 结束招募")
    def close_activity(self, call: Call, id: str) -> Any:
        return commands.close_activity(call, id)

    @post(
        "/activities/<id>/engagements", body=schemas.NewEngagement, answer=schemas.EngagementView, status=201,
        summary="Take part in an activity 报名",
    )  # fmt: skip
    def join_activity(self, call: Call, id: str, body: Data) -> Any:
        return commands.join(call, id, body["volunteer"])

    @get(
        "/engagements", query=schemas.EngagementQuery, answer=page_of(schemas.EngagementView),
        summary="Records of volunteer service 志愿服务记录列表",
    )  # fmt: skip
    def engagements(self, call: Call, query: Data) -> Any:
        return queries.engagements(call, query)

    @get("/engagements/<id>", answer=schemas.EngagementView, summary="One record 志愿服务记录")
    def engagement(self, call: Call, id: str) -> Any:
        return queries.engagement(call, id)

    @post("/engagements/<id>/withdrawal", answer=schemas.EngagementView, summary="Withdraw 退出活动")
    def withdraw_engagement(self, call: Call, id: str) -> Any:
        return commands.withdraw(call, id)

    @post(
        "/engagements/<id>/service", body=schemas.ServedTime, answer=schemas.EngagementView,
        summary="Record how long somebody served 记录服务时间",
    )  # fmt: skip
    def record_service(self, call: Call, id: str, body: Data) -> Any:
        return commands.record_service(call, id, body["minutes"])

    @post(
        "/engagements/<id>/confirmation", answer=schemas.EngagementView,
        summary="Confirm recorded service 确认服务时间",
    )  # fmt: skip
    def confirm_service(self, call: Call, id: str) -> Any:
        return commands.confirm_service(call, id)
