"""What an operator sets and starts (.env.example, compose.yaml) is complete, true to the code, and confined."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic_core import PydanticUndefined

from shared.kit.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
ENGINES = ("nats", "postgres")
SECRETS_OF_COMPOSE = {"POSTGRES_PASSWORD", "NATS_TOKEN", "PACTWATCH_SECRET_KEY"}
NAMES_OF_COMPOSE = {"POSTGRES_PASSWORD", "NATS_TOKEN", "PUBLISHED_PORT", "PACTWATCH_VERSION"}


def assignments() -> dict[str, str]:
    """Every variable of .env.example, commented out or not, with the value written beside it."""
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE))


def variable(field: str) -> str:
    return f"PACTWATCH_{field.upper()}"


def spelled(value: object) -> str:
    match value:
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(f"{each:g}" for each in value)
        case _:
            return str(value)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_in_the_example_file(field: str):
    assert variable(field) in assignments()


def test_the_example_file_names_no_setting_that_does_not_exist():
    assert set(assignments()) - {variable(field) for field in Settings.model_fields} == NAMES_OF_COMPOSE


@pytest.mark.parametrize(
    ("field", "default"),
    [(f, i.default) for f, i in Settings.model_fields.items() if i.default not in (None, "", PydanticUndefined)],
)
def test_the_example_file_shows_the_default_that_the_code_has(field: str, default: object):
    assert assignments()[variable(field)] == spelled(default)


def test_only_the_secrets_must_be_filled_in():
    given = {line.partition("=")[0] for line in EXAMPLE.splitlines() if line and not line.startswith("#")}
    assert given == SECRETS_OF_COMPOSE


@pytest.mark.parametrize("field", sorted(set(Settings.model_fields) - {"data_dir"}))
def test_every_setting_reaches_the_services_of_compose(field: str):
    assert variable(field) in COMPOSE["services"]["desk"]["environment"]


def test_compose_holds_no_secret_of_its_own():
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for secret in SECRETS_OF_COMPOSE:
        used = re.findall(rf"\$\{{{secret}[^}}]*\}}", text)
        assert used
        assert all(each.startswith(f"${{{secret}:?") for each in used), "it has a default"


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_is_confined(name: str):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["networks"], "a network by name, not the default one"


@pytest.mark.parametrize("name", [name for name in COMPOSE["services"] if name != "migrate"])
def test_every_lasting_container_says_how_it_is(name: str):
    service = COMPOSE["services"][name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


def test_only_the_desk_is_published_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert list(published) == ["desk"]
    assert all(port.startswith("127.0.0.1:") for port in published["desk"])


def test_bus_and_database_are_on_a_network_without_a_way_out():
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert all(COMPOSE["services"][name]["networks"] == ["inside"] for name in ENGINES)
