"""A valid query that says what its writer may not have meant is taken, with a word of caution."""

from __future__ import annotations

import pytest

from shared.rules import cautions
from tests.unit.rules.rule_builders import parsed

STAGES_OF = {"relos": ("signed", "in_force"), "two-plus-two": ("announced",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("relos or visa", ['"or" is looked for as a word of the article; write OR in capitals to join terms.']),
        ("relos near visa", ['"near" is looked for as a word of the article; write NEAR/8 in capitals']),
        ("visa (relos -(not IT))", ['"not" is looked for', "IT also matches the everyday word it"]),
        ("relevance:>0.5", ["relevance:>0.5 needs no word and no finding: it can match any article."]),
        ("visa OR date:2026-11-01", ["visa OR date:2026-11-01 needs no word"]),
        ("lang:ru", ["lang:ru alone lets every article of it in"]),
        ("source:TASS OR visa", ["source:TASS alone lets every article of it in"]),
        ("visa relevance:>=0", ["relevance:>=0 is true of every article; leave it out."]),
        ("visa lang:en lang:ru", ["An article has one lang: not lang:en and lang:ru, so that this can never match."]),
        ("visa (lang:en OR lang:hi) lang:ru", ["An article has one lang: not lang:en OR lang:hi and lang:ru"]),
        ("visa country:IN country:RU", ["An article has one country"]),
        ("visa source:TASS source:Interfax", ["An article has one source"]),
        ("visa outlet:tass.com outlet:ria.ru", ["An article has one outlet: not outlet:tass.com and outlet:ria.ru"]),
        ("visa date:>2026-11-10 date:<2026-11-05", ["No day is date:>=2026-11-11 and date:<=2026-11-04"]),
        ("visa relevance:>0.7 relevance:<0.7", ["No relevance is relevance:>0.7 and relevance:<0.7"]),
        ("visa relevance:>=0.7 relevance:<0.7", ["No relevance is"]),
        ("visa -visa", ["visa is asked for and excluded, so that this can never match."]),
        ("relos visa -(indra OR visa)", ["visa is asked for and excluded"]),
        (
            "agreement:relos stage:announced",
            ["relos can never be at the stage announced; its stages are in_force, signed"],
        ),
        ("visa visas", ["visas stands twice; once is enough."]),
        ("(relos visa) OR (relos visa) OR indra", ["relos AND visa stands twice"]),
        ("relos visa NEAR/3 visa", ["visa NEAR/3 visa needs the same words twice"]),
        ('relos "nuclear*"', ["A star does nothing within quotes"]),
        ("relos nuc*", ["nuc* finds every word that begins so"]),
    ],
)
def test_a_valid_query_that_may_not_be_meant_is_cautioned(text, said):
    found = cautions(parsed(text), stages_of=STAGES_OF)
    assert len(found) == len(said), found
    assert all(sentence.startswith(beginning) for sentence, beginning in zip(found, said, strict=True)), found


@pytest.mark.parametrize(
    "text",
    [
        'relos OR "or" -sector:energy',
        "lang:ru visa",
        "visa outlet:news.tass.com outlet:tass.com",
        "visa (lang:en OR lang:ru) lang:ru",
        "visa relevance:>=0.7 relevance:<=0.7",
        "visa date:2026-11-01 date:<2026-11-05",
        "agreement:relos stage:signed",
        "(agreement:relos OR agreement:two-plus-two) stage:announced",
        "stage:signed",
        "=IT relos",
        "visa -tourist -visafree",
    ],
)
def test_what_may_well_be_meant_is_not_cautioned(text):
    assert cautions(parsed(text), stages_of=STAGES_OF) == ()
