"""An embedded NATS server with JetStream: durable, on 127.0.0.1, behind a token."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import suppress
from pathlib import Path

from services.cli.engines.binaries import nats_server
from services.cli.engines.child import ChildProcess
from services.cli.engines.datadir import telling_of
from services.cli.engines.engine import EmbeddedEngine
from services.cli.engines.private_file import kept_secret, write_private

_STOP_SECONDS = 10.0  # its clients have gone before; what is left is closing files
_HELLO_SECONDS = 2.0
# `sync_interval: always`: the default writes to disk every two minutes and lost 2000 of 2000 acknowledged messages at a
# simulated power cut. 2 MB per message: bodies live in the database, so an event is far smaller.
_CONFIG = """\
server_name: pactwatch
listen: "127.0.0.1:{port}"
max_payload: 2MB
ports_file_dir: {folder}
authorization {{ token: "{token}" }}
jetstream {{
  store_dir: {store}
  sync_interval: always
  max_file_store: 4GB
  max_memory_store: 64MB
}}
"""


class EmbeddedNats(EmbeddedEngine):
    """A NATS server on the data folder; made by `start_nats`."""

    name = "nats-server"
    death_signal = signal.SIGTERM

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._program = nats_server()
        self._folder = data / "nats"
        self._config = self._folder / "nats.conf"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._token = kept_secret(self._folder / "token")

    @property
    def url(self) -> str:
        """`nats://<token>@127.0.0.1:<port>`."""
        return f"nats://{self._token}@127.0.0.1:{self.port}"

    async def _before_start(self) -> None:
        for stale in self._folder.glob("nats-server_*.ports"):
            stale.unlink(missing_ok=True)
        text = _CONFIG.format(
            port=self.port, token=self._token, folder=_quoted(self._folder), store=_quoted(self._folder / "store")
        )
        write_private(self._config, text)

    def _command(self) -> list[str]:
        return [str(self._program), "-c", str(self._config)]

    async def _is_ready(self, child: ChildProcess) -> bool:
        """Tell whether it has written its ports file, which it does last, and greets with JetStream switched on."""
        if not (self._folder / f"nats-server_{child.pid}.ports").exists():
            return False
        with suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(_HELLO_SECONDS):
                return await _greets_with_jetstream(self.port)
        return False

    async def _end(self, child: ChildProcess) -> None:
        await child.stop(signal.SIGTERM, _STOP_SECONDS)


async def _greets_with_jetstream(port: int) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        verb, _, facts = (await reader.readline()).partition(b" ")
        return verb == b"INFO" and bool(json.loads(facts).get("jetstream"))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _quoted(path: Path) -> str:
    """Spell a path as a string of the server's configuration language, whose escapes are those of C."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(letter, letter) for letter in str(path)) + '"'


async def start_nats(data: Path) -> EmbeddedNats:
    """Start a NATS server on the prepared and locked data folder and return when it answers.

    Raises PactwatchError when the program is missing, the folder cannot be used, or the server does not come up.
    """
    with telling_of(data):
        engine = EmbeddedNats(data)
        engine.papers.prepare()
        await engine.start_on_kept_port()
        return engine
