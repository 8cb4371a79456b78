"""What people change of an agreement is laid over the catalogue that ships, and over the next one too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.catalogue.edits import FIELDS, edit_between, overlaid, overlaid_as_far, texts_of
from shared.catalogue.loader import load_catalogue
from shared.contracts.catalogue_edits import Edit
from shared.kit.errors import WrongInput

SHIPPED = load_catalogue()
RELOS = SHIPPED.agreements["relos"]
NAME = "logistics handshake with Moscow"


def wanting(**changed: str) -> Edit:
    """The edit that makes these fields hold one line more."""
    texts = texts_of(RELOS)
    fields = {name.replace("__", "."): line for name, line in changed.items()}
    return edit_between(RELOS, {name: [*texts[name], line] for name, line in fields.items()})


def test_every_agreement_can_be_taken_apart_and_put_together_to_the_same():
    for item in SHIPPED.agreements.values():
        texts = texts_of(item)
        assert tuple(texts) == FIELDS
        assert edit_between(item, texts).is_empty, item.id
        dropped = Edit(item.id, added=texts, dropped={"dates": texts["dates"]})
        again = overlaid(SHIPPED, [dropped]).agreements[item.id]
        assert set(again.dates) == {replace(each, note=" ".join(each.note.split())) for each in item.dates}, item.id


def test_nothing_changed_is_the_catalogue_itself():
    assert overlaid(SHIPPED, []) is SHIPPED
    assert overlaid(SHIPPED, [Edit("relos"), Edit("left-the-catalogue", {"confusable": ("x",)})]) is SHIPPED


def test_a_name_is_added_and_taken_away_in_every_place_where_it_is_kept():
    texts = texts_of(RELOS)
    kept = [each for each in texts["aliases.en"] if each != "RELOS"]
    edit = edit_between(RELOS, {"aliases.en": [*kept, NAME, f" {NAME} ", ""]})
    assert (edit.added, edit.dropped) == ({"aliases.en": (NAME,)}, {"aliases.en": ("RELOS",)})
    changed = overlaid(SHIPPED, [edit])
    item = changed.agreements["relos"]
    assert NAME in item.naming.aliases["en"]
    assert NAME in item.aliases["en"]
    assert "RELOS" not in item.aliases["en"]
    assert "RELOS" not in item.naming.exact_case
    assert changed.version.startswith(SHIPPED.version)
    assert changed.version not in (SHIPPED.version, overlaid(SHIPPED, [wanting(aliases__en="other name")]).version)


def test_names_of_a_newer_catalogue_come_beside_those_of_people():
    edit = wanting(aliases__ru="пакт о логистике войск")
    naming = replace(RELOS.naming, aliases={**RELOS.naming.aliases, "ru": ("НОВОЕ ИМЯ",)})
    newer = replace(SHIPPED, agreements={**SHIPPED.agreements, "relos": replace(RELOS, naming=naming)})
    assert overlaid(newer, [edit]).agreements["relos"].naming.aliases["ru"] == ("НОВОЕ ИМЯ", "пакт о логистике войск")


def test_a_milestone_is_a_line_and_stands_in_the_order_of_time():
    edit = wanting(dates="2025-03 | finalised | https://example.org/a | the text is ready")
    dates = [each.date for each in overlaid(SHIPPED, [edit]).agreements["relos"].dates]
    assert "2025-03" in dates
    assert dates == sorted(dates)


@pytest.mark.parametrize(
    ("field", "line", "why"),
    [
        ("aliases__en", "the", "aliases.en"),
        ("aliases__en", "Putin", "names a country or one of its leaders"),
        ("weak__ru", "и", "weak.ru"),
        ("dates", "2025-02-30 | signed | https://example.org", "2025-02-30"),
        ("dates", "2025-02-03 | signed", "is no milestone"),
        ("dates", "2025-02-03 | inked | https://example.org", "is no stage"),
    ],
)
def test_what_no_file_may_hold_no_edit_may(field, line, why):
    with pytest.raises(WrongInput) as refused:
        overlaid(SHIPPED, [wanting(**{field: line})])
    assert why in str(refused.value)
    assert "agreements.yaml relos" in refused.value.field


def test_an_agreement_keeps_a_name():
    texts = texts_of(RELOS)
    nothing = edit_between(RELOS, {name: () for name in texts if name.startswith(("aliases", "weak"))})
    with pytest.raises(WrongInput, match="are empty"):
        overlaid(SHIPPED, [nothing])


def test_an_edit_that_was_right_once_stops_no_other():
    wrong, right = wanting(aliases__en="Putin"), edit_between(SHIPPED.agreements["health-jwg"], {"confusable": ["x"]})
    changed, complaints = overlaid_as_far(SHIPPED, [wrong, right])
    assert len(complaints) == 1
    assert changed.agreements["health-jwg"].confusable == ("x",)
    assert changed.agreements["relos"] == RELOS


def test_too_much_is_refused():
    with pytest.raises(WrongInput, match="too many"):
        edit_between(RELOS, {"confusable": [str(number) for number in range(300)]})
    with pytest.raises(WrongInput, match="too long"):
        edit_between(RELOS, {"confusable": ["x" * 700]})
