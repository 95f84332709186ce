"""Start the page: Streamlit, on this machine only and locked down.

What the lock-down consists of:

- The socket is bound to 127.0.0.1 by this module, not by an option that can be overridden.
- Requests of other sites are refused, and the browser is told to fetch nothing from elsewhere
  (``assistant.lockdown``).
- Streamlit's telemetry is off, and the two functions with which it looks up this machine's
  addresses on the network are replaced.

And one mend of Streamlit, without which parts of a page vanish for a moment
(``keep_unsent_parts``).
"""

import base64
import contextlib
import errno
import hashlib
import inspect
import re
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit import file_util, net_util
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.web import bootstrap

from assistant.errors import ServerError
from assistant.lockdown import LockDown, content_security_policy
from assistant.settings import DEFAULT_PORT, PACKAGE_ROOT, Settings, apply_to_environment

APP_SCRIPT = PACKAGE_ROOT / "app.py"
ADDRESS = "127.0.0.1"

PATCHED_LOOKUPS = ("get_external_ip", "get_internal_ip")
"""The functions of ``streamlit.net_util`` that use the network, and are replaced."""

_SYSTEM_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"

STREAMLIT_OPTIONS: dict[str, object] = {
    # Stated even where they are the defaults, since a configuration file of the reader's
    # may say otherwise.
    "browser.gatherUsageStats": False,
    "browser.serverAddress": ADDRESS,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.showSidebarNavigation": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "logger.level": "warning",
    "runner.magicEnabled": False,
    "server.address": ADDRESS,
    "server.allowedHosts": [ADDRESS, "localhost"],
    "server.baseUrlPath": "",
    "server.corsAllowedOrigins": [],
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.runOnSave": False,
    "server.showEmailPrompt": False,
    "server.trustedUserHeaders": "{}",
    "theme.font": _SYSTEM_FONTS,
    "theme.headingFont": _SYSTEM_FONTS,
    "theme.codeFont": "ui-monospace, 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace",
    "theme.baseFontSize": 16,
    "theme.baseRadius": "0.5rem",
    "theme.light.primaryColor": "#0f6b66",
    "theme.light.backgroundColor": "#fdfdfb",
    "theme.light.secondaryBackgroundColor": "#f2f3ee",
    "theme.light.textColor": "#1d2422",
    "theme.light.linkColor": "#0f6b66",
    "theme.light.borderColor": "#d9ddd6",
    "theme.dark.primaryColor": "#4cc0b5",
    "theme.dark.backgroundColor": "#14191a",
    "theme.dark.secondaryBackgroundColor": "#1d2426",
    "theme.dark.textColor": "#e6eae8",
    "theme.dark.linkColor": "#4cc0b5",
    "theme.dark.borderColor": "#344042",
}
"""Options of Streamlit that are set at the start and cannot be overridden."""

_CLEAR = ForwardMsgQueue.clear
_MAX_PORTS_TRIED = 50
_MAX_PORT = 65535
# Open pages hold their connections; they are told and then not waited for.
_GRACE_S = 2


