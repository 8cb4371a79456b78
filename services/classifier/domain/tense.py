"""Whether a stage word reports, expects or denies: the words around it decide, by the grammar of its language."""

from __future__ import annotations

from services.classifier.domain.line import CueHit, Hit, Line
from services.classifier.domain.reading import Reading
from shared.contracts.verdict import Tense

BASE_REACH, PARTICIPLE_REACH, NOUN_REACH, NOUN_AFTER_REACH = 4, 6, 8, 9  # tokens
DENIAL_REACH, DENIAL_VERB_REACH = 4, 12
_BREAKS = frozenset(",;:—–()!?।")
_PARTICIPLES = frozenset("held met sent put got inked flown cleared done".split())
_NOUNS = frozenset(
    "signature ratification approval nod vote talks negotiations discussions meeting session round delivery deliveries "
    "shipment consignment launch announcement adoption agreement visit law bill plenary".split()
)
_HINDRANCES = ("obstacl", "hurdle", "barrier", "objection", "doubt", "reason", "delay", "further")
_DENIAL_VERBS = ("deni", "deny", "refut", "reject", "опроверг", "отрица")
_DETERMINERS = frozenset("the a an its their this that".split())
_BE = frozenset({"be", "get", "been"})
# Hindi verbs of the future by their folded endings; of "to be" only whole words (रोगी is a patient).
_HINDI_FUTURE_ENDINGS = ("ेगा", "ेगी", "ेंगे", "ेंगी", "एगा", "एगी", "एंगे", "एंगी", "ऊंगा", "ूंगा")
_HINDI_WILL_BE = frozenset("होगा होगी होंगे होंगी".split())
_HINDI_DUE_VERBS = frozenset(  # "हस्ताक्षर होने हैं", "बैठक होनी है", "किए जाने वाले"
    "होने करने जाने होनी होना करनी करना जानी जाना मिलनी मिलना आनी आना".split()
)
_HINDI_DUE = frozenset("है हैं वाला वाले वाली थे था".split())
HINDI_FUTURE_REACH = 6
NOUN_MODAL_REACH = 2
HINDI_TITLE_REACH = 6  # a headline turns the order: "मई तक आएगी चौथी खेप"
RUSSIAN_NOUN_REACH = 12  # "подписание соглашения о … между Россией и Индией ожидается"
_RUSSIAN_NOUN_ENDINGS = (
    "ние",
    "ния",
    "нию",
    "нием",
    "нии",
    "тие",
    "тия",
    "тию",
    "ции",
    "ция",
    "цию",
    "ка",
    "ки",
    "ку",
    "ий",
    "ям",
)
_RUSSIAN_NOUNS = ("запуск", "пуск", "старт", "ввод", "вывод", "выпуск", "перевоз")
_GOODS_HI = ("खेप", "आपूर्ति", "डिलीवरी", "स्क्वाड्रन")
_GOODS = frozenset("delivery deliveries shipment shipments batch consignment consignments".split())
BY_REACH = 4
_COMINGS = frozenset({"meeting", "session", "summit", "plenary"})
_ARRIVES = ("arriv", "land", "came", "flew", "come")
_VOTES = ("मतदान", "वोटिंग", "वोट", "голосовани")
_VOTED_HI = ("किया", "हुआ", "हुई", "दिया", "डाले", "कराया", "कर")
_VOTED = ("прошл", "состоял", "провел", "итог", "результат")
SUBJECT_REACH = 16
VOTE_REACH = 4
_MEETINGS_HI = ("बैठक", "मीटिंग", "सत्र", "सेशन", "वार्ता")
_INFINITIVES = ("ать", "ять", "ить", "еть", "уть", "аться", "яться", "иться", "еться", "сти", "зти")
_BEGUN = ("начал", "начин", "приступ", "продолж", "стал", "закончил", "завершил", "успел", "удал")  # "начали строить"
_LIKE_INFINITIVES = frozenset("сеть печать мощности".split())


def tense_of(reading: Reading, line: Line, cue: CueHit) -> Tense:
    """The tense of a cue, found in the words of its own clause."""
    word = reading.tokens[cue.first].folded
    if word >= "\u0900":
        return _hindi(reading, line, cue)
    if _denied(reading, line, cue):
        return "denied"
    if cue.expected:
        return "expected"
    awaited = _russian(reading, line, cue, word) if word >= "\u0400" else _english(reading, line, cue, word)
    return "expected" if awaited else "reported"


