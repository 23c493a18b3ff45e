"""Rules of service stations 服务站."""

from __future__ import annotations

from collections.abc import Mapping

FIVE_HAVES = ("window", "desk_sign", "computer", "filing_cabinet", "records")  # 五有 (Daoli)


SEVEN_IN_COMMON = ("sign", "plate", "panels", "content", "functions", "duties", "procedure")  # 七统一 (Daoli)


def complies(five_haves: Mapping[str, bool], seven_in_common: Mapping[str, bool]) -> bool:
    """Whether a service station 服务站 meets both check lists in full."""
    return all(five_haves.get(item) for item in FIVE_HAVES) and all(
        seven_in_common.get(item) for item in SEVEN_IN_COMMON
    )
