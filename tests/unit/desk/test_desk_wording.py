"""The translations of the pages: every word of them is there, whole, with its placeholders, for what officers see."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from services.desk.pages.languages import translations_into, worded
from services.desk.pages.wording import catalogue_of, words_of_pages
from services.desk.pages.words import DELIVERY_WORDS, stage_words
from shared.catalogue.loader import load_catalogue

# Beside the templates that stand in no folder.
OFFICERS = ("today", "reading", "agreements", "search", "inbox", "subscriptions")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def words() -> Catalog:
    return words_of_pages()


@pytest.fixture(scope="module", params=["ru", "hi"])
def translated(request) -> Catalog:
    return catalogue_of(request.param)


def for_officers(message: Message) -> bool:
    templates = [file.split("/") for file, _ in message.locations if file.startswith("templates/")]
    return any(len(parts) == 2 or parts[1] in OFFICERS for parts in templates)


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def of_pages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_every_word_of_the_pages_stands_in_the_catalogue(words, translated):
    known = {(message.context, tuple(ids(message))) for message in of_pages(translated)}
    missing = [message.id for message in of_pages(words) if (message.context, tuple(ids(message))) not in known]
    assert missing == [], "run: make words"


def test_what_officers_see_is_translated_whole(words, translated):
    seen = {(message.context, tuple(ids(message))) for message in of_pages(words) if for_officers(message)}
    assert len(seen) > 400
    left = [
        message.id
        for message in of_pages(translated)
        if (message.context, tuple(ids(message))) in seen and not all(strings(message))
    ]
    assert left == []


def test_a_translation_puts_in_what_the_english_does_and_none_is_a_guess(translated):
    assert not [message.id for message in of_pages(translated) if message.fuzzy]
    for message in of_pages(translated):
        wanted = {tuple(sorted(PLACEHOLDER.findall(each))) for each in ids(message)}
        for each in filter(None, strings(message)):
            assert tuple(sorted(PLACEHOLDER.findall(each))) in wanted, message.id
            assert "%" not in PLACEHOLDER.sub("", each).replace("%%", ""), message.id  # a page puts values in
            assert '"' not in PLACEHOLDER.sub("", each) or '"' in ids(message)[0], (
                message.id
            )  # some stand in attributes


def test_a_message_has_as_many_plural_forms_as_its_language(translated):
    counted = [message for message in of_pages(translated) if not isinstance(message.id, str) and any(strings(message))]
    assert counted
    assert all(len(strings(message)) == translated.num_plurals for message in counted)


@pytest.mark.parametrize("language", ["ru", "hi"])
def test_stages_and_states_of_deliveries_have_words_in_every_language(language):
    translations = translations_into(language)
    english = [*map(stage_words, load_catalogue().stages), *DELIVERY_WORDS.values()]
    assert [each for each in english if worded(each, translations) == each] == []


def test_a_sentence_with_a_number_is_translated_around_it():
    russian = translations_into("ru")
    assert worded("Password has 9 characters.", russian) == "Длина пароля в символах: 9."
    assert worded("Nobody wrote this 7 times.", russian) == "Nobody wrote this 7 times."
    assert worded("Of 2 numbers, 3 are not looked for.", russian) == "Of 2 numbers, 3 are not looked for."
    assert worded("", russian) == ""