def _denied(reading: Reading, line: Line, cue: Hit) -> bool:
    """A particle denies its own verb; "no" and the verbs of denial reach over the whole phrase they govern."""
    for frame in line.frames.get("denied", ()):
        word = reading.tokens[frame.first].folded
        if word == "denis":  # Manturov's first name has the stem of "denies"
            continue
        if word == "no" and reading.tokens[frame.last + 1].folded.startswith(_HINDRANCES):
            continue  # "no obstacles to the signing" promises it
        reach = DENIAL_VERB_REACH if word.startswith(_DENIAL_VERBS) or word == "no" else DENIAL_REACH
        if 0 < cue.first - frame.last <= reach and _unbroken(reading, frame.last, cue.first):
            return True
    return False


def _english(reading: Reading, line: Line, cue: Hit, word: str) -> bool:
    if word == "vote" or _after_to(reading, line, cue):
        return True  # "a vote on Tuesday" is to come; "voted" has happened
    if _is_noun_to_come(reading, line, cue, word):
        return True
    if word in _NOUNS or word.endswith("ing"):
        return _within(reading, line, "awaited", cue, before=NOUN_REACH, after=NOUN_AFTER_REACH) or _within(
            reading, line, "modal", cue, after=NOUN_MODAL_REACH
        )  # "the signing may come", "whose signature will complete it"
    if word in _PARTICIPLES or word.endswith("ed"):
        near = range(max(line.first, cue.first - 3), cue.first)
        if not any(reading.tokens[index].folded in _BE for index in near):
            return False
        return _within(reading, line, "modal", cue, before=PARTICIPLE_REACH) or _within(
            reading, line, "awaited", cue, before=PARTICIPLE_REACH
        )
    return _within(reading, line, "modal", cue, before=BASE_REACH) or _within(
        reading, line, "awaited", cue, before=BASE_REACH
    )


def _is_noun_to_come(reading: Reading, line: Line, cue: Hit, word: str) -> bool:
    """Whether a noun alone tells of what is to come: "fourth batch by May", "arrived for the 22nd meeting"."""
    if word in _GOODS:
        return _is_by(reading, line, cue, "by")
    return word in _COMINGS and _after_for(reading, line, cue)


def _after_for(reading: Reading, line: Line, cue: Hit) -> bool:
    words = [reading.tokens[index].folded for index in range(line.first, cue.first)]
    return "for" in words[-4:] and any(word.startswith(_ARRIVES) for word in words)


def _after_to(reading: Reading, line: Line, cue: Hit) -> bool:
    """An infinitive has not happened: "to sign", "to be signed", "to soon sign"."""
    near = [reading.tokens[index].folded for index in range(max(line.first, cue.first - 3), cue.first)]
    if "to" not in near:
        return False
    between = near[near.index("to") + 1 :]
    if any(word in _DETERMINERS for word in between):
        return False  # "their signatures to the terms of reference"
    return len(between) <= 1 or any(word in _BE for word in between)


def _russian(reading: Reading, line: Line, cue: Hit, word: str) -> bool:
    if word.startswith("рассмотр"):
        return True  # what is considered is not decided
    if _is_vote_to_come(reading, line, cue, _VOTED):
        return True
    if word.endswith(_INFINITIVES) and word not in _LIKE_INFINITIVES:
        before = reading.tokens[max(line.first, cue.first - 2) : cue.first]
        return not any(token.folded.startswith(_BEGUN) for token in before)
    noun = word.endswith(_RUSSIAN_NOUN_ENDINGS) or word.startswith(_RUSSIAN_NOUNS)
    if noun and cue.first == line.first and _is_awaited_subject(reading, line, cue):
        return True
    return _within(reading, line, "awaited", cue, before=6 if noun else 4, after=RUSSIAN_NOUN_REACH if noun else 2)


