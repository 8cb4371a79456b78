"""What a query means, its canonical text, and that nothing but a complaint ever comes of a bad one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kit.errors import WrongInput
from shared.rules import (
    And,
    Exact,
    Field,
    Named,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Query,
    Relevance,
    Stage,
    Title,
    Word,
    implicit_agreement_query,
    implicit_sector_query,
    parse,
    show,
)
from shared.rules.cover import cover_of
from shared.rules.query import parts_of
from tests.unit.rules.rule_builders import parsed
from tests.unit.rules.rule_strategies import queries, query_like_text


def taken(text: str) -> Query | None:
    """The query, or None when it was refused with a complaint; any other exception goes up."""
    try:
        return parsed(text)
    except WrongInput as complaint:
        if complaint.field != "query" or not complaint.mend:
            raise AssertionError("a complaint without its field or mend") from complaint
        return None


def decides_by_size(query: Query) -> bool:
    """Whether a size or a day stands in the query, which no index finds."""
    return isinstance(query, Relevance | Published) or any(map(decides_by_size, parts_of(query)))


A, B, C = Word("alpha"), Word("beta"), Word("gamma")
DAY = date(2026, 11, 1)
TRAVEL = (Phrase("visa free"), Phrase("visa-free group"), Exact("visas"), Prefix("групп"))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("alpha", A),
        ("  alpha \n", A),
        ("alpha beta", And((A, B))),
        ("alpha AND beta", And((A, B))),
        ("alpha OR beta", Or((A, B))),
        ("alpha beta OR gamma", Or((And((A, B)), C))),
        ("alpha OR beta gamma", Or((A, And((B, C))))),
        ("alpha (beta OR gamma)", And((A, Or((B, C))))),
        ("alpha(beta OR gamma)", And((A, Or((B, C))))),
        ("alpha NOT beta", And((A, Not(B)))),
        ("alpha AND NOT beta OR gamma", Or((And((A, Not(B))), C))),
        ("alpha -beta", And((A, Not(B)))),
        ("alpha –beta", And((A, Not(B)))),
        ("alpha -(beta OR gamma)", And((A, Not(Or((B, C)))))),
        ('alpha -"beta gamma"', And((A, Not(Phrase("beta gamma"))))),
        ("alpha -sector:energy", And((A, Not(Field("sector", "energy"))))),
        ("NOT NOT alpha", Not(Not(A))),
        ("((alpha) (beta gamma))", And((A, B, C))),
        ("alpha and beta", And((A, Word("and"), B))),
        ("ANDROID ORBIT NOTE", And((Word("ANDROID"), Word("ORBIT"), Word("NOTE")))),
        ('"AND"', Phrase("AND")),
        ('"alpha\n beta"', Phrase("alpha beta")),
        ("“alpha beta”", Phrase("alpha beta")),
        ("„alpha beta“", Phrase("alpha beta")),
        ("«alpha beta»", Phrase("alpha beta")),
        ("visa-free", Phrase("visa-free")),
        ("S-400", Phrase("S-400")),
        ("alpha, beta.", And((A, B))),
        ("R&D 2+2", And((Word("R&D"), Word("2+2")))),
        ("agreement:relos", Field("agreement", "relos")),
        ("Agreement:RELOS", Field("agreement", "relos")),
        ('agreement: "relos"', Field("agreement", "relos")),
        ("sector:energy OR sector:trade", Or((Field("sector", "energy"), Field("sector", "trade")))),
        ("alpha NEAR/8 beta", Near((A,), 8, (B,))),
        ("alpha NEAR/8 beta gamma", And((Near((A,), 8, (B,)), C))),
        ("NOT NOT alpha NEAR/8 beta", Not(Not(Near((A,), 8, (B,))))),
        ("alpha -beta NEAR/1 gamma", And((A, Not(Near((B,), 1, (C,)))))),
        ('"alpha beta" NEAR/2 (beta OR gamma)', Near((Phrase("alpha beta"),), 2, (B, C))),
        ("(alpha) NEAR/2 (beta OR gamma OR beta)", Near((A,), 2, (B, C))),
        ("pharma*", Prefix("pharma")),
        ("(pharma*, alpha)", And((Prefix("pharma"), A))),
        ("=RELOS", Exact("RELOS")),
        ('="Working Group"', Exact("Working Group")),
        ("=«Working Group»", Exact("Working Group")),
        ("=S-400.", Exact("S-400")),
        ('="AND"', Exact("AND")),
        ("-=RELOS alpha", And((Not(Exact("RELOS")), A))),
        ("title:alpha", Title(A)),
        ("TITLE:(alpha beta)", Title(And((A, B)))),
        ("title:(alpha) beta", And((Title(A), B))),
        ('title:="Alpha Beta" OR title:alph*', Or((Title(Exact("Alpha Beta")), Title(Prefix("alph"))))),
        ("title:(alpha NEAR/3 beta)", Title(Near((A,), 3, (B,)))),
        ("stage:signed", Stage("signed")),
        ("agreement:relos stage:Signed", And((Field("agreement", "relos"), Stage("signed", ("relos",))))),
        ('source:"The Hindu"', Field("source", "The Hindu")),
        ("country:ru lang:RU", And((Field("country", "RU"), Field("lang", "ru")))),
        ("outlet:www.News.Example.ORG.", Field("outlet", "news.example.org")),
        ("outlet:минздрав.рф", Field("outlet", "xn--80aeelexi0a.xn--p1ai")),
        ("relevance:>.7", Relevance(">", 0.7)),
        ("relevance:<=1.00", Relevance("<=", 1.0)),
        ("date:2026-11-01", Published(DAY, DAY)),
        ("date:>2026-11-01", Published(DAY + timedelta(1), None)),
        ("date:<=2026-11-01", Published(None, DAY)),
        ("date:2026-11-01..", Published(DAY, None)),
        ("date:2026-11-01..2026-11-30", Published(DAY, DAY + timedelta(29))),
        ("@Travel", Named("travel", TRAVEL)),
        ("@travel NEAR/2 alpha", Near((Named("travel", TRAVEL),), 2, (A,))),
        ("title:@travel.", Title(Named("travel", TRAVEL))),
        ("\u200balpha\ufeff beta\u200e", And((A, B))),
    ],
)
def test_a_query_means(text, meaning):
    assert parsed(text) == meaning
    assert parsed(show(meaning)) == meaning


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("relos   visa", "relos AND visa"),
        ("(relos) -(visa OR tourist)", "relos AND NOT (visa OR tourist)"),
        ("(relos visa) OR (brahmos)", "relos AND visa OR brahmos"),
        ("visa-free SECTOR:Tourism", '"visa-free" AND sector:tourism'),
        ("«безвизовый режим» -туризм", '"безвизовый режим" AND NOT туризм'),
        ("title:(visa  group) =“Working Group”", 'title:(visa AND group) AND ="Working Group"'),
        ("(visa) NEAR/8 (free OR «без виз»)", 'visa NEAR/8 (free OR "без виз")'),
        ("source:«The Hindu» source:TASS", 'source:"The Hindu" AND source:TASS'),
        ("date:>2026-11-01 date:..2026-12-01", "date:>=2026-11-02 AND date:<=2026-12-01"),
        ("date:2026-11-01..2026-11-01 relevance:>0.70", "date:2026-11-01 AND relevance:>0.7"),
        ("@TRAVEL -Country:ru", "@travel AND NOT country:RU"),
    ],
)
def test_a_query_has_one_canonical_text(text, canonical):
    assert show(parsed(text)) == canonical


def test_the_catalogue_says_how_an_id_is_spelt():
    assert parse("agreement:relos", agreements=["RELOS"], sectors=[]) == Field("agreement", "RELOS")


def test_a_subscription_is_a_query_like_any_other():
    assert parsed(implicit_agreement_query("relos")) == Field("agreement", "relos")
    assert parsed(implicit_sector_query("energy")) == Field("sector", "energy")


def test_a_clause_knows_its_place_in_the_query():
    match parsed("relos AND sector:energy"):
        case And((Word(at=word), Field(at=value))):
            assert (word, value) == (0, 17)
        case other:
            pytest.fail(f"another tree: {other}")


@settings(deadline=None)  # the first query of a process builds the parser
@given(queries())
def test_every_query_reads_back_from_its_canonical_text(query):
    assert parsed(show(query)) == query


@settings(deadline=None)  # the first query of a process builds the parser
@given(queries())
def test_every_query_that_is_taken_needs_something_present(query):
    assert cover_of(query) or decides_by_size(query)


@settings(deadline=None)  # the first query of a process builds the parser
@given(query_like_text() | st.text(max_size=60) | st.text(alphabet=st.characters(categories=["L", "M", "P", "S", "C"])))
def test_any_text_is_taken_or_complained_about_and_what_is_taken_reads_back(text):
    query = taken(text)
    if query is None:
        return
    assert parsed(show(query)) == query
    assert cover_of(query) or decides_by_size(query)


@pytest.mark.parametrize(
    "unit", ["(", ")", "-", '"', "«", "NOT ", "a OR ", "a(", "(a ", "a:", "agreement:", "-(", "AND ", "अ्", "a-", '""']
)
def test_a_query_as_long_as_may_be_of_one_thing_gets_an_answer(unit):
    text = (unit * 2000)[:2000]
    taken(text)


def test_two_queries_are_read_in_two_threads_at_once():
    texts = [f"alpha{number} (beta OR gamma) -delta{number}" for number in range(60)]
    with ThreadPoolExecutor(4) as threads:
        shown = list(threads.map(lambda text: show(parsed(text)), texts))
    assert shown == [f"alpha{number} AND (beta OR gamma) AND NOT delta{number}" for number in range(60)]


@pytest.mark.parametrize(
    "invisible", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200e", "\u200f", "\u202a", "\u202c", "\u2069"]
)
def test_what_nobody_sees_changes_no_query(invisible):
    for text in (
        "alpha OR beta",
        "alpha NEAR/8 beta",
        "NOT alpha AND beta",
        "agreement:relos AND pharma*",
        "=RELOS -beta",
    ):
        for at in range(len(text) + 1):
            assert parsed(text[:at] + invisible + text[at:]) == parsed(text), (text, at)
    with pytest.raises(WrongInput, match="unclosed quote at character 7"):
        parsed(f'alpha{invisible} "beta')
    with pytest.raises(WrongInput, match="is empty"):
        parsed(invisible * 3)
