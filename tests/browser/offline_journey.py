"""Run inside a network namespace with loopback only; prints what happened as JSON.

Every address outside is routed to loopback, so that whatever would leave the machine is seen by
a listener on that device, of whatever program and protocol, name look-ups included, and goes no
further. Arguments: a folder to work in, and a request to plant: ``none``, ``page`` or ``python``.
"""

import contextlib
import ipaddress
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, expect

from tests.browser.steps import (
    LIGHTHOUSE,
    ask_until_answered,
    last_turn,
    open_browser,
    open_citation,
    open_essay,
    serve,
)

OUTSIDE = "203.0.113.7"
"""Of the block reserved for documentation (RFC 5737): no machine has it."""
_ALL_PROTOCOLS = 0x0003
_IPV4, _IPV6 = 0x0800, 0x86DD
_UDP = 17
_NAME_SERVICE_PORT = 53


def close_the_network() -> None:
    for command in (
        "ip link set lo up",
        "ip route add local default dev lo",
        "ip -6 route add local default dev lo",
    ):
        subprocess.run(command.split(), check=True)


@contextlib.contextmanager
def watching() -> Iterator[set[str]]:
    """Collect the names looked up, and the addresses outside that packets are sent to."""
    seen: set[str] = set()
    listener = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
    listener.bind(("lo", 0))
    listener.settimeout(0.2)
    is_over = threading.Event()

    def listen() -> None:
        while not is_over.is_set():
            try:
                packet, address = listener.recvfrom(65535)
            except TimeoutError:
                continue
            for version, field, header in (
                (_IPV4, packet[16:20], 20),
                (_IPV6, packet[24:40], 40),
            ):
                if address[1] != version or ipaddress.ip_address(field).is_loopback:
                    continue
                protocol = packet[9 if version == _IPV4 else 6]
                name = name_asked(packet[header:]) if protocol == _UDP else ""
                seen.add(name or str(ipaddress.ip_address(field)))

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield seen
    finally:
        # What was sent last is still on its way to the listener.
        time.sleep(0.5)
        is_over.set()
        thread.join()
        listener.close()


def name_asked(datagram: bytes) -> str:
    """Return the name that a datagram asks a name server for; empty if it does not."""
    if int.from_bytes(datagram[2:4], "big") != _NAME_SERVICE_PORT:
        return ""
    # The labels of the question, each after its length, follow both headers (RFC 1035, 4.1).
    rest, labels = datagram[8 + 12 :], []
    while rest and rest[0]:
        labels.append(rest[1 : 1 + rest[0]].decode("ascii", "replace"))
        rest = rest[1 + rest[0] :]
    return ".".join(labels)


def plant_in_python() -> None:
    with contextlib.suppress(OSError):
        socket.create_connection((OUTSIDE, 443), timeout=2).close()


def main() -> None:
    folder, plant = Path(sys.argv[1]), sys.argv[2]
    close_the_network()
    essay = folder / "lighthouse.md"
    essay.write_text(LIGHTHOUSE, encoding="utf-8")
    requested: list[str] = []
    outcome = {"quote": "", "answer": ""}
    with watching() as seen:
        if plant == "python":
            plant_in_python()
        else:
            with (
                serve(folder / "home", essays=[essay], has_models=plant == "none") as url,
                open_browser() as browser,
            ):
                # The policy of the page, which would stop the planted request, is set aside.
                page = browser.new_context(bypass_csp=plant == "page").new_page()
                page.on("request", lambda request: requested.append(request.url))
                page.goto(url)
                expect(page.get_by_role("heading", name="What do")).to_be_visible(timeout=60_000)
                if plant == "page":
                    with contextlib.suppress(Error):
                        page.evaluate(f"fetch('http://{OUTSIDE}/')")
                else:
                    ask_until_answered(page)
                    outcome["answer"] = last_turn(page).locator(".answer").text_content() or ""
                    open_citation(page)
                    outcome["quote"] = "".join(open_essay(page).all_text_contents())
        foreign = [
            address
            for address in requested
            if not address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:"))
        ]
    json.dump({**outcome, "packets": sorted(seen), "requests": foreign}, sys.stdout)


if __name__ == "__main__":
    main()
