"""Rules and lists by the file: what is written is read back to the same, and a bad entry hinders no other."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.desk.domain.rule_list import Taken
from services.desk.domain.rules import Rule, implied_rule
from services.desk.domain.signatures import CATALOGUE, Signature
from services.desk.domain.source_list import BadEntry
from services.desk.parsing.rule_yaml import read_rules, write_rules
from shared.kit.errors import WrongInput
from tests.unit.desk.memory_desk import ASHA, MemoryDesk, TickingClock

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
WORDS = st.from_regex(r"[a-zA-Zа-яё]{3,12}", fullmatch=True).filter(
    lambda word: word not in {"AND", "OR", "NOT", "NEAR"}
)
NAMES = TEXT.map(lambda text: " ".join(text.split())).filter(bool)


def text_of(desk: MemoryDesk, *names: str) -> str:
    rules, lists = asyncio.run(desk.files.exported(names))
    return write_rules(rules, lists)


def taken(desk: MemoryDesk, text: str, **how: bool) -> list[Taken | BadEntry]:
    file = read_rules(text.encode(), name="rules.yaml")
    return [*file.bad, *asyncio.run(desk.files.take(file, ASHA, **how))]


def complaints(desk: MemoryDesk, text: str) -> list[WrongInput]:
    try:
        return [each.wrong for each in taken(desk, text) if isinstance(each, BadEntry)]
    except WrongInput as wrong:
        return [wrong]


def a_house() -> MemoryDesk:
    desk = MemoryDesk()

    async def made() -> None:
        await desk.lists.add(
            "ministers", ["Jaishankar", "=EAM", "pharma*", "विदेश मंत्री", "no", "1945"], ASHA, note="Ours"
        )
        await desk.rules.add(
            "Talks", "@ministers NEAR/8 talks", ASHA, severity="high", owner="Desk 4", note="a\n\nb: c"
        )
        await desk.rules.add("Ports", 'port OR "порт: #1" OR बंदरगाह', ASHA, watches="relos", policy="new_facts")
        await desk.rules.add("yes", "null", ASHA, allow_broad=True, paused=True)
        now = TickingClock().now()
        for name in ("relos", "kudankulam"):
            await desk.work.save_rule(implied_rule("agreement", name, name.upper(), now), Signature(CATALOGUE))
        await desk.rules.edit("Agreement: RELOS", ASHA, query="agreement:relos -LEMOA")

    asyncio.run(made())
    return desk


def another_house() -> MemoryDesk:
    desk = MemoryDesk()
    now = TickingClock().now()
    for name in ("relos", "kudankulam"):
        rule = implied_rule("agreement", name, name.upper(), now)
        asyncio.run(desk.work.save_rule(rule, Signature(CATALOGUE)))
    return desk


def test_what_one_house_writes_another_reads_and_writes_the_same():
    text = text_of(a_house())
    other = another_house()
    outcomes = taken(other, text, update=True)
    assert [(each.kind, each.name, each.fate) for each in outcomes if isinstance(each, Taken)] == [
        ("list", "ministers", "added"),
        ("rule", "Agreement: RELOS", "changed"),
        ("rule", "Ports", "added"),
        ("rule", "Talks", "added"),
        ("rule", "yes", "added"),
    ]
    assert text_of(other) == text
    assert {each.fate for each in taken(other, text) if isinstance(each, Taken)} == {"same"}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NAMES, WORDS, TEXT, TEXT, st.booleans()), max_size=6), st.lists(WORDS, max_size=4))
def test_whatever_people_wrote_comes_back_as_it_was(entries: list[tuple[str, str, str, str, bool]], members: list[str]):
    desk = MemoryDesk()

    async def made() -> None:
        if members:
            await desk.lists.add("words", members, ASHA)
        for name, query, owner, note, paused in entries:
            try:
                await desk.rules.add(name, query, ASHA, owner=owner, note=note, paused=paused)
            except WrongInput:
                continue  # a name of 81 characters, a second of its name: not what is tried here

    asyncio.run(made())
    text = text_of(desk)
    other = MemoryDesk()
    assert all(isinstance(each, Taken) and each.fate == "added" for each in taken(other, text))
    assert text_of(other) == text


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        TEXT, st.from_regex(r"(rules|lists|name|query|members|[-:\[\]{}#&*!|>'\"%@` \n\t]){0,12}", fullmatch=True)
    )
)
def test_no_text_at_all_is_more_than_refused(text: str):
    assert all(each.mend for each in complaints(MemoryDesk(), text))


BAD = """\
lists:
- name: ministers
  members: [Goyal]
- name: two words
  members: [Goyal]
- name: empty
  members: []
rules:
- name: Good
  query: "@ministers AND talks"
- name: Typo
  query: agreement:relso
