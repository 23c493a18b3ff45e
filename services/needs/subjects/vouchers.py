"""What is told of vouchers and their runs."""

from __future__ import annotations

from services.needs.schemas.vouchers import VoucherRunState, VoucherState
from shared.errors import Text
from shared.events.types import Subject

VOUCHER = Subject("needs", "voucher", VoucherState, Text("voucher", "服务券"), audience="node")
ISSUED = VOUCHER.event("issued", Text("issued", "发放"))
HELD = VOUCHER.event("held", Text("held", "冻结"))
SPENT = VOUCHER.event("spent", Text("spent", "核销"))
RELEASED = VOUCHER.event("released", Text("released", "解冻"))
LAPSED = VOUCHER.event("lapsed", Text("lapsed", "过期清零"))

VOUCHER_RUN = Subject("needs", "voucher_run", VoucherRunState, Text("run over vouchers", "服务券批量办理"))
STARTED = VOUCHER_RUN.event("started", Text("started", "开始"))
PROGRESSED = VOUCHER_RUN.event("progressed", Text("progressed", "进行"))
FINISHED = VOUCHER_RUN.event("finished", Text("finished", "完成"))

ALL = (ISSUED, HELD, SPENT, RELEASED, LAPSED, STARTED, PROGRESSED, FINISHED)