def _hindi(reading: Reading, line: Line, cue: CueHit) -> Tense:
    if _within(reading, line, "denied", cue, after=4):
        return "denied"
    if _is_vote_to_come(reading, line, cue, _VOTED_HI) or _is_purpose(reading, line, cue):
        return "expected"
    if reading.tokens[cue.first].folded.startswith(_GOODS_HI) and _is_by(reading, line, cue, "तक"):
        return "expected"
    if cue.expected or _hindi_future(reading, line, cue) or _within(reading, line, "future_hi", cue, after=5):
        return "expected"
    return "expected" if _within(reading, line, "awaited", cue, before=2, after=3) else "reported"


def _is_awaited_subject(reading: Reading, line: Line, cue: Hit) -> bool:
    """Whether a noun that opens the sentence is awaited, whatever dashes stand in it: "Запуск А — Б планируется"."""
    return any(
        0 < frame.first - cue.last <= SUBJECT_REACH
        and "," not in reading.text[reading.tokens[cue.last].end : reading.tokens[frame.first].start]
        for frame in line.frames.get("awaited", ())
    )


def _is_vote_to_come(reading: Reading, line: Line, cue: Hit, done: tuple[str, ...]) -> bool:
    """A vote is told of before it is held, unless a word says that it was: "आज मतदान", "голосование пройдёт"."""
    if not reading.tokens[cue.first].folded.startswith(_VOTES):
        return False
    near = reading.tokens[max(line.first, cue.first - VOTE_REACH) : min(line.last, cue.last + 1 + VOTE_REACH)]
    return not any(token.folded.startswith(done) for token in near)


def _is_by(reading: Reading, line: Line, cue: Hit, word: str) -> bool:
    """Whether a term is set for what the noun names, and no verb says that it has come."""
    after = reading.tokens[cue.last + 1 : min(line.last, cue.last + 1 + BY_REACH)]
    return any(token.folded == word for token in after)


def _is_purpose(reading: Reading, line: Line, cue: Hit) -> bool:
    """Who comes for a meeting has not held it: "22वीं बैठक के लिए पहुंचे"."""
    after = [token.folded for token in reading.tokens[cue.last + 1 : min(line.last, cue.last + 3)]]
    return reading.tokens[cue.first].folded.startswith(_MEETINGS_HI) and after == ["के", "लिए"]


def _hindi_future(reading: Reading, line: Line, cue: Hit) -> bool:
    """Whether a verb after the cue stands in the future or says that the thing is due."""
    for index in range(cue.last + 1, min(line.last, cue.last + 1 + HINDI_FUTURE_REACH)):
        if not _unbroken(reading, index - 1, index):
            return False
        word = reading.tokens[index].folded
        if word in _HINDI_WILL_BE or word.endswith(_HINDI_FUTURE_ENDINGS):
            return True
        following = reading.tokens[index + 1].folded if index + 1 < line.last else ""
        if word in _HINDI_DUE_VERBS and following in _HINDI_DUE:
            return True
    if not line.in_title:
        return False
    before = range(max(line.first, cue.first - HINDI_TITLE_REACH), cue.first)
    return any(
        reading.tokens[index].folded.endswith(_HINDI_FUTURE_ENDINGS) and _unbroken(reading, index, cue.first)
        for index in before
    )


def _within(reading: Reading, line: Line, kind: str, cue: Hit, *, before: int = 0, after: int = 0) -> bool:
    """Whether a frame word stands in reach of the cue, in the same clause."""
    for frame in line.frames.get(kind, ()):
        if 0 < cue.first - frame.last <= before and _unbroken(reading, frame.last, cue.first):
            return True
        if 0 < frame.first - cue.last <= after and _unbroken(reading, cue.last, frame.first):
            return True
    return False


def _unbroken(reading: Reading, left: int, right: int) -> bool:
    between = reading.text[reading.tokens[left].end : reading.tokens[right].start]
    return not any(mark in between for mark in _BREAKS)


def unbroken(reading: Reading, left: int, right: int) -> bool:
    """Whether no mark divides two words, given by their tokens in the order of the text."""
    return _unbroken(reading, left, right)


def within(reading: Reading, line: Line, kind: str, cue: Hit, *, before: int = 0, after: int = 0) -> bool:
    """The same question for other readers of the frame words."""
    return _within(reading, line, kind, cue, before=before, after=after)