- name: Unclosed
  query: (port
- query: port
- name: Strange
  query: port
  colour: red
- name: Nested
  query: {a: b}
- name: good
  query: port
- name: Loud
  query: port
  severity: urgent
- name: Agreement: RELOS
"""


def test_each_bad_entry_is_named_with_its_mend_and_the_good_ones_are_taken():
    desk = MemoryDesk()
    outcomes = taken(desk, BAD.replace("- name: Agreement: RELOS\n", '- name: "Agreement: X"\n  query: port\n'))
    good = [(each.kind, each.name) for each in outcomes if isinstance(each, Taken)]
    assert good == [("list", "ministers"), ("rule", "Good")]
    said = {each.name: each.wrong for each in outcomes if isinstance(each, BadEntry)}
    assert {name: wrong.sentence.split(": ")[:2] for name, wrong in said.items()} == {
        "two words": ["line 4", "name"],
        "empty": ["line 6", "members"],
        "Typo": ["line 11", "query"],
        "Unclosed": ["line 13", "query"],
        "": ["line 15", "name"],
        "Strange": ["line 16", "colour"],
        "Nested": ["line 19", "query"],
        "good": ["line 21", "name"],
        "Loud": ["line 23", "severity"],
        "Agreement: X": ["line 26", "name"],
    }
    assert all(wrong.mend for wrong in said.values())
    assert "Did you mean relos" in said["Typo"].mend


@pytest.mark.parametrize("text", ["", "name: [", "just words", "rules: 7", "colours: []", "- - -", "{"])
def test_what_is_no_list_of_rules_is_refused_as_a_whole_or_by_its_entries(text: str):
    desk = MemoryDesk()
    assert all(each.mend for each in complaints(desk, text))
    assert desk.work.rules == {}


def test_what_people_changed_stays_unless_the_file_is_to_win():
    desk = a_house()
    text = text_of(desk)
    asyncio.run(desk.rules.edit("Ports", ASHA, query="port", severity="low"))
    asyncio.run(desk.lists.edit("ministers", ASHA, add=["Goyal"]))
    kept = [each for each in taken(desk, text) if isinstance(each, Taken) and each.fate == "kept"]
    assert [(each.name, each.fields) for each in kept] == [
        ("ministers", ("members",)),
        ("Ports", ("query", "severity")),
    ]
    planned = taken(desk, text, update=True, dry_run=True)
    assert sum(isinstance(each, Taken) and each.fate == "changed" for each in planned) == 2
    assert text_of(desk) != text
    taken(desk, text, update=True)
    assert text_of(desk) == text
    versions = asyncio.run(desk.rules.history("Ports"))
    assert [each.version for each in versions] == [1, 2, 3]


def test_a_dry_run_sees_the_lists_of_its_own_file():
    desk = MemoryDesk()
    text = "lists:\n- {name: a, members: [Goyal]}\nrules:\n- {name: R, query: '@a'}\n"
    assert [each.fate for each in taken(desk, text, dry_run=True) if isinstance(each, Taken)] == ["added", "added"]
    assert (desk.work.rules, desk.work.lists) == ({}, {})


def test_an_import_under_four_eyes_is_a_proposal_for_each_rule():
    desk = MemoryDesk(four_eyes=True)
    (outcome,) = taken(desk, "- {name: R, query: port}\n")
    assert isinstance(outcome, Taken)
    assert outcome.fate == "proposed"
    assert desk.work.rules == {}
    assert [each.name for each in desk.work.proposals.values()] == ["R"]


def test_a_rule_is_exported_by_name_with_the_lists_that_it_names():
    desk = a_house()
    asyncio.run(desk.lists.add("unused", ["Goyal"], ASHA))
    rules, lists = asyncio.run(desk.files.exported(["talks"]))
    assert ([each.name for each in rules], [each.name for each in lists]) == (["Talks"], ["ministers"])
    everything, _ = asyncio.run(desk.files.exported(everything=True))
    assert "Agreement: KUDANKULAM" in [each.name for each in everything]
    with pytest.raises(WrongInput, match="Did you mean Ports"):
        asyncio.run(desk.files.exported(["Prots"]))


def test_a_rule_of_the_catalogue_goes_by_its_agreement_whatever_it_is_called():
    desk = a_house()
    outcomes = taken(desk, "- {name: RELOS at last, agreement: relos, query: 'agreement:relos'}\n", update=True)
    assert [(each.name, each.fields) for each in outcomes if isinstance(each, Taken)] == [
        ("RELOS at last", ("name", "query"))
    ]
    for agreement, says in (("relso", "Did you mean relos"), ("relos", "was removed here")):
        asyncio.run(_remove_relos(desk)) if agreement == "relos" else None
        (bad,) = taken(desk, f"- {{name: X, agreement: {agreement}, query: port}}\n")
        assert isinstance(bad, BadEntry)
        assert says in str(bad.wrong)


async def _remove_relos(desk: MemoryDesk) -> None:
    live: list[Rule] = await desk.work.live_rules()
    await desk.rules.remove(
        next(each.name for each in live if each.watches == "relos" and each.origin == "agreement"), ASHA
    )
