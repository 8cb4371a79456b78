"""Why a member of a team was not told: they ended its mails for themselves."""

from __future__ import annotations

from dataclasses import replace

from services.desk.domain.not_delivered import OptedOut, Sent
from services.desk.domain.people import OptOut
from tests.unit.desk.trace_builders import a_delivery, a_rule, a_subscription, a_trace, an_alert, at, outcome


def alerted(*deliveries, heard):
    return replace(a_trace(), rule=a_rule(heard=heard), alerts=(an_alert(),), deliveries=deliveries)


def test_a_member_who_ended_their_teams_mails_is_told_so_and_the_others_are_not():
    team = a_subscription(channel="mailto", address="", reader="Ports desk")
    asha = replace(team, opted_out=(OptOut("Asha", "asha@desk.example", at(-20)),))
    for spelled in ("asha", "Asha@desk.example", "mailto:asha@desk.example"):
        found = outcome(alerted(a_delivery(to=asha), heard=(asha,)), spelled)
        assert isinstance(found, OptedOut)
        assert "they ended them for themselves at 2026-11-22 11:40:00 UTC" in found.sentence
        assert "pactwatch team join 'Ports desk' 'Asha'" in found.mend
    later = replace(team, opted_out=(OptOut("Asha", "asha@desk.example", at(50)),))
    for who, of in (("Ports desk", asha), (None, asha), ("asha", later)):
        assert isinstance(outcome(alerted(a_delivery(to=of), heard=(of,)), who), Sent)
    own = a_subscription(52, channel="mailto", address="asha@desk.example", reader="Asha")
    assert isinstance(outcome(alerted(a_delivery(to=own), heard=(asha, own)), "asha"), Sent)
