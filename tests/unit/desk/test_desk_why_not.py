"""What stopped an address on its way to a reader, decided from the traces that it left."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.desk.domain.article_views import ArticleVersion
from services.desk.domain.not_delivered import (
    BelowSeverity,
    LanguageNotWanted,
    NoSubscriber,
    NotSentYet,
    SendingCancelled,
    SendingFailed,
    SendingHeld,
    Sent,
    SentAgainLater,
    ToldLater,
)
from services.desk.domain.not_matched import (
    ClauseFailed,
    CopyOfStory,
    FactTold,
    JudgedAgainSince,
    JudgedIrrelevant,
    NotMatchedYet,
    NotTold,
    RuleAsleep,
    RuleBroken,
    RuleChangedSince,
    RuleIsNewer,
    RulePaused,
    RuleRemoved,
)
from services.desk.domain.not_read import (
    HeldByGate,
    InQuarantine,
    NeverListed,
    NoSource,
    NotJudgedYet,
    PageBeingRead,
    PageFails,
    PageWaits,
    SourceInTrouble,
    SourceNotLookedAt,
    SourcePaused,
    TooOld,
)
from services.desk.domain.outcomes import as_json
from services.desk.domain.traces import ListVersionTrace, NewsTrace, SetAside
from services.desk.domain.tracing import answer
from tests.unit.desk.trace_builders import (
    VOCABULARY,
    a_delivery,
    a_rule,
    a_source,
    a_subscription,
    a_trace,
    a_verdict,
    a_version,
    a_waiting,
    an_alert,
    an_entry,
    an_id,
    at,
    judged,
    outcome,
    unlisted,
    with_article,
    with_rule,
)

ASIDE = SetAside(an_id(77), "findings: not an object", at(6))


def test_of_a_host_without_a_source_it_says_how_to_add_one():
    found = outcome(unlisted())
    assert isinstance(found, NoSource)
    assert "pactwatch source add" in found.mend
    gone = outcome(unlisted(a_source(removed_at=at(-5))))
    assert isinstance(gone, NoSource)
    assert 'Its source "Courier" was removed' in gone.sentence


def test_of_sources_that_are_all_paused_it_names_one():
    assert outcome(unlisted(a_source(paused=True))) == SourcePaused("Courier")
    both = unlisted(a_source(paused=True, name="Old"), a_source())
    assert outcome(both) == NeverListed(("Courier",), at(-1))


def test_of_a_source_in_trouble_it_says_since_when_and_what_mends_it():
    sick = a_source(name="Sick", state="failing", in_trouble=True, last_error="No answer.", mend="Try it.")
    found = outcome(unlisted(a_source(), sick))
    assert isinstance(found, SourceInTrouble)
    assert (
        found.sentence == '"Sick" has not listed this address; it is failing since 2026-11-22 02:00:00 UTC: No answer.'
    )
    assert found.mend == "Try it."


def test_a_source_that_nobody_has_looked_at_yet_is_told_from_one_that_did_not_list_it():
    assert outcome(unlisted(a_source(state="new", last_look_at=None))) == SourceNotLookedAt("Courier")
    assert outcome(unlisted(a_source())) == NeverListed(("Courier",), at(-1))


def test_a_listed_address_waits_is_being_read_or_fails():
    waiting = a_trace(article=None)
    assert outcome(waiting) == PageWaits("Courier", at(0), at(1))
    assert outcome(replace(waiting, entry=an_entry(being_read=True, failures=2))) == PageBeingRead("Courier", at(0))
    failing = outcome(replace(waiting, entry=an_entry(failures=2, last_error="The server answered 500.")))
    assert isinstance(failing, PageFails)
    assert "after 2 tries: The server answered 500." in failing.sentence


def test_an_article_that_the_gate_holds_back_says_why():
    found = outcome(with_article(gate="It names neither India nor Russia.", verdicts=()))
    assert found == HeldByGate("It names neither India nor Russia.", at(2))


def test_old_news_says_from_when_on_its_source_or_backfill_may_alert():
    old = with_article(alertable=False)
    found = outcome(replace(old, entry=an_entry(alert_since=at(-5))))
    assert found == TooOld("Courier", at(-10), at(-5), from_backfill=False)
    assert "source edit" in found.mend
    found = outcome(replace(old, entry=an_entry(alert_since=at(-5), from_backfill=True)))
    assert "backfill" in found.mend


def test_an_article_without_a_verdict_waits_before_or_on_the_bus_or_was_set_aside():
    waiting = with_article(verdicts=(), news=NewsTrace(at(2), None))
    assert outcome(waiting) == NotJudgedYet(at(2), on_the_bus=False)
    assert outcome(with_article(verdicts=())) == NotJudgedYet(at(2), on_the_bus=True)
    found = outcome(with_article(verdicts=(), set_aside=ASIDE))
    assert found == InQuarantine("classifier", ASIDE.reason, ASIDE.at, ASIDE.quarantine_id)
    assert str(ASIDE.quarantine_id) in found.mend


def test_a_verdict_waits_for_the_notifier_or_was_set_aside_by_it():
    assert outcome(with_article(verdicts=(judged(taken_at=None),))) == NotMatchedYet(at(3))
    found = outcome(with_article(verdicts=(judged(taken_at=None, set_aside=ASIDE),)))
    assert isinstance(found, InQuarantine)
    assert found.service == "notifier"


def test_a_verdict_whose_news_is_forgotten_counts_as_taken_when_it_was_made():
    trace = with_article(verdicts=(judged(a_verdict(stage="signed"), news=None, taken_at=None),))
    assert isinstance(outcome(replace(trace, rule=a_rule(a_version(query="stage:in_force")))), ClauseFailed)


def test_a_clause_that_failed_is_named_with_what_came_nearest():
    found = outcome(with_rule(a_version(query="relos AND sector:trade")))
    assert isinstance(found, ClauseFailed)
    assert found.version == 1
    assert "relos found, but the sector is defence" in found.sentence
    assert [part.holds for part in found.explanation.parts] == [True, False]


def test_an_irrelevant_article_is_told_from_one_whose_words_do_not_match():
    irrelevant = with_article(verdicts=(judged(a_verdict(relevant=False)),))
    found = outcome(irrelevant)
    assert isinstance(found, JudgedIrrelevant)
    assert found.relevance == 0.1
    words = replace(irrelevant, rule=a_rule(a_version(query="zebra")))
    assert isinstance(outcome(words), ClauseFailed)


@pytest.mark.parametrize("still", [True, False])
def test_a_paused_rule_says_since_when_by_whom_and_why(still):
    later = a_version(3, minutes=-5, paused=True, reason="a new note")
    resumed = () if still else (a_version(4, minutes=50),)
    pause = a_version(2, minutes=-20, paused=True, author="Ivan", reason="too loud")
    found = outcome(with_rule(a_version(), pause, later, *resumed))
    assert found == RulePaused("Pact", at(-20), "Ivan", "too loud", still=still)
    assert "by Ivan (too loud)" in found.sentence
    assert ("rule resume" in found.mend) is still


def test_a_rule_that_was_removed_before_is_told_from_one_removed_since():
    gone = a_version(2, minutes=-20, removed=True)
    assert isinstance(outcome(with_rule(a_version(), gone)), RuleRemoved)
    since = a_version(2, minutes=50, removed=True)
    assert isinstance(outcome(with_rule(a_version(query="zebra"), since)), ClauseFailed)


def test_a_rule_made_after_the_judgement_says_whether_it_would_match():
    found = outcome(with_rule(a_version(minutes=60)))
    assert isinstance(found, RuleIsNewer)
    assert found.matches
    assert "it would match" in found.sentence
    other = outcome(with_rule(a_version(query="zebra", minutes=60)))
    assert isinstance(other, RuleIsNewer)
    assert not other.matches


def test_a_rule_that_cannot_be_read_gives_its_complaint():
    for minutes in (-100, 60):
        found = outcome(with_rule(a_version(query="agreement:gone", minutes=minutes)))
        assert isinstance(found, RuleBroken)
        assert "unknown agreement 'gone'" in found.sentence
        assert found.mend


def test_a_rule_that_lives_by_subscriptions_was_asleep_without_one():
    nobody = a_subscription(created_at=at(-50), removed_at=at(-40))
    assert outcome(with_rule(origin="sector", heard=(nobody,))) == RuleAsleep("Pact")
    assert isinstance(outcome(with_rule(a_version(query="zebra"), origin="sector")), ClauseFailed)


def test_a_rule_saved_since_says_which_version_judged():
    found = outcome(with_rule(a_version(query="zebra"), a_version(2, minutes=60, author="Ivan", reason="wider")))
    assert isinstance(found, RuleChangedSince)
    assert (found.judged_by, found.now, found.changed_at, found.author) == (1, 2, at(60), "Ivan")
    assert "saved by Ivan (wider)" in found.sentence
    neither = with_rule(a_version(query="zebra"), a_version(2, "giraffe", minutes=60))
    assert isinstance(outcome(neither), ClauseFailed)


def test_a_list_counts_as_it_was_when_the_article_was_judged():
    lists = (
        ListVersionTrace(an_id(5), "pacts", ("zebra",), removed=False, saved_at=at(-90)),
        ListVersionTrace(an_id(5), "pacts", ("RELOS",), removed=False, saved_at=at(60)),
    )
    by_list = replace(with_rule(a_version(query="@pacts")), lists=lists)
    assert isinstance(outcome(by_list), ClauseFailed)
    newer = replace(by_list, rule=a_rule(a_version(query="@pacts", minutes=70)))
    found = outcome(newer)
    assert isinstance(found, RuleIsNewer)
    assert found.matches


def test_words_count_as_the_article_was_when_it_was_judged():
    versions = (
        ArticleVersion(1, "Ports", "A visit of two ships.", at(2)),
        ArticleVersion(2, "RELOS", "RELOS is in force.", at(30)),
    )
    assert isinstance(
        outcome(replace(with_article(versions=versions), rule=a_rule(a_version(query="relos")))), ClauseFailed
    )


def test_a_verdict_of_a_second_judgement_that_was_not_announced_did_not_count():
    first, again = judged(a_verdict(sector="trade")), judged(minutes=90, news=None, taken_at=None)
    trace = replace(with_article(verdicts=(first, again)), rule=a_rule(a_version(query="sector:defence")))
    found = outcome(trace)
    assert isinstance(found, JudgedAgainSince)
    assert (found.judged_at, found.again_at) == (at(3), at(90))


def test_a_copy_of_a_story_names_the_alert_on_its_lead():
    found = outcome(a_trace(alerts=(an_alert(article=9),)))
    assert isinstance(found, CopyOfStory)
    assert found.source == "Herald"
    assert str(found.alert_id) in found.mend
    other_story = an_alert(article=9, story=8)
    assert isinstance(outcome(a_trace(alerts=(other_story,))), NotTold)


def test_a_fact_that_was_told_names_the_alert_that_told_it():
    fact = "claim:relos:in_force:2026-11-20"
    trace = with_rule(a_version(policy="new_facts"))
    found = outcome(replace(trace, alerts=(an_alert(article=9, fact=fact, story=8),)))
    assert isinstance(found, FactTold)
    assert found.fact == fact
    other = an_alert(article=9, fact="claim:relos:in_force:2026-11-19", story=8)
    assert isinstance(outcome(replace(trace, alerts=(other,))), NotTold)


def test_what_should_have_alerted_and_did_not_is_said_plainly():
    found = outcome(a_trace())
    assert isinstance(found, NotTold)
    assert found.explanation.holds


def alerted(*deliveries, heard=(), **changed):
    return replace(a_trace(), rule=a_rule(heard=heard), alerts=(an_alert(),), deliveries=deliveries, **changed)


def test_an_alert_that_nobody_was_to_hear_says_who_could():
    found = outcome(alerted())
    assert isinstance(found, NoSubscriber)
    assert found.asked_for is None
    late = outcome(alerted(heard=(a_subscription(created_at=at(30)),)))
    assert "the subscription is of 2026-11-22 12:30:00 UTC" in late.sentence
    ended = outcome(alerted(heard=(a_subscription(removed_at=at(-30)),)))
    assert "had ended at 2026-11-22 11:30:00 UTC" in ended.sentence
    stranger = outcome(alerted(a_delivery()), "mailto:ops@example.org")
    assert isinstance(stranger, NoSubscriber)
    assert stranger.asked_for == "mailto:ops@example.org"


@pytest.mark.parametrize(
    ("state", "kind", "says"),
    [
        ("pending", NotSentYet, "waits to be sent"),
        ("sending", NotSentYet, "is being sent"),
        ("retry", SentAgainLater, "did not get through in 1 attempt: The receiver answered 503."),
        ("failed", SendingFailed, "was given up after 1 attempts: The receiver answered 503."),
        ("unknown", SendingFailed, "may have arrived, and nobody could tell"),
        ("held", SendingHeld, "is held: sending is paused, or its channel is disabled."),
        ("cancelled", SendingCancelled, "was cancelled: The receiver answered 503."),
        ("sent", Sent, "took the message at 2026-11-22 12:05:00 UTC. The receiver answered: 503"),
    ],
)
def test_each_state_of_a_delivery_is_an_answer(state, kind, says):
    found = outcome(alerted(a_delivery(state)))
    assert isinstance(found, kind)
    assert says in found.sentence
    assert "hooks.example/a" not in found.sentence  # a webhook's path may hold a token
    assert found.mend


@pytest.mark.parametrize(
    ("waits", "says"),
    [
        ({}, "waits for the daily digest of webhook https://hooks.example/…, due 2026-11-22 22:00:00 UTC"),
        ({"why": "quiet", "schedule": "immediate"}, "waits for the quiet hours of webhook"),
        ({"why": "muted", "schedule": "immediate"}, "waits for the end of the mute of webhook"),
        ({"why": "away", "schedule": "immediate"}, "waits for the return of webhook"),
        ({"why": "burst", "schedule": "immediate"}, "waits with others for the end of a burst"),
        ({"due_at": None}, "who does not want it any more"),
    ],
    ids=str,
)
def test_an_alert_that_is_told_later_says_what_it_waits_for_and_until_when(waits, says):
    found = outcome(alerted(heard=(a_subscription(),), waiting=(a_waiting(**waits),)))
    assert isinstance(found, ToldLater)
    assert says in found.sentence
    assert "hooks.example/a" not in found.sentence


def test_what_one_reader_waits_for_stands_worse_than_what_another_was_sent():
    later = a_subscription(51, "mailto", "asha@desk.example")
    trace = alerted(a_delivery(), heard=(a_subscription(), later), waiting=(a_waiting(to=later),))
    assert isinstance(outcome(trace), ToldLater)
    assert isinstance(outcome(trace, "webhook"), Sent)
    gathered = alerted(a_delivery(), heard=(a_subscription(),), waiting=(a_waiting(ended_at=at(5), gathered=True),))
    assert isinstance(outcome(gathered), Sent)


def test_what_a_reader_does_not_want_is_said_with_what_they_want():
    quiet = outcome(alerted(heard=(a_subscription(min_severity="high"),)))
    assert isinstance(quiet, BelowSeverity)
    assert "below the minimum severity of webhook" in quiet.sentence
    assert "it is normal, and high is asked for" in quiet.sentence
    foreign = replace(an_alert(), language="ru")
    trace = replace(alerted(heard=(a_subscription(languages=("en", "hi")),)), alerts=(foreign,))
    found = outcome(trace)
    assert isinstance(found, LanguageNotWanted)
    assert "is in ru" in found.sentence
    assert "wants en, hi only" in found.sentence
    assert found.mend


def test_of_several_deliveries_the_worst_is_the_answer_unless_one_is_asked_for():
    inbox = a_subscription(51, "inbox", "", reader="Asha")
    trace = alerted(
        a_delivery("sent", to=inbox, masked_address=""), a_delivery("failed"), heard=(inbox, a_subscription())
    )
    assert isinstance(outcome(trace), SendingFailed)
    for asked_for in ("inbox", "INBOX ", "asha", str(inbox.subscription_id)[:8]):
        assert isinstance(outcome(trace, asked_for), Sent)
    for asked_for in ("webhook", "https://hooks.example/a", "webhook:https://hooks.example/A"):
        assert isinstance(outcome(trace, asked_for), SendingFailed)


def test_an_alert_answers_before_whatever_happened_to_the_rule_or_the_article_since():
    trace = alerted(a_delivery(), entry=an_entry(alert_since=at(50)))
    paused = replace(trace, rule=a_rule(a_version(), a_version(2, minutes=50, paused=True)))
    held = replace(paused, article=with_article(gate="held since").article)
    assert isinstance(outcome(held), Sent)


def test_what_was_before_is_told_in_its_order_with_its_times():
    told = answer(alerted(a_delivery("retry")), VOCABULARY)
    assert [step.what.split(" ")[0] for step in told.steps] == [
        "rule",
        "listed",
        "read,",
        "judged",
        "held",
        "alert",
        "attempt",
    ]
    moments = [step.at for step in told.steps]
    assert moments == sorted(moments)


def test_an_answer_as_json_carries_its_facts():
    told = as_json(answer(alerted(a_delivery()), VOCABULARY))
    assert (told["told"], told["outcome"], told["rule"]) == (True, "sent", "Pact")
    assert isinstance(told["facts"]["alert_id"], UUID)
    clause = as_json(answer(with_rule(a_version(query="relos sector:trade")), VOCABULARY))
    assert (clause["told"], clause["outcome"]) == (False, "clause_failed")
    assert clause["facts"]["explanation"]["parts"][1]["nearest"]
