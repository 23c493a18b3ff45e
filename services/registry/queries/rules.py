"""What holds of a rule in an area on a day."""

from shared.arearules.settings import value

__all__ = ["value"]
