"""The process in which apprise runs reaches its proxy and nothing else, and starts no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRIED = """
import os, socket, subprocess, sys
from services.notifier.adapters.apprise_child import _only_to
far = socket.create_server(("127.0.0.1", 0))
sys.addaudithook(_only_to({port}))
try:
    {what}
except PermissionError as wrong:
    print("refused:", wrong)
"""


def ran(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "what",
    [
        "socket.create_connection(far.getsockname())",
        "socket.getaddrinfo('localhost', 80)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.2', 53))",
        "subprocess.run(['true'])",
        "os.system('true')",
    ],
)
def test_it_has_no_other_way_out(what: str):
    assert ran(TRIED.format(what=what, port=1)).startswith("refused:")


def test_its_proxy_is_reached():
    what = "socket.create_connection(far.getsockname()); print('reached')"
    assert ran(TRIED.format(what=what, port="far.getsockname()[1]")) == "reached\n"
