"""Wiring only: the ground in, the classifier out."""

from __future__ import annotations

from functools import partial

from services.classifier.adapters.work import ClassifierWork
from services.classifier.domain.judge import Judge
from services.classifier.handlers import handlers
from services.classifier.use_cases.classifying import Classifier
from shared.hosting.service import Ground, Service


def classifier(ground: Ground) -> Service:
    """Return the classifier, standing on this ground; compiles the catalogue, once."""
    use_cases = Classifier(partial(ground.database.begin, ClassifierWork), Judge(ground.catalogue), ground.clock)
    return Service("classifier", handlers=handlers(use_cases))
