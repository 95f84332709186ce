"""Let only this machine's own page in, and let that page reach nothing else.

``LockDown`` refuses a foreign ``Host`` (against DNS rebinding) and a foreign ``Origin`` (against
other sites' scripts). The content security policy keeps the browser from fetching anything from
elsewhere, whatever an essay or a model's answer says.
"""

from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class LockDown:
    """ASGI middleware that answers this machine's own page alone, under a strict policy."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str], policy: str) -> None:
        """Wrap ``app``.

        Args:
            app: What answers the requests let through.
            hosts: The names and ports by which the page may be called.
            policy: The content security policy.
        """
        self._app = app
        self._hosts = frozenset(host.encode() for host in hosts)
        self._origins = frozenset(b"http://" + host for host in self._hosts)
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in self._headers}
                kept = [pair for pair in message["headers"] if pair[0].lower() not in ours]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        if self._is_ours(scope):
            await self._app(scope, receive, send_with_headers)
        else:
            await _refuse(scope, send_with_headers)

    def _is_ours(self, scope: Scope) -> bool:
        hosts = [value.lower() for name, value in scope["headers"] if name == b"host"]
        origins = [value.lower() for name, value in scope["headers"] if name == b"origin"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return False
        # Every browser names the origin of a WebSocket; of a plain request only some do.
        if scope["type"] == "websocket" and not origins:
            return False
        return all(origin in self._origins for origin in origins)


def content_security_policy(hosts: Iterable[str], *, inline_scripts: Iterable[str]) -> str:
    """Return the policy under which Streamlit's page runs and nothing else is reached.

    Args:
        hosts: The names and ports by which the page may be called.
        inline_scripts: The digests of the scripts that stand in the page, as the policy's sources.
    """
    sockets = " ".join(f"ws://{host}" for host in hosts)
    scripts = " ".join(("'self'", "blob:", *inline_scripts))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            # Streamlit's components write their styles into the page as they are drawn.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "object-src 'none'",
        )
    )


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    body = b"This page answers only to the browser of its own machine.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
