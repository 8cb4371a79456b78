"""The words around an article taken out of its text: "also read" lines, disclaimers, calls to follow and subscribe.

Pure. Careful by construction: whole lines of known shapes go, and remarks that end the text; out of the middle of a
paragraph only a headline marked `Also Read |` goes. Where more than 40 % would go, the original is returned.
Kept on purpose: agency marks such as "(ANI)", datelines, and "Based on ANI report", which say who reports.
Dropped on purpose: "(With inputs from …)" in all its variants, since it says nothing of the matter.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import regex

from services.scraper.parsing.markup import tidy_lines
from shared.kit.text import clip

MOST_DROPPED = 0.4  # more than this, and the patterns have met something they do not know
_LONGEST_NOTICE_CHARACTERS = 900  # ANI's disclaimer, the longest in the field, has 520
_LONGEST_TEASER_CHARACTERS = 300
_MOST_PASSES = 10  # what needs more was written to need more
_LEADING_LINES = 6  # crumbs stand above the text, within a handful of lines
_MOST_SHOWN = 20
_SHOWN_CHARACTERS = 200
_HEADLINE_SHARE = 0.7  # of the longer words begin with a capital in an English headline


def _any_of(lines: str) -> regex.Pattern[str]:
    """Return a pattern that matches at the start of a line any of the alternatives, one a line, case-blind."""
    alternatives = "|".join(unicodedata.normalize("NFC", line.strip()) for line in lines.strip().splitlines())
    return regex.compile(f"(?:{alternatives})", regex.IGNORECASE)


# Links to other stories; the rest of the line is another story's headline.
_TEASER = _any_of(r"""
    [»>▶►●•*\-\[\s]*(?:also[ ]read|read[ ]also|also[ ]see|see[ ]also|also[ ]watch|must[ ]read|read[ ]next|read[ ]more|related(?:[ ](?:stories|story|news|articles?|links?|posts?|coverage))?|recommended(?:[ ](?:stories|for[ ]you|reading))?|you[ ]may[ ]also[ ]like|more[ ]from[ ]this[ ]section|more[ ]stories|don't[ ]miss|in[ ]case[ ]you[ ]missed[ ]it|trending(?:[ ](?:now|stories|news))?|watch(?:[ ](?:now|video|live|this))?|read[ ](?:the[ ])?full[ ]story(?:[ ]here)?)\s*\]?\s*(?:[|:–—»>\-]\s|[|:–—»>\-]?$)
    [»>▶►●•*\-\[\s]*(?:читайте[ ]также|читать[ ]также|также[ ]читайте|читайте[ ]ещ[её]|смотрите[ ]также|см\.[ ]также|ещ[её][ ]по[ ]теме|материалы[ ]по[ ]теме|новости[ ]по[ ]теме)(?:\W|$)
    [»>▶►●•*\-\[\s]*(?:по[ ]теме|подробнее|читать[ ]далее|читать[ ]полностью|другие[ ]новости|главное[ ]за[ ]день)\s*(?:[|:–—»>\-]\s|[|:–—»>\-.…]*$)
    [»>▶►●•*\-\[\s]*(?:यह|ये|इसे|इन्हें|यहां|यहाँ)[ ]भी[ ](?:पढ़ें|पढ़े|पढें|पढे|देखें|जानें)
    [»>▶►●•*\-\[\s]*(?:संबंधित[ ](?:खबरें|खबर|समाचार)|और[ ]पढ़ें|आगे[ ]पढ़ें)\s*(?:[|:–—»>\-]|$)
""")  # noqa: E501
# Lines that no article says of itself, wherever they stand.
_NOTICE = _any_of(r"""
    [(\[*_\s]*(?:the|this)[ ](?:above[ ])?(?:story|article|report|news|copy|content|post|news[ ]item)\b[^.]{0,60}?\b(?:is|was|has[ ]been)[ ](?:verified[ ]and[ ]authored|auto-?[ ]?generated|automatically[ ]generated|(?:published|sourced|taken|received|provided|generated|syndicated)\b(?=[^\n]{0,300}\b(?:feeds?|syndicated|unedited|wire|third[- ]party|our[ ]staff|editorial[ ]team|without[ ](?:any[ ])?(?:edit|modif))))
    [(\[*_\s]*(?:the|this)[ ](?:above[ ])?(?:story|article|report|news|copy|content|post|news[ ]item)\b[^.]{0,60}?\b(?:(?:has|have|was|is)[ ]not[ ](?:been[ ])?(?:edited|created|written|modified)(?:[ ](?:or|and)[ ]\w+)?[ ]by[ ](?:\w+[ ]){0,4}(?:staff|team|editors?|desk|us\b|our\b|and[ ](?:is|has)[ ](?:auto|been[ ](?:auto|pub|gen)|pub|gen)))
    [(\[*_\s]*the[ ]post\b.{5,300}\bappeared[ ]first[ ]on\b
    [(\[*_\s]*(?:this|the)[ ](?:story[ ]|article[ ]|report[ ])?is[ ]an?[ ](?:unedited[^.]{0,20}\b(?:auto|feed|syndicated)|auto-?generated|syndicated)
    [(\[*_\s]*(?:except[ ]for|only)[ ]the[ ]headline\b
    [(\[*_\s]*(?:legal[ ]|statutory[ ])?disclaimer\s*[:\-–—]
    [(\[*_\s]*(?:the[ ])?(?:views?|opinions?)(?:[ ]and[ ](?:views?|opinions?))?(?:[,]?[ ](?:facts|thoughts)[^.]{0,40})?[ ](?:expressed|appearing|stated)[ ](?:are|here|above|(?:in|within)[ ](?:this|the[ ](?:above|article|post|column|piece))|by[ ]the[ ](?:author|writer|columnist)s?|(?:do|does)[ ]not)\b
    [(\[*_]*\s*(?:with|by)?\s*(?:additional[ ])?(?:agency[ ])?inputs?[ ](?:from|by)\b[^.\n]{0,80}[.)\]*_\s]*$
    [(\[*_]*\s*with[ ](?:agency|agencies|pti|ani|ians|reuters|afp|ap|tass|bureau)[ ]inputs?[.)\]*_\s]*$
    [(\[*_]*\s*(?:с[ ]использованием|при[ ]подготовке)[ ]материал(?:ов|а)\b[^.]{0,80}использован
    [(\[*_\s]*мнение[ ](?:автора|авторов|редакции|экспертов?)\b[^.]{0,60}?(?:не[ ]совпада|не[ ]отража)
    [(\[*_\s]*(?:डिस्क्लेमर|अस्वीकरण)\s*[:\-–—]
    [(\[*_\s]*(?:इस|यह)[ ](?:खबर|ख़बर|समाचार|लेख)[^।]{0,80}(?:संपादित[ ]नहीं|एडिट[ ]नहीं|स्वतः[ ]प्रकाशित|फीड[ ]से)
""")  # noqa: E501
# Calls to the reader, and remnants of the page, wherever they stand as a line of their own.
_CALL = _any_of(r"""
    (?:advertisement|advertorial|sponsored(?:[ ]content)?|реклама|विज्ञापन)\W*$
    (?:story|article)[ ]continues[ ]below\b
    (?:skip|scroll)[ ](?:ad|to[ ]content|past|down[ ]to)\b
    (?:listen[ ]to[ ]this|share[ ](?:this|via|on|article|now)|copy[ ]link|print[ ]this|comments?\W*$|add[ ]a[ ]comment)\b
    (?:please[ ])?follow[ ](?:us|our|@)
    (?:please[ ])?(?:subscribe|sign[ ]up|signup)[ ](?:to|for|now|here|today)\b
    (?:please[ ])?(?:join|like)[ ](?:us[ ]on|our[ ](?:whatsapp|telegram|facebook|channel|page|community|newsletter))
    (?:download|get|install)[ ](?:the|our)[ ][^.]{0,40}\bapp\b
    (?:stay|keep)[ ](?:tuned|updated|connected|informed|ahead)\b[^.]{0,80}\b(?:with|to|on|for)\b
    (?:for|get|catch|read|check[ ]out)[ ](?:all[ ])?(?:of[ ])?(?:the[ ])?(?:more[ ]|live[ ])?(?:latest|breaking|top|live|more)[ ](?:\w+[ ]){0,3}?(?:news|updates|headlines|stories)\b
    (?:catch|read)[ ]all[ ]the[ ][^.]{0,80}\b(?:news|updates)\b
    (?:click|tap)[ ]here\b
    (?:our[ ])?newsletter\W*$
    (?:подписывайтесь|подпишитесь|подписаться[ ](?:на|в))\b
    (?:присоединяйтесь|следите)[ ](?:к|за)[ ](?:нам|нами|наш)
    читайте[ ]нас\b
    (?:нашли|заметили|увидели)[ ](?:ошибку|опечатку)\b
    если[ ]вы[ ](?:нашли|заметили)[ ](?:ошибку|опечатку)\b
    (?:самые[ ])?(?:важные|интересные|главные|свежие|оперативные)[ ](?:и[ ]\w+[ ])?новости\b[^.]{0,80}(?:telegram|телеграм|канал|max|дзен)
    поделиться\W*$
    (?:published|posted|reported|written|edited)[ ]by[ ]?:?[^.]{0,60}\|
    (?:tweet|facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|email|e-mail|print|copy[ ]link|вконтакте|одноклассники|vk|viber|max)(?:[\s|,/·•]+(?:tweet|facebook|twitter|x|whatsapp|telegram|linkedin|pinterest|reddit|email|e-mail|print|copy[ ]link|share|вконтакте|одноклассники|vk|viber|max|поделиться|शेयर))*\W*$
    (?:we|this[ ](?:web)?site|our[ ](?:web)?site)(?:[ ]and[ ]our[ ]partners)?[ ]uses?[ ]cookies\b
    by[ ](?:continuing|clicking|using)[^.]{0,80}\b(?:cookies?|privacy[ ]policy|terms)\b
    (?:accept|reject|allow|decline|manage)(?:[ ]all)?(?:[ ](?:cookies|preferences|settings))?\W*$
    (?:мы[ ]используем|сайт[ ]использует|этот[ ]сайт[ ]использует)[ ](?:файлы[ ])?(?:cookie|куки)
    продолжая[ ](?:использовать|пользоваться|работу)[^.]{0,60}(?:сайт|cookie|куки)
    (?:get|receive)[ ](?:the|our|all[ ]the)[ ][^.]{0,80}\b(?:in|to)[ ]your[ ]inbox\b
    (?:enter|your)[ ](?:your[ ])?e-?mail[ ]address\W*$
    please[ ]enter[ ]a[ ]valid[ ]e-?mail
    (?:शेयर|साझा)[ ]करें\W*$
    (?:हमारे|हमारा)[ ](?:न्यूज़लेटर|न्यूजलेटर)
    (?:हमें|हमसे|हमारे)[ ][^।]{0,60}(?:फॉलो|फ़ॉलो|जुड़|सब्सक्राइब)
    (?:ताज़ा|ताजा|लेटेस्ट|देश[ ](?:और|व)[ ]दुनिया|हिंदी[ ](?:न्यूज़|न्यूज|समाचार))[^।]{0,120}(?:फॉलो|फ़ॉलो|जुड़|सब्सक्राइब|पढ़ें|डाउनलोड)
""")  # noqa: E501
# Lines that may be said in an article too, and go only from its end.
_TAIL = _any_of(r"""
    (?:tags?|topics?|keywords|filed[ ]under|first[ ]published|published[ ](?:on|at|by|date)|last[ ]updated|updated[ ]on|edited[ ]by|posted[ ]by|written[ ]by|reported[ ]by|photo|image|picture)\s*[:|\-–—]
    (?:\(|\[)?\s*(?:edited|reported|written|reporting|editing)[ ]by\b
    (?:the[ ]|this[ ])?(?:material|article|story|text)[ ]is[ ]based[ ]on\b
    (?:©|\(c\)|copyright\s*(?:©|\(c\)|\d{4}|:)|all[ ]rights[ ]reserved|все[ ]права[ ]защищены)
    (?:теги|тэги|ключевые[ ]слова|фото|автор|рубрика|опубликовано|обновлено|редактор)\s*[:|\-–—]
    (?:टैग्स|टैग|फोटो|लेखक)\s*[:|\-–—]
""")  # noqa: E501
# Lines above the text.
_CRUMB = _any_of(r"""
    (?:date\s+)?\d{4}-\d{2}-\d{2}(?:[ ]by(?:[ ][\p{Lu}][\p{L}.'’\-]*){1,5})?\W*$
    date\s+\d{4}-\d{2}-\d{2}[ ]by(?:[ ][\p{Lu}][\p{L}.'’\-]*){1,5}\W*$
    (?:last[ ]|first[ ])?(?:updated|published|posted|modified)(?:[ ](?:on|at))?\s*[:|\-–—][^.]{0,80}\d[^.]{0,40}$
    (?:опубликовано|обновлено|дата[ ]публикации|प्रकाशित|अपडेटेड|पब्लिश्ड)\s*[:|\-–—]?[^.।]{0,80}\d[^.।]{0,40}$
    \d{1,3}[ ](?:min|mins|minute|minutes)[ ]read\W*$
    home\s*[/>»|]
    главная\s*[/>»|]
""")
_BYLINE = regex.compile(
    r"(?i:by|written by|reported by|edited by|автор|текст)\s*[:|]?((?: [\p{Lu}][\p{L}.'’\-]*){1,5})\W*$"
)
_DATE_PREFIX = regex.compile(r"date\s+(\d{4}-\d{2}-\d{2})\s+")
_INLINE_TEASER = regex.compile(r"(?<=[.!?”\"»)]\s)(?i:also read)\s*\|\s*([^|\n.!?]{10,200}[.!?])(?=\s)")
_INLINE_NOTICE = regex.compile(
    r"(?<=[.!?”\"»)]\s)(?:disclaimer\s*:|the views (?:appearing|expressed) in the above)[^\n]{0,900}\Z",
    regex.IGNORECASE,
)
# A bracket that ends the text and speaks of the text itself: who made it, or whose views it is not.
_CLOSING = regex.compile(
    r"""[(\[]\s*(?:the|this)[ ](?:above[ ])?(?:story|article|report|news|copy|content|post|text|item|material)\b
    (?=.*\b(?:staff|agenc(?:y|ies)|desk|news[ ]service|media[ ]service|subscribers|syndicat\w+|editorial|third[- ]party
    |(?:views|opinions)\b.{0,80}\bnot)\b)""",
    regex.IGNORECASE | regex.VERBOSE | regex.DOTALL,
)
_OPENING = {")": "(", "]": "["}


@dataclass(frozen=True)
class Cleaned:
    """An article's own words, and the lines that were taken off them (at most 20, clipped to 200 characters)."""

    text: str
    dropped: tuple[str, ...] = ()


def clean_text(text: str) -> str:
    """Return the article's own words; paragraphs stay apart by a blank line where they were.

    Cleaning twice is cleaning once. Returns the text with only its white space tidied where more than 40 % would go.
    """
    return cleaned(text).text


def cleaned(text: str) -> Cleaned:
    """Return the article's own words as `clean_text` does, and what was taken off."""
    original = tidy_lines(text)
    dropped: list[str] = []
    before, now = original, _one_pass(original, dropped)
    for _ in range(_MOST_PASSES):
        if now == before:
            break
        before, now = now, _one_pass(now, dropped)
    settled = now == before and len(now) >= (1 - MOST_DROPPED) * len(original)
    if not settled:
        return Cleaned(original)
    return Cleaned(now, tuple(clip(line, _SHOWN_CHARACTERS) for line in dropped[:_MOST_SHOWN]))


def _one_pass(text: str, dropped: list[str]) -> str:
    kept: list[str] = []
    for line in text.split("\n"):
        if _is_noise(line):
            dropped.append(line)
        else:
            kept.append(_without_inline_teasers(line, dropped))
    lines = _without_tail(_without_crumbs(kept, dropped), dropped)
    return tidy_lines(_without_closing_remark("\n".join(lines), dropped))


def _matches(pattern: regex.Pattern[str], line: str, longest: int) -> bool:
    return 0 < len(line) <= longest and pattern.match(unicodedata.normalize("NFC", line)) is not None


def _is_noise(line: str) -> bool:
    if not 0 < len(line) <= _LONGEST_NOTICE_CHARACTERS:
        return False
    composed = unicodedata.normalize("NFC", line)
    if _NOTICE.match(composed):
        return True
    return len(line) <= _LONGEST_TEASER_CHARACTERS and bool(_TEASER.match(composed) or _CALL.match(composed))


def _without_inline_teasers(line: str, dropped: list[str]) -> str:
    """Take `Also Read | Some Other Headline.` out of a paragraph, if what follows the bar is written as a headline."""

    def replaced(found: regex.Match[str]) -> str:
        words = [word for word in found.group(1).split() if len(word) > 3 and word[0].isalpha()]
        capitals = sum(word[0].isupper() for word in words)
        if not words or capitals < _HEADLINE_SHARE * len(words):
            return str(found.group(0))
        dropped.append(found.group(0))
        return ""

    return str(_INLINE_TEASER.sub(replaced, line)) if "|" in line else line


def _without_crumbs(lines: list[str], dropped: list[str]) -> list[str]:
    kept = list(lines)
    for position, line in enumerate(lines[:_LEADING_LINES]):
        if _matches(_CRUMB, line, 160) or (len(line) <= 80 and _BYLINE.match(line)):
            kept[position] = ""
            dropped.append(line)
    first = next((position for position, line in enumerate(kept) if line), None)
    prefix = _DATE_PREFIX.match(kept[first]) if first is not None else None
    if first is not None and prefix is not None:
        dropped.append(prefix.group(0).strip())
        kept[first] = kept[first][int(prefix.end()) :]
    return kept


def _without_tail(lines: list[str], dropped: list[str]) -> list[str]:
    kept = list(lines)
    while kept and (not kept[-1] or _matches(_TAIL, kept[-1], _LONGEST_TEASER_CHARACTERS)):
        last = kept.pop()
        if last:
            dropped.append(last)
    return kept


def _without_closing_remark(text: str, dropped: list[str]) -> str:
    """Cut a disclaimer that ends the last paragraph, in brackets or after its own first word."""
    start = _closing_bracket_start(text)
    if start is None or not any(
        _matches(pattern, text[start:], _LONGEST_NOTICE_CHARACTERS) for pattern in (_NOTICE, _CLOSING)
    ):
        found = _INLINE_NOTICE.search(text)
        start = int(found.start()) if found else None
    if start is None:
        return text
    dropped.append(text[start:])
    return text[:start].rstrip()


def _closing_bracket_start(text: str) -> int | None:
    """Return where the bracketed remark that ends the text begins."""
    if text[-1:] not in _OPENING:
        return None
    closing, opening, depth = text[-1], _OPENING[text[-1]], 0
    for back in range(1, min(len(text), _LONGEST_NOTICE_CHARACTERS) + 1):
        sign = text[-back]
        depth += (sign == closing) - (sign == opening)
        if depth == 0:
            return len(text) - back
    return None


def leading_date(text: str) -> str | None:
    """Return the ISO day of a `date 2025-12-05 …` crumb that begins the text, None without one."""
    found = regex.match(r"\s*date\s+(\d{4}-\d{2}-\d{2})\b", text)
    return found.group(1) if found else None
