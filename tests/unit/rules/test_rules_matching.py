"""Which articles a query matches, in three languages, and which sentence is shown for it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from shared.rules import Origin
from shared.rules.evidence import reason_for
from shared.rules.matching import holds
from tests.unit.rules.rule_builders import agreement, article, parsed, sector, verdict

MATCHING = [
    # English: inflection, case, capitals
    ("visa", "India eases visas for groups."),
    ("VISAS", "a visa"),
    ("RELOS", "The relos pact was tabled."),
    ("relos", "RELOS's text is public."),
    ("agreement sign", "Two agreements were signed."),
    ("ratify", "The Duma ratified it."),
    ("Novo-Ogaryovo", "Talks in Novo Ogaryovo"),
    # phrases, with hyphen, space or neither, on either side
    ('"visa free travel"', "They want visa-free travel."),
    ('"visa-free travel"', "They want visa free travel."),
    ('"visa free travel"', "They want visafree travel."),
    ('"visa-free travel"', "They want VISAFREE travels."),
    ("visa-free", "a visafree regime"),
    ("visafree", "a visa-free regime"),
    ('"visafree travel"', "visa-free travel"),
    ('"group visafree travel"', "group visa-free travel"),
    ('"India-Russia summit"', "The IndiaRussia summit begins."),
    ("IndiaRussia", "India–Russia ties"),
    ('"India Russia"', "INDIA/RUSSIA"),
    ("S-400", "Five S400 squadrons"),
    ("S400", "the S 400 system"),
    ("S-400", "Поставки С-400 идут по плану."),
    ("С-400", "an S-400 regiment"),
    ("BrahMos", "brahmos missiles"),
    ("2+2", "The 2+2 dialogue met."),
    ("R&D", "joint R&D centres"),
    ('"visa. Free"', "visa free"),
    # Russian
    ("соглашение", "Стороны подписали соглашения."),
    ("СОГЛАШЕНИЕ", "работа над соглашением"),
    ("индия", "поставки в Индию, из Индии, с Индией"),
    ('"безвизовый режим"', "переговоры о безвизовом режиме"),
    ('"безвизовые поездки"', "О безвизовых поездках"),
    ("«Северный морской путь»", "по Северному морскому пути"),
    ("российско-индийский", "российско-индийские связи"),
    ('"российско индийский саммит"', "на российско-индийском саммите"),
    ("саммит", "до саммита, на саммите, с саммитом"),
    ("саммита", "саммит"),
    ("саммитом", "после саммита"),
    ("режим", "в режиме"),
    ("учёный", "ученые двух стран"),
    ("ратифицировать", "Дума ратифицировала документ."),
    # Hindi
    ("समझौता", "दोनों देशों के समझौते पर हस्ताक्षर"),
    ("वीज़ा", "वीजा मुक्त यात्रा"),
    ('"वीजा मुक्त"', "वीज़ा-मुक्त यात्रा"),
    ("भारत-रूस", "भारत रूस संबंध"),
    ('"भारत रूस"', "भारत-रूस संबंध"),
    ("हिन्दी", "हिंदी समाचार"),
    ("मॉस्को", "मास्को में बैठक"),
    ("मिसाइल", "मिसाइलों की आपूर्ति"),
    # operators
    ("visa OR relos", "The relos text"),
    ("visa AND (relos OR brahmos)", "BrahMos and a visa"),
    # beginnings
    ("pharma*", "The pharmaceutical trade"),
    ("PHARMA*", "Pharma exports"),
    ("росс*", "Российская сторона"),
    ("वीज़*", "वीजा मुक्त"),
    ("हिन्*", "हिंदी समाचार"),
    # the very letters
    ("=RELOS", "the RELOS pact"),
    ("=RELOS", "RELOS's text"),
    ("=signed", "It was signed."),
    ('="Working Group"', "The Working Group met."),
    ("=S-400", "the S400"),
    # near
    ("visa NEAR/3 travel", "a visa for free group travel"),
    ("travel NEAR/3 visa", "a visa for free group travel"),
    ("visa NEAR/1 travel", "visa travel"),
    ('"working group" NEAR/8 health', "Health: the India–Russia working group met."),
    ('(visa OR "work permit") NEAR/2 (travel OR stay)', "A work permit for any stay"),
    ("pharma* NEAR/2 =Kazan", "pharmaceuticals made in Kazan"),
    ("visa NEAR/2 visa", "a visa is a visa"),
    ("рабочая NEAR/2 группа", "В рабочей экспертной группе"),
    ("@ministers NEAR/3 @travel", "Lavrov on visa-free travel"),
    # lists
    ("@ministers", "Встреча с Лавровым"),
    ("@ministers", "Sergey Shoigu said"),
    ("@ministers", "EAM said"),
    ("@Ministers", "Belousov said"),
    ("visa -tourist", "a visa for workers"),
    ("visa NOT (tourist OR student)", "a visa for workers"),
    ("NOT NOT visa", "a visa"),
]
NOT_MATCHING = [
    ("relos", "coreLoss, preloss and Morelos"),
    ("visa", "Televisa airs it"),
    ('"visa free"', "free visa"),
    ('"visa free"', "visa is free"),
    ("visafree", "visa free"),
    ('"a go"', "long ago"),
    ('"S 400"', "S and 400"),
    ("visa relos", "a visa"),
    ("pharma*", "a farm"),
    ("visa*", "televisa"),
    ("=RELOS", "Relos and relos"),
    ("=sign", "signed and signs"),
    ('="Working Group"', "the working group"),
    ('="Working Group"', "the Working Groups"),
    ("=S-400", "С-400"),
    ("visa NEAR/2 travel", "a visa for free group travel"),
    ("visa NEAR/5 visa", "one visa"),
    ('"visa free" NEAR/5 visa', "visa free"),
    ("@ministers", "eam said"),
    ("@ministers NEAR/1 visa", "Lavrov spoke on the visa"),
    ("visa -tourist", "a tourist visa"),
    ("visa -tourist", "visas for tourists"),
    ("военный", "во вторник"),
    ("индия", "визит в Индонезию"),
    ("соглашение", "agreement"),
    ("रूस", "भारत"),
    ("agreement:relos", "RELOS was signed."),
    ("sector:energy", "energy"),
]


@pytest.mark.parametrize(("query", "text"), MATCHING)
def test_a_query_matches(query, text):
    assert holds(parsed(query), article(text))
    assert holds(parsed(query), article(title=text))


@pytest.mark.parametrize(("query", "text"), NOT_MATCHING)
def test_a_query_does_not_match(query, text):
    assert not holds(parsed(query), article(text))


def test_words_in_title_and_body_are_not_near():
    assert not holds(parsed("visa NEAR/9 free"), article("Free of charge.", title="A visa"))


TITLE, TEXT = "Working Group on visas", "Delhi hosts travel talks."


@pytest.mark.parametrize(
    "query",
    [
        "title:visa",
        'title:"working group"',
        'title:="Working Group"',
        "title:work*",
        "title:(visa travel) OR title:(visa -travel)",
        "title:(group NEAR/3 visa)",
        "title:(@ministers OR visa)",
        "visa travel",
        "travel -title:travel",
    ],
)
def test_a_title_is_asked_of_alone(query):
    assert holds(parsed(query), article(TEXT, title=TITLE))


@pytest.mark.parametrize("query", ["title:travel", "title:(visa travel)", "title:@ministers", "title:=visa"])
def test_what_stands_in_the_text_is_not_in_the_title(query):
    assert not holds(parsed(query), article(TEXT, title=TITLE))


def test_a_phrase_does_not_run_from_the_title_into_the_body():
    assert not holds(parsed('"visa free"'), article("Free of charge.", title="A visa"))
    assert holds(parsed("visa free"), article("Free of charge.", title="A visa"))


FOUND = verdict(
    agreements=(
        agreement("s-400", "The S-400 contract runs on.", score=0.9, stage="in_force"),
        agreement("relos", "RELOS was ratified.", score=0.7, stage="ratified_russia"),
    ),
    sectors=(sector("defence", "Both armies gain."),),
)
UNRELATED = FOUND.model_copy(update={"relevant": False})
BODY = "Opening words. RELOS was ratified. The S-400 contract runs on. Ministers spoke of relos and of visas in Moscow."


def test_a_finding_is_asked_for_by_its_id():
    assert holds(parsed("agreement:relos"), article(found=FOUND))
    assert holds(parsed("sector:defence -agreement:brahmos"), article(found=FOUND))
    assert not holds(parsed("agreement:brahmos"), article(found=FOUND))


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("agreement:s-400 AND stage:in_force", True),
        ("agreement:relos AND stage:in_force", False),  # the stage of another agreement
        ("stage:in_force", True),
        ("stage:signed", False),
        ("agreement:relos AND (stage:signed OR stage:ratified_russia)", True),
        ("agreement:relos NOT stage:signed", True),
        ("agreement:relos NOT stage:ratified_russia", False),
        ("(agreement:relos OR agreement:brahmos) AND stage:in_force", False),
        ("(agreement:relos OR agreement:s-400) AND stage:in_force", True),
        ("agreement:relos AND (visas OR (agreement:s-400 AND stage:in_force))", True),
        ("agreement:relos AND (brahmos OR (sector:defence AND stage:in_force))", False),
        ("visas AND stage:in_force", True),
    ],
)
def test_a_stage_is_that_of_the_agreements_named_beside_it(query, matches):
    assert holds(parsed(query), article(BODY, found=FOUND)) is matches


ORIGIN = Origin(
    source="The Hindu",
    country="IN",
    url="https://www.news.thehindu.example/national/a.ece",
    published=datetime(2026, 11, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
    language="ru",
)


@pytest.mark.parametrize(
    "query",
    [
        'source:"the  hindu"',
        "country:in",
        "lang:RU",
        "outlet:news.thehindu.example",
        "outlet:thehindu.example",
        "outlet:WWW.thehindu.example",
        "relevance:>0.7",
        "relevance:>=0.9 AND relevance:<=0.9",
        "date:2026-11-02",  # the day in UTC
        "date:>2026-11-01",
        "date:<2026-11-03",
        "date:2026-11-01..2026-11-30",
        "date:..2026-11-02",
        "date:>=2026-11-02",
    ],
)
def test_an_article_is_asked_where_it_comes_from(query):
    assert holds(parsed(query), article("visa", origin=ORIGIN))


@pytest.mark.parametrize(
    "query",
    [
        "source:Hindu",
        "country:RU",
        "lang:en",
        "outlet:other.thehindu.example",
        "outlet:hindu.example",
        "relevance:<0.9",
        "date:2026-11-01",
        "date:2026-11-03..",
    ],
)
def test_an_article_from_elsewhere_does_not_match(query):
    assert not holds(parsed(query), article("visa", origin=ORIGIN))


@pytest.mark.parametrize("query", ["source:TASS", "country:RU", "outlet:tass.com", "date:>2020-01-01"])
def test_what_is_not_known_of_an_article_matches_nothing(query):
    assert not holds(parsed(query), article("visa"))
    assert holds(parsed(f"visa NOT {query}"), article("visa"))


def test_findings_of_an_irrelevant_article_do_not_count_but_its_words_do():
    assert not holds(parsed("agreement:relos OR sector:defence"), article(BODY, found=UNRELATED))
    assert holds(parsed("relos"), article(BODY, found=UNRELATED))
    reason = reason_for(parsed("visas"), article(BODY, found=UNRELATED))
    assert (reason.agreement, reason.stage) == (None, None)


@pytest.mark.parametrize(
    ("query", "evidence", "about"),
    [
        ("agreement:relos", "RELOS was ratified.", "relos"),
        ("agreement:relos AND visas", "RELOS was ratified.", "relos"),
        ("visas AND agreement:relos", "RELOS was ratified.", "relos"),
        ("agreement:relos OR agreement:s-400", "The S-400 contract runs on.", "s-400"),
        ("agreement:brahmos OR opening", "Opening words.", "s-400"),
        ("sector:defence", "Both armies gain.", "s-400"),
        ("sector:defence AND opening", "Opening words.", "s-400"),
        ("relos", "RELOS was ratified.", "s-400"),
        ("relos visas", "Ministers spoke of relos and of visas in Moscow.", "s-400"),
        ('relos AND ("spoke of" OR brahmos)', "Ministers spoke of relos and of visas in Moscow.", "s-400"),
        ('"visas in Moscow"', "Ministers spoke of relos and of visas in Moscow.", "s-400"),
        ("opening NOT (brahmos AND relos)", "Opening words.", "s-400"),
        ("headline", "A headline on visas", "s-400"),
        ("headline OR opening", "A headline on visas", "s-400"),
        ("visas", "A headline on visas", "s-400"),
        ("NOT NOT opening", "Opening words.", "s-400"),
    ],
)
def test_the_sentence_that_fired_is_shown_with_its_agreement(query, evidence, about):
    document = article(BODY, title=" A headline on visas ", found=FOUND)
    reason = reason_for(parsed(query), document)
    assert (reason.evidence, reason.agreement) == (evidence, about)
    assert reason.stage == {"relos": "ratified_russia", "s-400": "in_force"}[about]


def test_evidence_falls_back_to_words_and_title_where_a_finding_has_no_sentence():
    found = verdict(agreements=(agreement("relos"),))
    assert reason_for(parsed("agreement:relos opening"), article(BODY, found=found)).evidence == "Opening words."
    assert reason_for(parsed("agreement:relos"), article(BODY, title="News", found=found)).evidence == "News"


def test_a_hindi_sentence_is_shown_up_to_its_danda():
    body = "पहला वाक्य यहाँ है। भारत और रूस ने समझौते पर हस्ताक्षर किए। तीसरा वाक्य।"
    assert reason_for(parsed("समझौता"), article(body)).evidence == "भारत और रूस ने समझौते पर हस्ताक्षर किए।"


def test_a_phrase_that_nearly_matches_everywhere_is_answered():
    query = parsed('"' + "visa " * 39 + 'free"')
    assert not holds(query, article("visa-" * 5_000))
