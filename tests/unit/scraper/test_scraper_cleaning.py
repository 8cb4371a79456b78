"""The words around an article are taken out, the article's own never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.cleaning import clean_text

BODY = "\n\n".join(
    f"Paragraph {number} tells at some length how the two ministries agreed on the next steps of the programme, and "
    f"which of the {number} working groups will meet where and when in the coming year."
    for number in ("one", "two", "three", "four", "five", "six")
)
LAST = "The document enters into force thirty days after the exchange of notes."

DROPPED_ANYWHERE = """
Also Read | Minister Opens New Port Terminal In The North.
ALSO READ: Envoy meets traders
Read More:
Related Stories
Читайте также: Порт открыл новый причал
Читайте также
По теме: Экспорт вырос
यह भी पढ़ें: नया बंदरगाह खुला
ये भी पढ़ें- मंत्री की यात्रा
(This story has not been edited by Example staff and is published from a syndicated feed.)
(Except for the headline, this story has not been edited by our staff.)
This is an unedited and auto-generated story from a syndicated news feed.
(This report has been published as part of the auto-generated wire feed. No editing has been done by Example.)
(The above story is verified and authored by the agency's staff. It brings the latest news. The views appearing \
in the above post do not reflect the opinions of Example)
This content is sourced from a syndicated feed and is published as received.
(With inputs from agencies)
(With PTI inputs)
Disclaimer: This article was sent in by a reader.
The views expressed in this article are those of the author.
Мнение автора может не совпадать с позицией редакции.
The post Ministers agree on steps appeared first on Example Monitor.
Follow us on Telegram
Subscribe to our newsletter for more
Подписывайтесь на наш канал
Нашли ошибку? Выделите её
हमें टेलीग्राम पर फॉलो करें
Advertisement
विज्ञापन
Story continues below this advertisement
Stay updated with the latest news on trade
Download the Example app
""".strip().splitlines()

DROPPED_AT_THE_END = """
Tags: trade, health
Published on: 5 December 2025
Edited by: A. Name
Фото: пресс-служба
This material is based on a report of the agency.
© 2025 Example. All rights reserved.
""".strip().splitlines()

KEPT = """
The views expressed by the minister were welcomed by both sides.
The report was published as part of the documents of the summit.
The report has not been verified by the embassy.
With inputs from farms rising, the ministry expects trade to grow. It said so on Friday.
Copyright protection will be strengthened under the pact.
Related industries will profit as well.
Watch makers of both countries will cooperate.
Read the joint statement, the envoy said, and you will see.
The story first appeared in a newspaper last week.
Join us in this effort, the minister told his guest.
Подписание соглашения состоялось в пятницу.
Follow-up talks are planned for spring.
Based on the agency's report
(AGENCY)
Source: agency
यह समझौता दोनों देशों के लिए अहम है।
""".strip().splitlines()


@pytest.mark.parametrize("line", DROPPED_ANYWHERE)
def test_words_around_the_article_go_from_between_its_paragraphs_and_from_its_end(line):
    assert clean_text(f"{BODY}\n\n{line}\n\n{LAST}") == f"{BODY}\n\n{LAST}"
    assert clean_text(f"{BODY}\n\n{LAST}\n\n{line}") == f"{BODY}\n\n{LAST}"


@pytest.mark.parametrize("line", DROPPED_AT_THE_END)
def test_what_an_article_may_say_too_goes_from_its_end_only(line):
    assert clean_text(f"{BODY}\n\n{LAST}\n\n{line}") == f"{BODY}\n\n{LAST}"


@pytest.mark.parametrize("line", KEPT)
def test_a_sentence_of_the_article_is_kept_wherever_it_stands(line):
    assert line in clean_text(f"{line}\n\n{BODY}")
    assert line in clean_text(f"{BODY}\n\n{line}\n\n{LAST}")
    assert line in clean_text(f"{BODY}\n\n{line}")


def test_crumbs_above_the_text_go_and_a_date_before_the_first_sentence_goes_without_it():
    assert clean_text(f" date 2025-12-05 By Asha Name\n\n{BODY}") == BODY
    assert clean_text(f" date 2025-12-05 {BODY}") == BODY
    assert clean_text(f"By Asha Name\nUpdated: Dec 5, 2025 14:30 IST\n3 min read\n\n{BODY}") == BODY
    assert clean_text(f"2025-12-05 by Asha Name\n{BODY}") == BODY


def test_in_a_text_without_paragraphs_a_marked_headline_and_a_closing_disclaimer_go():
    remark = (
        "(The above story is verified and authored by staff. It has (many) offices. The views appearing in the above \
post do not reflect ours)"
    )
    flat = " ".join(BODY.split())
    assert clean_text(f"{flat} Also Read | Minister Opens New Port Terminal Today. {LAST} {remark}") == f"{flat} {LAST}"


def test_a_sentence_after_also_read_that_is_no_headline_stays():
    flat = " ".join(BODY.split())
    text = f"{flat} Also Read | the pact was signed by both ministers on a cold and rainy friday. {LAST}"
    assert clean_text(text) == text


def test_where_too_much_would_go_nothing_goes():
    text = "Short news.\n\nDisclaimer: this line is much longer than the news that stands above it.\n\nTags: a, b, c"
    assert clean_text(text) == text


def test_blank_lines_collapse():
    assert clean_text(f"{BODY}\n\n\n\n \n\t\n{LAST}\n\n") == f"{BODY}\n\n{LAST}"


LINES = st.sampled_from(
    [*DROPPED_ANYWHERE, *DROPPED_AT_THE_END, *KEPT, BODY, LAST, "", "date 2025-12-05 ", "By A. Name", ")"]
)


@given(st.one_of(st.lists(LINES, max_size=15).map("\n".join), st.lists(LINES, max_size=8).map(" ".join), st.text()))
def test_cleaning_twice_is_cleaning_once_and_never_takes_more_than_its_share(text: str):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert len(cleaned) >= 0.59 * len(" ".join(text.split())) - text.count("\n") or cleaned == text


def test_a_closing_bracket_that_speaks_of_the_text_itself_is_dropped_and_one_that_tells_news_is_kept() -> None:
    body = "The ministries signed the pact on Friday, and named a working group that is to meet once a year. " * 4
    remark = (
        "(This report was made and checked by the desk of Doab Media Service. Opinions in it are not the Mirror's.)"
    )
    news = "(The report of the ministry lists forty clinics.)"

    assert clean_text(f"{body}\n\n{remark}") == body.strip()
    assert clean_text(f"{body}\n\n{news}").endswith(news)
