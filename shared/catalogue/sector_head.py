"""The sector head: a small linear model over word stems that speaks beside the curated words, as a value.

It is trained by `training.sector_head`, read by `shared.catalogue.head_file`, and described in
docs/models/sector_head.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OTHER = "other"  # the head's own class beside the sectors: a text of none of them


@dataclass(frozen=True, slots=True)
class StemWeights:
    """What one stem or beginning says: how rare it is (`idf`), and its weight for each label by the label's number."""

    idf: float
    weights: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class SectorHead:
    """A multinomial linear model: `labels` are sectors and OTHER, `stems` their evidence.

    The curated words' sum for a sector, s, enters the model as `lexicon_weight` · ln(1 + s); `other_bias` is what OTHER
    has before the first word. `version` names the file it came from. `beginnings` are the first letters of words, which
    compounds and rare forms share. `habits` tell by the form of a text how much likelier than usual each label is.
    """

    version: str
    labels: tuple[str, ...]
    stems: Mapping[str, StemWeights]
    lexicon_weight: float
    other_bias: float
    beginnings: Mapping[str, StemWeights] = field(default_factory=dict)
    habits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


# A head without stems: the curated words decide alone, and no text is refused for being of no sector.
NO_HEAD = SectorHead("none", (), {}, 1.0, 0.0)
