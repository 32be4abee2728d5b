"""How the domain says no: a stable code and values, never prose. The edge turns them into words and a status."""

from typing import Any


class Refused(Exception):
    """A request that was understood and is refused.

    `code` is stable (tests, API clients and the catalogue of messages rely on it); `values` fill the message.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __repr__(self) -> str:
        return f"Refused({self.code!r}, **{self.values!r})"
