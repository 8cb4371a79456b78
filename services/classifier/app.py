"""Wiring only: the ground in, the classifier out."""

from __future__ import annotations

from functools import partial

from services.classifier.adapters.work import ClassifierWork
from services.classifier.domain.judge import Judge
from services.classifier.handlers import handlers
from services.classifier.use_cases.classifying import Classifier
from services.classifier.use_cases.filing import Filer
from services.classifier.use_cases.judges import JudgeBook
from services.classifier.use_cases.reclassifying import Reclassifier
from shared.catalogue.entries import Catalogue
from shared.catalogue.head_file import load_head
from shared.hosting.service import Ground, Service
from shared.kit.clock import Clock
from shared.store.unit_of_work import Database


def reclassifier(database: Database, catalogue: Catalogue, clock: Clock) -> Reclassifier:
    """Return what judges the archive of this database again."""
    return Reclassifier(partial(database.begin, ClassifierWork), Judge(catalogue, load_head()), clock)


def judges_of(catalogue: Catalogue) -> JudgeBook:
    """Return who judges by this catalogue, and by what people change of it."""
    return JudgeBook(catalogue, partial(Judge, head=load_head()))


def filer(database: Database) -> Filer:
    """Return what fills the searchable archive of this database."""
    return Filer(partial(database.begin, ClassifierWork))


def classifier(ground: Ground) -> Service:
    """Return the classifier, standing on this ground; reads the sector head and compiles the catalogue, once.

    What people change of the catalogue is compiled when the next article comes.
    """
    use_cases = Classifier(partial(ground.database.begin, ClassifierWork), judges_of(ground.catalogue), ground.clock)
    return Service("classifier", handlers=handlers(use_cases))
