"""What an officer says of an article with one button, as the labels that a correction holds."""

from __future__ import annotations

from collections.abc import Mapping

from services.desk.domain.corrections import GivenLabels
from services.desk.domain.views import VerdictView
from shared.kit.errors import WrongInput

NUMBERED = ("1", "2", "3")  # sectors or agreements that one form can name
USEFUL, NOISE, SECTORS, AGREEMENTS = "useful", "noise", "sectors", "agreements"


def labels_said(form: Mapping[str, str], found: VerdictView | None) -> GivenLabels:
    """Return what the form says of the article: that what was found is right, or what would be. Raises WrongInput."""
    match form.get("says", ""):
        case "useful":
            return _confirmed(found)
        case "noise":
            return GivenLabels(relevant=False)
        case "sectors":
            return GivenLabels(sectors=_named(form, "sector"))
        case "agreements":
            named = {number: form.get(f"agreement-{number}", "") for number in NUMBERED}
            stages = {
                agreement: stage
                for number, agreement in named.items()
                if agreement and (stage := form.get(f"stage-{number}", ""))
            }
            return GivenLabels(agreements=_named(form, "agreement"), stages=stages)
        case other:
            raise WrongInput("says", other, "is nothing that can be said", mend="Use one of the buttons.")


def _confirmed(found: VerdictView | None) -> GivenLabels:
    if found is None or not found.relevant:
        return GivenLabels(relevant=True)
    return GivenLabels(
        relevant=True,
        sectors=[each.id for each in found.sectors],
        agreements=[each.id for each in found.agreements],
        stages={each.id: each.stage for each in found.agreements if each.stage},
    )


def _named(form: Mapping[str, str], what: str) -> list[str]:
    return list(dict.fromkeys(value for number in NUMBERED if (value := form.get(f"{what}-{number}", ""))))
