"""Who reported an article and from where: the news agency it credits, and its dateline. Both stay in the text.

Agencies are a table: a name of ours, and how it is written as a credit. A name in the middle of a sentence ("he told
ANI") is no credit; a credit stands in brackets, between slashes, after a dash, alone on a line, or as the author.
"""

from __future__ import annotations

import regex

_AGENCIES: tuple[tuple[str, str], ...] = (
    ("ANI", r"ANI|Asian News International|एएनआई|एएनआइ|АНИ"),
    ("PTI", r"PTI|Press Trust of India|पीटीआई|पीटीआइ"),
    ("PTI Bhasha", r"भाषा|PTI[- ]Bhasha|Bhasha"),
    ("IANS", r"IANS(?:life)?|Indo-Asian News Service|आईएएनएस|आइएएनएस"),
    ("UNI", r"UNI|United News of India|यूएनआई|यूनीआई"),
    ("UNI Varta", r"वार्ता|यूनीवार्ता|Univarta|UNI[- ]Varta"),
    ("Hindusthan Samachar", r"Hindusthan Samachar|हिन्दुस्थान समाचार|हिंदुस्थान समाचार"),
    ("TASS", r"TASS|ITAR-TASS|ТАСС|ИТАР-ТАСС|तास"),
    ("RIA Novosti", r"RIA Novosti|RIA|РИА Новости|РИА «Новости»|रिया नोवोस्ती"),
    ("Sputnik", r"Sputnik(?: India| News)?|स्पूतनिक|Спутник"),
    ("Interfax", r"Interfax|INTERFAX\.RU|Интерфакс|ИНТЕРФАКС"),
    ("Prime", r"ПРАЙМ|PRIME"),
    ("Regnum", r"REGNUM|ИА Регнум"),
    ("Rossiya Segodnya", r"МИА «Россия сегодня»|Rossiya Segodnya"),
    ("Reuters", r"Reuters|REUTERS|Рейтер|रॉयटर्स|रायटर"),
    ("AFP", r"AFP|Agence France-Presse|एएफपी"),
    ("AP", r"AP|Associated Press|एपी"),
    ("Bloomberg", r"Bloomberg|Блумберг|ब्लूमबर्ग"),
    ("Xinhua", r"Xinhua|Синьхуа|शिन्हुआ"),
    ("dpa", r"dpa"),
    ("BelTA", r"BelTA|БЕЛТА|БелТА"),
    ("Kazinform", r"Kazinform|Казинформ"),
)
_NAME = "|".join(f"(?P<a{number}>{spellings})" for number, (_, spellings) in enumerate(_AGENCIES))
_START_CHARACTERS = 200  # a dateline and its credit; further on, "(AP)" may be Andhra Pradesh
_LAST_LINES = 3
_DATELINE_CHARACTERS = 120
_EDGE = r"(?![\p{L}\p{M}\p{N}])"
# In the opening: "… (ANI):", "/TASS/", "— РИА Новости.", "- INTERFAX.RU", "ТАСС, 5 декабря", "(PTI) …".
_IN_OPENING = regex.compile(
    rf"[(/\[]\s*(?:{_NAME})(?:\s*[/,&+][^)/\]\n]{{0,30}})?\s*[)/\]]|(?:^|[—–-]\s*|(?<=^.{{5,40}}\.)\s)(?:{_NAME}){_EDGE}\s*(?:[.,:—–/-]|$)"
)
# At the end: "(ANI)", "PTI AB CD", "— IANS", "ANI", "भाषा राजकुमार", "Based on ANI report", "Source: TASS".
_AT_END = regex.compile(
    rf"[(/\[]\s*(?:{_NAME})(?:[ /,&+][^)/\]\n]{{0,30}})?\s*[)/\]]\W*$"
    rf"|^\W*(?:{_NAME})(?:/[\p{{L}}/]{{1,20}}|(?:\s+[\p{{Lu}}]{{2,5}}){{1,6}}|\s+[\p{{Devanagari}}]+(?:\s+[\p{{Devanagari}}]+)?)?\W*$"
    rf"|[—–-]\s*(?:{_NAME})\W*$"
    rf"|^\W*(?i:based on (?:an? |the )?)(?:{_NAME}){_EDGE}(?i:['’]?s? (?:report|story|copy|inputs?))?\W*$"
    rf"|^\W*(?i:source|courtesy|credit|источник|स्रोत|with inputs? from|inputs? from|по материалам|по данным)\W+"
    rf"(?:{_NAME}){_EDGE}"
)
_INPUTS = regex.compile(rf"(?i:inputs? (?:from|by)|with|с использованием материалов)\W+(?:{_NAME}){_EDGE}")
_WHOLE_NAME = regex.compile(rf"\W*(?i:by\s+|by:\s*)?(?:{_NAME})(?:\s+(?i:news|desk|feed|agency|bureau))?\W*")

_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?|"
    r"(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-яё]*|"
    r"(?:янв|фев|февр|мар|апр|июн|июл|авг|сен|сент|окт|ноя|нояб|дек)\.?|"
    r"जनवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर"
)
_DAY = rf"(?:(?:\d{{1,2}}|[\p{{Devanagari}}]+)\s+(?:{_MONTHS})|(?:{_MONTHS})\s+\d{{1,2}})(?:,?\s+\d{{4}})?"
_PLACE = r"[\p{Lu}\p{Lo}][\p{L}\p{M}.'’\-]*(?:[ /][\p{Lu}\p{Lo}\[(][\p{L}\p{M}.'’\-\])]*){0,4}"
_DATED = regex.compile(rf"(?P<line>(?:{_PLACE})(?:,\s*{_PLACE}){{0,2}}[,.]?\s+(?i:{_DAY}))(?=\s*[.,:(/\[—–-]|\s+[(/])")
_CAPITALS = regex.compile(
    r"(?P<line>\p{Lu}{2}[\p{Lu} .'’\-]{1,40}\p{Lu}(?:,\s*[\p{Lu}][\p{L}.]+)?)\s*(?:[:—–]|-\s|[(/])"
)
_WITH_AGENCY = regex.compile(rf"(?P<line>{_PLACE})\s*[(/]\s*(?:{_NAME})\s*[)/]\s*[:.—–-]?")


def agency_of(text: str, *, author: str = "", dropped: tuple[str, ...] = ()) -> str:
    """Return the agency that an article credits, by our name for it; empty without a credit.

    Looked for in the opening, the last lines, the author, and the notices that were taken off the text, in this order.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return ""
    found = _IN_OPENING.search(text[:_START_CHARACTERS].partition("\n\n")[0])
    for line in [] if found else reversed(lines[-_LAST_LINES:]):
        found = found or _AT_END.search(line)
    found = found or _WHOLE_NAME.fullmatch(author)
    for line in [] if found else dropped:
        found = found or _AT_END.search(line) or _INPUTS.search(line)
    return _name_of(found)


def _name_of(found: regex.Match[str] | None) -> str:
    if found is None:
        return ""
    numbers = (int(key[1:]) for key, value in found.groupdict().items() if value and key[0] == "a")
    return next((_AGENCIES[number][0] for number in numbers), "")


def dateline_of(text: str) -> str:
    """Return the place, and the day if it is given, that stand before the first sentence; empty without them."""
    start = text[:_DATELINE_CHARACTERS].lstrip()
    found = _DATED.match(start) or _CAPITALS.match(start) or _WITH_AGENCY.match(start)
    return " ".join(found.group("line").split()).strip(" .,:—–-") if found else ""
