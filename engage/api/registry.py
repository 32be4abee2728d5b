"""The registry of public read resources: each room adds a router, the API only mounts it."""

from ninja import Router

_routers: dict[str, Router] = {}


def register(prefix: str, router: Router) -> None:
    """Mount a router below `/api/v1/<prefix>/`."""
    _routers[prefix] = router


def routers() -> dict[str, Router]:
    """Return prefix to router."""
    return _routers
