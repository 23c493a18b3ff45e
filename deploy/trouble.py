"""What a command cannot do, told to an operator in one line; and the exit codes of all commands."""

from __future__ import annotations

DONE = 0
ATTENTION = 1  # `node status`: something is unhealthy; others: done, but not yet as it should be
REFUSED = 2  # the command line is wrong, or what it asks for is not allowed
UNREACHABLE = 3  # a broker, a store or a file could not be used

EXIT_CODES = (
    "Exit codes: 0 done or healthy; 1 something needs attention; 2 wrong or refused; "
    "3 a broker, a store or a file cannot be used."
)


class Trouble(Exception):
    """An expected fault; `code` is the command's exit code."""

    def __init__(self, message: str, code: int = REFUSED) -> None:
        super().__init__(message)
        self.code = code
