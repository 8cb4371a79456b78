"""Which articles a query matches, in three languages, and which sentence is shown for it."""

from __future__ import annotations

import pytest

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
