"""Money: whole fen 分 in integers, never a float. One yuan 元 is 100 fen."""

from __future__ import annotations

from decimal import Decimal

LARGEST = 10**15  # fen; ten trillion yuan, far above any budget and far below what the store's int64 holds


def fen(yuan: str | int | Decimal) -> int:
    """Fen of an amount in yuan. Raises ValueError where it is finer than a fen or not a number."""
    try:
        amount = Decimal(str(yuan)) * 100
        if amount != amount.to_integral_value():
            raise ValueError(f"{yuan} yuan is finer than a fen")
    except ArithmeticError as error:
        raise ValueError(f"{yuan!r} is not an amount in yuan") from error
    return int(amount)


def yuan(amount: int) -> str:
    """An amount in fen, written in yuan with two decimals and thousands separated: 1,445,000.00."""
    sign, whole = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def shares(total: int, weights: list[int]) -> list[int]:
    """`total` fen divided by weights so that the parts sum up to it again: the earliest parts take the odd fen."""
    if not weights or any(w < 0 for w in weights) or sum(weights) == 0:
        raise ValueError("weights must be non-negative and not all zero")
    parts = [total * weight // sum(weights) for weight in weights]
    for index in range(total - sum(parts)):
        parts[index % len(parts)] += 1
    return parts
