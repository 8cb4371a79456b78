"""Items at one address: each an article of its own where many share it, and known for ever by what it was known by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.scraper.domain.shared_address import Item, addresses_of, all_spellings, is_of_shared_address

NOTICES = "mea.example/notices"


def notices(*titles: str, guid: bool = False) -> list[Item]:
    return [Item(NOTICES, title, f"id of {title}" if guid else "") for title in titles]


def test_three_headlines_at_one_address_are_three_articles():
    items = notices("One", "Two", "Three")
    addresses = addresses_of(items, {})
    assert len(set(addresses)) == 3
    assert all(map(is_of_shared_address, addresses, items))
    assert set(addresses_of(items[::-1], {})) == set(addresses)


def test_two_headlines_with_an_id_for_each_are_two_articles():
    assert len(set(addresses_of(notices("One", "Two", guid=True), {}))) == 2


def test_an_article_and_its_update_at_one_address_are_one_article():
    items = notices("Summit: live", "Summit ends: live")
    assert addresses_of(items, {}) == [NOTICES, NOTICES]


def test_what_was_known_by_its_own_address_stays_so_when_the_others_roll_off():
    items = notices("One", "Two", "Three", guid=True)
    before = dict(zip(addresses_of(items, {}), ("One", "Two", "Three"), strict=True))
    for left in (items[1:], items[2:]):
        assert set(addresses_of(left, before)) <= set(before)


def test_an_address_that_was_one_articles_stays_its_own_when_others_come_to_it():
    items = notices("One", "Two", "Three")
    addresses = addresses_of(items, {NOTICES: "One"})
    assert addresses[0] == NOTICES
    assert len(set(addresses)) == 3


def test_a_headline_that_is_mended_is_the_same_item_where_it_has_an_id():
    items = notices("Notise 1", "Notise 2", "Notise 3", guid=True)
    mended = [Item(item.canonical, item.title.replace("Notise", "Notice"), item.guid) for item in items]
    assert addresses_of(mended, {}) == addresses_of(items, {})


def test_an_id_that_two_items_share_tells_nothing():
    items = [Item(NOTICES, title, "same") for title in ("One", "Two", "Three")]
    assert len(set(addresses_of(items, {}))) == 3


ADDRESSES = st.sampled_from(["a.example/1", "a.example/2"])
ITEMS = st.lists(st.builds(Item, ADDRESSES, st.text("xyz ", max_size=3), st.text("12", max_size=2)), max_size=8)


@given(ITEMS, st.data())
def test_whatever_rolls_off_an_item_known_by_a_key_stays_known_by_it(items: list[Item], data: st.DataObject):
    addresses = addresses_of(items, {})
    known: dict[str, str] = {}
    for address, item in zip(addresses, items, strict=True):
        known.setdefault(address, item.title)
    assert set(known) <= set(all_spellings(items))
    left = [item for item, address in zip(items, addresses, strict=True) if "#" in address and data.draw(st.booleans())]
    assert set(addresses_of(left, known)) <= set(known)
