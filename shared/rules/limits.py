"""How big a rule may be. Rules are strangers' input: whatever one asks of an article has a bound.

The work of one query on one article is at most in proportion to the words of the query (those of its lists among
them) times the words of the article: a phrase passes each place of the text once for each of its words, a list once
for each member, and NEAR takes its places in order. No limit depends on the text.
"""

from __future__ import annotations

MAX_QUERY_CHARS = 2000  # five times the longest rule seen in comparable tools; a message still fits a screen
MAX_DEPTH = 50  # parentheses and NOTs inside each other; nobody reads ten
MAX_CLAUSES = 200  # longer enumerations are lists
MAX_PHRASE_WORDS = 40  # the longest official name of an agreement has 25
MAX_NEAR_WORDS = 100  # a paragraph; wider than that, AND says the same
MIN_PREFIX_LETTERS = 3  # with two, a word in twenty begins so
MAX_LIST_MEMBERS = 500  # both houses' committees; a rule may name several lists
MAX_LIST_WORDS = 5_000  # of all lists that one query names, together
