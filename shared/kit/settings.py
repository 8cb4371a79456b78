"""Settings that every service shares, read from `PACTWATCH_*` variables; secrets are never printed."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url


def default_data_dir() -> Path:
    """Return `.pactwatch` beside the checkout we run from, else the user's own data folder (XDG base directories)."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".pactwatch"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "pactwatch"


def _numbers(value: object) -> object:
    """Take `1,5,30` as well as a list: an environment variable is one string."""
    return [part for part in value.replace(" ", "").split(",") if part] if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Wait = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Waits = Annotated[tuple[Wait, ...], NoDecode, BeforeValidator(_numbers), Field(min_length=1)]
Count = Annotated[int, Field(gt=0)]
Port = Annotated[int, Field(ge=0, le=65_535)]  # 0: any free one
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]
Style = Annotated[Literal["auto", "json", "console"], BeforeValidator(_lower)]


def _web_address(value: str) -> str:
    """Links in messages begin with it: anything but a plain web address would be a link to somewhere else."""
    try:
        return checked_url(value).rstrip("/")
    except WrongInput as wrong:
        raise ValueError(wrong.why) from None


def _networks(value: str) -> str:
    """A name or a typing error would be trusted by nobody, and nobody would be told."""
    for part in value.split(","):
        if part.strip():
            ip_network(part.strip(), strict=False)
    return value


def _nats_address(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("nats://", "tls://", "ws://", "wss://")):
        raise ValueError("does not start with nats://, tls://, ws:// or wss://")
    return value


# A variable that compose passes on without a value is there, and empty.
GivenFolder = Annotated[Path | None, BeforeValidator(lambda value: value or None)]
GivenSecret = Annotated[SecretStr | None, BeforeValidator(lambda value: value or None)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
NatsAddress = Annotated[SecretStr, AfterValidator(_nats_address)]
Networks = Annotated[str, AfterValidator(_networks)]
MailTls = Annotated[Literal["starttls", "tls", "none"], BeforeValidator(_lower)]


class Settings(BaseSettings):
    """Where the engines are, what may be reached, and how patient we are. Each field is one `PACTWATCH_*` variable."""

    model_config = SettingsConfigDict(env_prefix="PACTWATCH_", extra="ignore")

    nats_url: NatsAddress | None = Field(None, description="NATS server, for example nats://token@nats:4222.")
    database_url: SecretStr | None = Field(None, description="Postgres, for example postgresql://user:pw@db/pactwatch.")
    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of the embedded engines and of the running house."
    )
    catalogue_dir: GivenFolder = Field(
        None, description="Folder of your own catalogue files; for those not in it the shipped ones are used."
    )
    base_url: WebAddress | None = Field(
        None, description="Public address of the desk; links in messages start with it, and WebSub hubs call it."
    )
    allowed_private_hosts: str = Field(
        "", description="Private hosts that may be fetched from or sent to: comma-separated host, host:port or CIDR."
    )
    secret_key: GivenSecret = Field(
        None,
        description="Key that seals stored secrets, 32 characters or more; after a change also the older ones, "
        "comma-separated.",
    )
    contact: str = Field(
        "https://github.com/pactwatch/pactwatch", description="Contact address in the user agent that sources see."
    )
    log_level: Level = Field("info", description="debug, info, warning or error.")
    log_format: Style = Field("auto", description="json, console, or auto (console on a terminal, else json).")

    handler_waits_seconds: Waits = Field(
        (1, 5, 30, 120, 600), description="Waits before a failed message is tried again; then it is quarantined."
    )
    outage_wait_seconds: Seconds = Field(5, description="Wait before a message is tried again while an engine is away.")
    sweep_seconds: Seconds = Field(5, description="How often the sweeper looks for events that nobody took up.")
    announce_again_seconds: Seconds = Field(900, description="An event not taken up in this time is announced again.")
    lease_seconds: Seconds = Field(60, description="How long a claim holds when its holder has died.")
    delivery_waits_seconds: Waits = Field(
        (5, 30, 120, 600, 1800, 3600, 10_800, 18_000, 25_200, 26_400),  # a day and a minute in all
        description="Waits between attempts to deliver; after the last the delivery is abandoned.",
    )

    burst_messages: int = Field(
        10, ge=0, description="So many messages to one reader at once; what comes then is bundled. 0: never."
    )
    burst_seconds: Seconds = Field(600, description="Within so long; a bundle is sent after as long again.")

    rules_four_eyes: bool = Field(
        default=False,
        description="1: a change of a rule or list waits for a second person: `rule proposals`.",
    )
    rules_most_hits_per_day: Count = Field(
        100, description="A query that matched more articles a day of the archive is saved only with --allow-broad."
    )

    smtp_host: str | None = Field(None, description="Mail server for mailto: subscriptions.")
    smtp_port: Port = Field(587, description="Its port.")
    smtp_user: str | None = Field(None, description="Its user, if it wants one.")
    smtp_password: SecretStr | None = Field(None, description="Its password.")
    smtp_tls: MailTls = Field("starttls", description="starttls (required), tls (from the first byte) or none.")
    mail_from: str = Field("Pactwatch <pactwatch@localhost>", description="Sender of alert mails.")

    telegram_api_url: WebAddress = Field("https://api.telegram.org", description="Where Telegram's bot API answers.")

    desk_host: str = Field("127.0.0.1", description="Address the desk listens on.")
    desk_port: Port = Field(8080, description="Port the desk listens on.")
    desk_published_on_loopback: bool = Field(
        default=False, description="1 says that the container's port is published on 127.0.0.1 only."
    )
    desk_proxies: Networks = Field(
        "127.0.0.1", description="Proxies before the desk whose word counts for where a request comes from: IP or CIDR."
    )
    session_idle_seconds: Seconds = Field(
        43_200, description="Who was not seen at the desk for so long signs in again."
    )
    session_most_seconds: Seconds = Field(604_800, description="Who signed in so long ago signs in again.")
    health_port: Port = Field(8081, description="Port of /health and /metrics of a service that runs alone.")
    health_host: str = Field("127.0.0.1", description="Address of /health and /metrics of a service that runs alone.")


def load_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` (by field name) win over it.

    Raises WrongInput naming the variable, its value and what it should be.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = "PACTWATCH_" + "_".join(str(part) for part in first["loc"][:1]).upper()
        field = Settings.model_fields.get(str(first["loc"][0]) if first["loc"] else "")
        meaning = field.description if field and field.description else "See .env.example."
        raise WrongInput(name, first.get("input"), f"cannot be taken ({first['msg']})", mend=meaning) from wrong
