"""Money: whole fen 分 in integers, never a float. One yuan 元 is 100 fen."""

from __future__ import annotations

from decimal import Decimal

LARGEST = 10**15  # fen; ten trillion yuan, far above any budget and far below what the store's int64 holds


def fen(yuan: str | int | Decimal) -> int:
    """Fen of an amount in yuan. Raises ValueError where it is finer than a fen or not a number."""
    try:
        amount = Decimal(str(yuan))
        whole = amount.quantize(Decimal("0.01"))  # never rounds silently: raises where digits do not suffice
    except ArithmeticError as error:
        raise ValueError(f"{yuan!r} is not an amount in yuan") from error
    if whole != amount:
        raise ValueError(f"{yuan} yuan is finer than a fen")
    return int(whole.scaleb(2))


def yuan(amount: int) -> str:
    """An amount in fen, written in yuan with two decimals and thousands separated: 1,445,000.00."""
    sign, whole = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def shares(total: int, weights: list[int]) -> list[int]:
    """`total` fen divided by weights so that the parts sum up to it again.

    The earliest parts take the odd fen, but never one whose weight is nought.
    """
    if not weights or any(w < 0 for w in weights) or sum(weights) == 0:
        raise ValueError("weights must be non-negative and not all zero")
    parts = [total * weight // sum(weights) for weight in weights]
    weighed = [index for index, weight in enumerate(weights) if weight]
    for index in weighed[: total - sum(parts)]:  # fewer than one fen is missing from each
        parts[index] += 1
    return parts
