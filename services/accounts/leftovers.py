"""What a hand-over leaves behind: a copy of the account, with a name in it that is no business of this node any more.

Accounts are told to no other node, so the copy would only grow old. It stays as long as a repeated request may ask
what came of the first.
"""

from __future__ import annotations

from datetime import datetime

from services.accounts.documents import Account
from shared.audit.trail import UNSEALED
from shared.http.idempotency import KEPT


def purge(here: str, now: datetime) -> None:
    """Those that are told and sealed."""
    Account._get_collection().delete_many(
        {
            "owner": {"$ne": here},
            "handing": None,
            "pending_since": None,
            UNSEALED: None,
            "updated_at": {"$lt": now - KEPT},
        }
    )
