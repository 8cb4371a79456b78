"""Rules and lists on the command line: who saved what and why, two pairs of eyes, files, and the catalogue's own."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from tests.live.cli.conftest import Pactwatch

pytestmark = pytest.mark.live


def test_a_rule_carries_everything_that_was_said_of_it_and_shows_it(pactwatch: Pactwatch):
    pactwatch(
        "rule", "add", "Ports", "port AND (RELOS OR harbour)", "--watches", "relos", "--policy", "new-facts",
        "--severity", "high", "--owner", "Desk 4", "--note", "For the desk",
        "--author", "Asha", "--reason", "Asked for",
    )  # fmt: skip
    pactwatch("rule", "edit", "Ports", "--query", "port AND RELOS", "--reason", "No harbours")
    shown = pactwatch("rule", "show", "ports", "--json").json
    rule = shown["rule"]
    assert (rule["watches"], rule["policy"], rule["severity"], rule["owner"], rule["note"], rule["version"]) == (
        "relos", "new_facts", "high", "Desk 4", "For the desk", 2,
    )  # fmt: skip
    assert [(each["author"], each["reason"]) for each in shown["versions"]] == [
        ("Asha", "Asked for"),
        (getpass.getuser(), "No harbours"),
    ]
    page = pactwatch("rule", "show", "Ports").out
    assert "new facts only" in page
    assert f"{getpass.getuser()}: query (No harbours)" in page
    assert [row[0] for row in pactwatch("rule", "history", "Ports").rows] == ["1", "2"]


def test_two_versions_are_compared_and_the_first_had_back(pactwatch: Pactwatch):
    pactwatch("rule", "add", "Ports", "port AND (RELOS OR harbour) -tourism")
    pactwatch("rule", "edit", "Ports", "--query", "port AND RELOS", "--severity", "low")
    compared = pactwatch("rule", "compare", "Ports").out
    assert "lost    harbour" in compared
    assert "lost    NOT tourism" in compared
    assert "+ low" in compared
    assert "says what version 1 said" in pactwatch("rule", "roll-back", "Ports", "--to", "1", "--reason", "Why not").out
    assert "They say the same." in pactwatch("rule", "compare", "Ports", "--from", "1", "--to", "3").out
    assert "says so already" in pactwatch("rule", "roll-back", "Ports", "--to", "1").out
    assert "There are the versions 1, 2, 3" in pactwatch("rule", "roll-back", "Ports", "--to", "9", code=2).err


def test_a_removed_rule_comes_back(pactwatch: Pactwatch):
    pactwatch("rule", "add", "Ports", "port")
    pactwatch("rule", "remove", "Ports")
    assert "pactwatch rule restore 'Ports'" in pactwatch("rule", "show", "Ports", code=2).err
    assert pactwatch("rule", "history", "Ports").rows[-1][3] == "removed"
    pactwatch("rule", "restore", "Ports")
    assert pactwatch("rule", "list").rows == [["Ports", "port", "3", "custom", "0", "live"]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("rule", "add", "A", "port", "--severity", "low", "--severity", "high"), "'--severity' is given more than"),
        (("rule", "edit", "A", "--name", "B", "--name", "C"), "'--name' is given more than once"),
        (("rule", "add", "A", "port", "--severity", "urgent"), "Give one of low, normal, high"),
        (("rule", "add", "A", "port", "--watches", "relso"), "Did you mean relos"),
        (("rule", "add", "A", "port", "--author", "catalogue"), "is kept for the house"),
        (("rule", "add", "A", "port", "--author", " "), "is empty or too long"),
        (("rule", "edit", "A"), "comes with nothing to change"),
        (("rule", "list", "--origin", "mine"), "Give one of custom, agreement, sector"),
        (("rule", "approve", "12345678"), "begins no proposal's id"),
        (("rule", "export", "Nothing"), "'Nothing' is not known"),
        (("rule", "import", "/nowhere.yaml"), "cannot be read"),
        (("list", "add", "two words", "Goyal"), "cannot be named in a rule"),
        (("list", "show", "nothing"), "There is no list yet"),
    ],
)
def test_what_cannot_be_done_is_answered_with_what_can(arguments, told: str, pactwatch: Pactwatch):
    ran = pactwatch(*arguments, code=2)
    assert told in " ".join(ran.err.split())
    assert ran.out == ""


def test_cautions_are_told_beside_the_save(pactwatch: Pactwatch):
    ran = pactwatch("rule", "add", "Two tongues", "visa lang:en lang:ru")
    assert "Added rule" in ran.out
    assert "Caution: An article has one lang" in ran.err


def test_with_four_eyes_a_second_person_saves(pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_RULES_FOUR_EYES", "1")
    said = pactwatch("rule", "add", "Ports", "port", "--author", "Asha", "--reason", "Asked for").out
    assert "Proposed, not saved yet" in said
    ((short, name, query, author, *_, state),) = pactwatch("rule", "proposals").rows
    assert (name, query, author, state) == ("Ports", "port", "Asha", "a new rule")
    assert short in said
    assert "cannot approve it" in pactwatch("rule", "approve", short, "--author", "asha", code=2).err
    listed = pactwatch("list", "add", "ministers", "Lavrov", "--author", "Asha").out
    assert "Proposed, not saved yet: ministers" in listed
    words_id = listed.split()[-1]
    assert pactwatch("rule", "proposals").rows[-1][1:4] == ["ministers", "@ministers: Lavrov", "Asha"]
    assert pactwatch("list", "list").rows == []
    assert "version 1: the list ministers" in pactwatch("rule", "approve", words_id, "--author", "Meera").out
    assert pactwatch("list", "list").rows[0][0] == "ministers"
    assert "Saved, at version 1: Ports" in pactwatch("rule", "approve", short, "--author", "Ravi").out
    pactwatch("rule", "pause", "Ports", "--author", "Asha")
    ((second, *_),) = pactwatch("rule", "proposals").rows
    assert "did not propose it" in pactwatch("rule", "withdraw", second, "--author", "Ravi", code=2).err
    assert "Rejected: Ports" in pactwatch("rule", "reject", second, "--answer", "It is needed").out
    assert pactwatch("rule", "proposals", "--json").json == []
    assert pactwatch("rule", "list").rows == [["Ports", "port", "1", "custom", "0", "live"]]


def test_rules_and_lists_go_by_the_file_from_house_to_house(pactwatch: Pactwatch, tmp_path: Path):
    file = tmp_path / "rules.yaml"
    pactwatch("list", "add", "ministers", "Jaishankar", "विदेश मंत्री", "--note", "India's side")
    pactwatch("rule", "add", "Talks", "@ministers NEAR/8 talks", "--severity", "high")
    assert "Wrote 1 rule and 1 list" in pactwatch("rule", "export", "--file", str(file)).out
    text = file.read_text(encoding="utf-8")
    assert pactwatch("rule", "export").out == text
    pactwatch("rule", "remove", "Talks")
    pactwatch("list", "remove", "ministers")
    assert pactwatch("rule", "import", str(file), "--dry-run").out == "Would be: 2 added.\n"
    assert pactwatch("rule", "import", "-", given=text).out == "Done: 2 added.\n"
    assert pactwatch("rule", "export").out == text
    assert pactwatch("rule", "import", str(file)).out == "Done: 2 the same.\n"
    ran = pactwatch(
        "rule", "import", "-", given="- {name: Typo, query: 'agreement:relso'}\n- {name: B, query: port}", code=1
    )
    assert ran.out == "Done: 1 added, 1 not taken.\n"
    assert "Typo: Not taken: line 1: query: 'agreement:relso' names an unknown agreement" in ran.err
    assert "Did you mean relos" in ran.err


def test_lists_are_kept_in_versions_and_not_taken_from_under_a_rule(pactwatch: Pactwatch):
    pactwatch("list", "add", "ministers", "Jaishankar", "Piyush Goyal", "--author", "Asha")
    pactwatch("rule", "add", "Talks", "@ministers AND talks")
    pactwatch("list", "edit", "ministers", "--add", "Sitharaman", "--add", "=EAM", "--drop", "jaishankar")
    shown = pactwatch("list", "show", "ministers", "--json").json
    assert shown["words"]["members"] == ["Piyush Goyal", "Sitharaman", "=EAM"]
    assert shown["rules"] == ["Talks"]
    assert "is named by the rule: Talks" in pactwatch("list", "remove", "ministers", code=2).err
    assert "Match nothing until they are mended: Talks" in pactwatch("list", "remove", "ministers", "--force").err
    assert pactwatch("rule", "list").rows[0][5].startswith("broken")
    pactwatch("list", "restore", "ministers")
    pactwatch("list", "roll-back", "ministers", "--to", "1")
    assert pactwatch("list", "list").rows[0][:3] == ["ministers", "Jaishankar, Piyush Goyal", "5"]
    assert pactwatch("rule", "list").rows[0][5] == "live"


def test_a_migrated_house_watches_every_agreement_and_keeps_what_is_made_of_it(pactwatch: Pactwatch):
    assert "Rules: 68 of the catalogue, 68 new." in pactwatch("migrate").out
    assert len(pactwatch("rule", "list", "--origin", "agreement").rows) == 68
    pactwatch("rule", "edit", "Agreement: RELOS", "--query", "agreement:relos -LEMOA", "--severity", "high")
    assert "Rules: 68 of the catalogue.\n" in pactwatch("migrate").out
    ((_, query, version, *_),) = [r for r in pactwatch("rule", "list").rows if r[0] == "Agreement: RELOS"]
    assert (query, version) == ("agreement:relos -LEMOA", "2")
    exported = pactwatch("rule", "export").out
    assert exported.count("agreement: relos") == 1
    subscribed = pactwatch("subscribe", "add", "--agreement", "relos", "--channel", "inbox").out
    assert "Subscribed: Agreement: RELOS" in subscribed


def test_a_catalogue_of_ones_own_changes_its_rules_and_the_conflict_is_ended(
    pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    pactwatch("migrate")
    pactwatch("rule", "edit", "Agreement: RELOS", "--query", "agreement:relos -LEMOA")
    pactwatch("catalogue", "--copy-to", str(tmp_path / "own"))
    file = tmp_path / "own" / "agreements.yaml"
    text = file.read_text(encoding="utf-8")
    for name in ("relos", "kudankulam"):
        text = text.replace(f"- id: {name}\n", f"- id: {name}\n  watch: 'agreement:{name} OR {name}'\n")
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("PACTWATCH_CATALOGUE_DIR", str(tmp_path / "own"))
    assert "Rules: 68 of the catalogue, 1 changed, 1 in conflict." in pactwatch("migrate").out
    assert pactwatch("rule", "conflicts").rows[0] == [
        "Agreement: RELOS", "agreement:relos -LEMOA", "agreement:relos OR relos",
    ]  # fmt: skip
    assert pactwatch("rule", "show", "Agreement: RELOS").out.startswith("Agreement: RELOS (conflict)")
    pactwatch("rule", "resolve", "Agreement: RELOS", "--take", "(agreement:relos OR relos) -LEMOA")
    assert pactwatch("rule", "conflicts").out == ""
    assert "Rules: 68 of the catalogue.\n" in pactwatch("migrate").out
