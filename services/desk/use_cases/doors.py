"""Everything by which people come in at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from services.desk.use_cases.coming_in import ComingIn
from services.desk.use_cases.second_factor import SecondFactor
from services.desk.use_cases.signing_in import SigningIn


@dataclass(frozen=True, slots=True)
class Doors:
    """Who comes in: by signing in, by a link that works once; and the second factor of who wants one."""

    signing_in: SigningIn
    coming_in: ComingIn
    second_factor: SecondFactor
