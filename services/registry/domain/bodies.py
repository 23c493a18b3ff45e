"""Bodies that are known here without being registered here: hubs and external parties.

Hub bodies 枢纽 (service centres, federations, promotion associations) run incubators and calls by mandate; external
parties are organisations registered elsewhere and firms. They may be contracted and admitted; they are not
inspected, graded or penalised here, and so have no life cycle.
"""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from shared.errors import Refused, Text

KINDS = ("hub", "external")  # 枢纽、外部主体


def check_credit_code(code: str) -> None:
    """Raise Refused for what is no unified social credit code 统一社会信用代码 (GB 32100), whoever registers it."""
    try:
        uscc.validate(code)
    except ValidationError as error:
        raise Refused(
            "identity-unfit",
            Text("This is no credit code.", "统一社会信用代码无效。"),
            Text(
                "Give the 18 characters of the certificate or business licence.",
                "请填写登记证书或营业执照上的 18 位代码。",
            ),
            field="credit_code",
        ) from error
