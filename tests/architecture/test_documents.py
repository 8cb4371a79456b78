"""Documents that cannot rot: what they name exists, and what exists is named."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import PRODUCT, ROOT, calls, name_of, place, sources

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
OUR_PAGES = [*DECISIONS, ROOT / "CONTRIBUTING.md"]
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by", "Revisit when"]
PATHS = re.compile(r"`((?:shared|services|tests|migrations|docs|benchmarks)/[\w./<>*-]+)`")

METRICS = {
    call.args[0].value: (name_of(path), place(path, call))
    for path in sources(*PRODUCT)
    if '"pactwatch_' in path.read_text(encoding="utf-8")  # a syntax tree of everything takes each worker seconds
    for call, what in calls(path)
    if what.rpartition(".")[2] in ("Counter", "Gauge", "Histogram", "Summary", "Info")
    and call.args
    and isinstance(call.args[0], ast.Constant)
    and str(call.args[0].value).startswith("pactwatch_")
}


def test_every_metric_is_named_in_one_place():
    assert METRICS
    elsewhere = [where for name, where in METRICS.values() if name != "shared/telemetry/metrics.py"]
    assert not elsewhere


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_explained_to_the_operator(metric):
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{metric}\b", page), f"docs/operate.md does not say what {metric} means"


def test_every_metric_is_told_by_some_code():
    page = ROOT / "shared" / "telemetry" / "metrics.py"
    names = re.findall(r"^([A-Z_]+) = ", page.read_text("utf-8"), re.MULTILINE)
    told = "".join(path.read_text("utf-8") for path in sources(*PRODUCT) if path != page)
    assert names
    assert not [name for name in names if not re.search(rf"\b{name}\b", told)]


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_says_why_what_it_costs_who_keeps_it_and_when_to_think_again(page):
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert re.search(r"^# \d{4}: .+$", text, re.MULTILINE)
    assert re.search(r"^Status: (proposed|accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert len(text.splitlines()) <= 90, "a decision is one page"


def test_every_decision_is_listed():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert not [page.name for page in DECISIONS if f"decisions/{page.name}" not in index]


@pytest.mark.parametrize("page", OUR_PAGES, ids=name_of)
def test_every_path_that_a_page_names_exists(page):
    named = {path.rstrip("/.") for path in PATHS.findall(page.read_text(encoding="utf-8"))}
    assert not sorted(path for path in named if "<" not in path and not any(ROOT.glob(path)))


@pytest.mark.parametrize("page", [*OUR_PAGES, ROOT / "docs" / "README.md"], ids=name_of)
def test_every_link_between_pages_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not Path(page.parent, link).exists()]


def test_the_changelog_has_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(version)}\]", changelog, re.MULTILINE)
    assert re.search(r"^## \[Unreleased\]", changelog, re.MULTILINE)


@pytest.mark.parametrize("package", sorted((ROOT / "services").glob("*/__init__.py")), ids=name_of)
def test_every_service_says_in_one_line_what_it_is(package):
    assert ast.get_docstring(ast.parse(package.read_text(encoding="utf-8")))
