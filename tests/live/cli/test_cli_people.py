"""People, teams and their subscriptions on the command line: what is said, and what is refused with its mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.verdict import AgreementFinding, Verdict
from shared.rules import Document, Origin
from tests.live.cli.conftest import Pactwatch
from tests.live.desk.archive_rows import publish

pytestmark = pytest.mark.live


@pytest.fixture
def with_asha(pactwatch: Pactwatch) -> Pactwatch:
    said = pactwatch("person", "add", "Asha", "--email", "asha@example.org", "--time-zone", "Asia/Kolkata")
    assert "Added Asha, asha@example.org, Asia/Kolkata, no quiet hours." in said.out
    return pactwatch


def about_relos(stage: str, sentence: str) -> Document:
    found = AgreementFinding(id="relos", score=0.9, evidence=sentence, stage=stage)
    verdict = Verdict(language="en", relevant=True, relevance=0.8, agreements=[found])
    return Document("RELOS", sentence, verdict, Origin("Courier", "IN", "https://courier.example/a", None, "en"))


NEWS = {  # by how many days old they are
    1: about_relos("signed", "The two sides signed RELOS on Friday."),
    10: about_relos("announced", "RELOS was announced."),
}
WRONG_USE = {
    "an unknown person": (("person", "show", "Ash"), "Did you mean Asha?"),
    "a wrong zone": (("person", "add", "B", "--time-zone", "Asia/Kolkatta"), "Did you mean Asia/Kolkata"),
    "wrong quiet hours": (("person", "change", "Asha", "--quiet", "22"), "for example 22:00-07:00"),
    "no span": (("person", "mute", "Asha", "--for", "soon"), "Give for example 30m, 3h, 2d or 1w."),
    "a mute without an end": (("person", "mute", "Asha"), "Give --for 3h"),
    "nothing to change": (("person", "change", "Asha"), "Give --name, --email, --time-zone or --quiet"),
    "an unknown team": (("team", "join", "Defence", "Asha"), "There is no team yet."),
    "a rule and a sector": (
        ("subscribe", "add", "--channel", "inbox", "--rule", "a", "--sector", "health"),
        "is not exactly one thing",
    ),
    "an unknown stage": (("subscribe", "add", "--channel", "inbox", "--stage", "sined"), "'sined' is no stage"),
    "an hour without a digest": (
        ("subscribe", "add", "--channel", "mailto:a@example.org", "--sector", "health", "--at", "08:00"),
        "Give --digest daily or --digest weekly",
    ),
    "an option twice": (
        ("subscribe", "add", "--channel", "inbox", "--sector", "health", "--digest", "daily", "--digest", "weekly"),
        "is given more than once",
    ),
}


def test_wrong_use_names_what_was_wrong_and_its_mend(with_asha: Pactwatch):
    for name, (arguments, told) in WRONG_USE.items():
        ran = with_asha(*arguments, code=None)
        assert (name, ran.code, ran.out) == (name, 2, "")
        assert told in " ".join(ran.err.split()), f"{name}: {ran.err}"


def test_a_person_follows_something_and_sees_it(with_asha: Pactwatch):
    add = (
        "subscribe",
        "add",
        "--person",
        "Asha",
        "--agreement",
        "relos",
        "--agreement",
        "kudankulam",
        "--stage",
        "signed",
    )
    said = with_asha(*add, "--channel", "mailto", "--digest", "daily", "--at", "07:30", "--urgent").out
    assert "to mailto:a…@example.org for Asha" in said
    assert "It wants: digest every day at 07:30 (Asia/Kolkata); high severity at once." in said
    again = with_asha(*add, "--channel", "mailto", "--digest", "weekly").out
    assert "Already subscribed" in again
    assert "It stays as it is (digest every day at 07:30 (Asia/Kolkata); high severity at once)." in again
    shown = with_asha("person", "show", "Asha").out
    assert "Follows: Kudankulam or RELOS; signed to mailto:a…@example.org for Asha, daily 07:30" in shown
    (listed,) = with_asha("subscribe", "list", "--person", "Asha").rows
    short = listed[0][:8]
    assert listed[-2:] == ["Asha", "daily 07:30"]
    assert "agreements    kudankulam or relos" in with_asha("subscribe", "show", short).out
    assert "digest every Monday" in with_asha("subscribe", "change", short, "--digest", "weekly").out
    assert "is muted until" in with_asha("subscribe", "mute", short, "--for", "3h").out
    assert "muted until" in with_asha("subscribe", "list").out
    assert "is heard again" in with_asha("subscribe", "unmute", short).out
    (one,) = with_asha("subscribe", "list", "--json").json
    assert (one["person"], one["follows"]["stages"], one["wishes"]["schedule"]) == ("Asha", ["signed"], "weekly")


def test_a_team_says_whom_its_mails_reach(with_asha: Pactwatch):
    with_asha("person", "add", "Ravi")
    with_asha("team", "add", "Defence", "--time-zone", "Asia/Kolkata")
    for name in ("Asha", "Ravi"):
        with_asha("team", "join", "Defence", name)
    made = with_asha("subscribe", "add", "--team", "Defence", "--sector", "defence", "--channel", "mailto")
    assert "It goes to each member: Asha." in made.out
    assert "Ravi: no e-mail is known." in made.err
    shown = with_asha("team", "show", "Defence")
    assert "Asha (asha@example.org), Ravi (no e-mail)" in shown.out
    assert "Sector: Defence" in shown.out
    (short, *_), *_ = with_asha("subscribe", "list").rows
    assert "goes to each member of a team" in with_asha("subscribe", "test", short, code=2).err
    found = {each["check"]: each for each in with_asha("doctor", "--json", code=None).json}
    assert found["teams"]["says"] == "mails of their teams do not reach Ravi: no e-mail is known"
    assert with_asha("team", "list").rows == [["Defence", "Asia/Kolkata", "Asha, Ravi", "1"]]


def test_somebody_goes_and_it_is_said_what_became_of_what_they_followed(with_asha: Pactwatch):
    with_asha("person", "add", "Ravi", "--email", "ravi@example.org")
    with_asha("subscribe", "add", "--person", "Asha", "--sector", "health", "--channel", "mailto")
    refused = with_asha("person", "remove", "Asha", code=2)
    assert "has 1 subscriptions" in refused.err
    said = with_asha("person", "remove", "Asha", "--to", "Ravi").out
    assert said.splitlines() == ["Removed Asha.", "Ravi has: Sector: Health to mailto"]
    assert with_asha("person", "list").rows[0][:2] == ["Ravi", "ravi@example.org"]


def test_a_vacation_is_shown_in_their_own_time(with_asha: Pactwatch):
    said = with_asha("person", "away", "Asha", "--until", "23:59").out
    assert "Asha is away until " in said
    assert "(Asia/Kolkata); what comes is kept, and told then." in said
    assert "away until" in with_asha("person", "list").out
    assert with_asha("person", "back", "Asha").out == "Asha is there.\n"


def test_what_a_subscription_would_bring_is_said_before_and_when_it_is_made(with_asha: Pactwatch):
    now = datetime.now(UTC)
    told = [
        replace(each, origin=replace(each.origin, published=now - timedelta(days=day))) for day, each in NEWS.items()
    ]
    with_asha.with_database(lambda database: publish(database, told))
    wanted = ("--agreement", "relos", "--person", "Asha", "--min-severity", "high")
    said = with_asha("subscribe", "preview", *wanted).out
    assert "Agreement: RELOS: agreement:relos" in said
    assert "2 articles make 2 alerts: copies are told once." in said
    assert "1 of them it does not want (--min-severity, --language)." in said
    assert "every week\t" in said
    assert "“The two sides signed RELOS on Friday.”" in said
    found = with_asha("subscribe", "preview", *wanted, "--json").json
    assert (found["alerts"], found["by_severity"]["high"], len(found["per_week"])) == (1, 1, 2)
    assert with_asha("subscribe", "list").out == ""
    made = with_asha("subscribe", "add", *wanted, "--channel", "inbox").out
    assert "it would have brought" in made
    assert "alerts a week, 1 of 1 of high severity." in made
    other = with_asha("subscribe", "add", "--agreement", "kudankulam", "--channel", "inbox").out
    assert "It would have brought nothing in the last 10 days." in other