def serve(
    settings: Settings,
    *,
    port: int = DEFAULT_PORT,
    open_browser: bool = True,
    on_ready: Callable[[str], None],
    on_notice: Callable[[str], None],
    script: Path = APP_SCRIPT,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM, then end everything that was started.

    Must be called in the main thread, once for each process.

    Args:
        settings: What the page works with.
        port: The port wished for, the next free one if it is busy; 0 means any.
        open_browser: Whether to show the page in the reader's browser.
        on_ready: Told the page's address once it answers.
        on_notice: Told what the reader should know, for example of another port.
        script: The Streamlit script to run.

    Raises:
        ServerError: No port can be had, or this Streamlit is not the one known here.
    """
    silence_address_lookups()
    keep_unsent_parts()
    apply_to_environment(settings)
    listener = bind(port)
    with contextlib.closing(listener):
        actual_port = int(listener.getsockname()[1])
        if port not in (0, actual_port):
            on_notice(f"Port {port} is busy, so the page is on port {actual_port}.")
        bootstrap.load_config_options({**STREAMLIT_OPTIONS, "server.port": actual_port})
        hosts = [f"{name}:{actual_port}" for name in (ADDRESS, "localhost")]
        policy = content_security_policy(hosts, inline_scripts=inline_script_digests())
        app = st.App(script, middleware=[Middleware(LockDown, hosts=hosts, policy=policy)])
        url = f"http://{ADDRESS}:{actual_port}"

        def announce() -> None:
            on_ready(url)
            if open_browser:
                # Some browsers' launchers return only when the browser is closed.
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        server = _Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=32 * 1024 * 1024,
                timeout_graceful_shutdown=_GRACE_S,
            ),
            on_started=announce,
        )
        try:
            with _ending_on_signals(server):
                server.run(sockets=[listener])
        finally:
            # Releases the workspace, and with it the model's process.
            st.cache_resource.clear()
    if not server.started:
        raise ServerError("The page could not be started; the lines above say why.")


def bind(port: int) -> socket.socket:
    """Bind a listening socket on 127.0.0.1 to ``port`` or the next free one; 0 means any.

    Raises:
        ServerError: The port is none, or none of the next ones is free.
    """
    if not 0 <= port <= _MAX_PORT:
        raise ServerError(f"{port!r} is no port; give one from 0 to {_MAX_PORT}.")
    candidates = range(port, min(port + _MAX_PORTS_TRIED, _MAX_PORT + 1)) if port else (0,)
    for candidate in candidates:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if hasattr(signal, "SIGHUP"):
                # Elsewhere (Windows) this option would allow two servers on one port.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((ADDRESS, candidate))
            listener.listen()
        except OSError as error:
            listener.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServerError(
                    f"The page cannot be served on port {candidate}: {error}."
                ) from error
        else:
            listener.setblocking(False)
            return listener
    raise ServerError(
        f"None of the ports {candidates[0]} to {candidates[-1]} can be used; choose another"
        " with --port, or 0 for any."
    )


def silence_address_lookups() -> None:
    """Keep Streamlit from asking the network for this machine's addresses.

    Raises:
        ServerError: This Streamlit has no such functions.
    """
    for name in PATCHED_LOOKUPS:
        if not callable(getattr(net_util, name, None)):
            raise ServerError(
                f"This version of Streamlit has no net_util.{name}, so it is not certain that"
                " it leaves the network alone; install the version named in pyproject.toml."
            )
        setattr(net_util, name, _no_address)


def _no_address() -> None:
    """Stand in for a look-up that found nothing."""


def keep_unsent_parts() -> None:
    """Keep what a whole run of the page has drawn and not sent yet when a fragment runs again.

    Streamlit then drops that fragment's part of it, but not the word that the run is complete;
    so the browser takes the part for one that is gone, and removes it until the next one comes:
    a whole chat, for up to some seconds where the machine is busy.

    Raises:
        ServerError: This Streamlit has another such queue.
    """
    known = ("self", "retain_lifecycle_msgs", "fragment_ids_this_run")
    if tuple(inspect.signature(ForwardMsgQueue.clear).parameters) != known:
        raise ServerError(
            "This version of Streamlit does not clear its messages as the one known here does;"
            " install the version named in pyproject.toml."
        )
    ForwardMsgQueue.clear = _clear_messages  # type: ignore[method-assign]


def _clear_messages(
    self: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    """Stand in for ``ForwardMsgQueue.clear``: before a fragment's run nothing is dropped."""
    if retain_lifecycle_msgs and fragment_ids_this_run:
        # What comes must not take the place of what is waiting, which belongs to the run before.
        self._delta_index_map = {}
    else:
        _CLEAR(self, retain_lifecycle_msgs, fragment_ids_this_run)


def inline_script_digests() -> Iterator[str]:
    """Yield the policy sources of the scripts that Streamlit's own page holds.

    Raises:
        ServerError: The page cannot be read.
    """
    page = Path(file_util.get_static_dir()) / "index.html"
    try:
        html = page.read_text(encoding="utf-8")
    except OSError as error:
        raise ServerError(f"Streamlit's page cannot be read: {error}. Install it again.") from error
    for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        yield f"'sha256-{digest}'"


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, *, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_started()


@contextlib.contextmanager
def _ending_on_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let the signals that ask for an end cause an orderly one, and no more.

    uvicorn ends in order on SIGINT and SIGTERM, then raises them again for the handlers it
    found, which would turn an orderly end into a failure.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    # A closed terminal sends SIGHUP, which Windows does not know.
    numbers = [
        number
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) is not None
    ]
    found = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)
