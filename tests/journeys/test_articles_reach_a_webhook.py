"""Five damaged articles, from an RSS feed to a signed webhook: each alert once, whatever is started again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import yaml
from standardwebhooks import Webhook

from services.cli.engines.datadir import DataDir
from tests.journeys.house import House, Page, Receiver, Site, moment, page_of, stopped_at_the_end

pytestmark = pytest.mark.live

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Expected:
    """What must come of one article."""

    page: Page
    agreements: tuple[str, ...]
    absent: tuple[str, ...]


def expected_of(folder: Path) -> list[Expected]:
    own = folder / "expected.yaml"
    table = yaml.safe_load((own if own.exists() else DATA / "seeds_expected.yaml").read_text(encoding="utf-8"))
    found = []
    for file in sorted(folder.glob("*.txt")):
        [key] = [key for key in table if file.name.startswith(key)]
        published = moment(days_ago=300)
        found.append(Expected(page_of(file, published), tuple(table[key]["agreements"]), tuple(table[key]["absent"])))
    return found


async def stored_texts(house: House) -> dict[str, str]:
    running = DataDir(house.data).find()
    assert running is not None
    connection = await asyncpg.connect(running.database_url)
    rows = await connection.fetch("SELECT url, text FROM articles")
    await connection.close()
    return {row["url"]: row["text"] for row in rows}


async def test_five_articles_alert_once_through_restarts_and_replicas(
    tmp_path: Path, site: Site, receiver: Receiver, articles_folder: Path
) -> None:
    articles = expected_of(articles_folder)
    assert len(articles) == 5
    site.pages.extend(article.page for article in articles)
    house = House(tmp_path / "house")
    names = {name for article in articles for name in article.agreements}

    with stopped_at_the_end(house.up()) as running:
        secrets = {}
        for name in sorted(names):
            view = house.json("subscribe", "add", "--agreement", name, "--channel", f"webhook:{receiver.url}")
            secrets[view["rule_name"]] = (name, view["secret"])
        house.run("source", "add", "Courier", f"{site.url}/feed.xml", "--alert-since", "all", "--every", "1")
        rule_of = {name: rule for rule, (name, _) in secrets.items()}
        must_come = {
            (rule_of[name], f"{site.url}/articles/{article.page.slug}")
            for article in articles
            for name in article.agreements
        }
        posts = receiver.wait_for(must_come)
        texts = await stored_texts(house)

        for article in articles:
            text = texts[f"{site.url}/articles/{article.page.slug}"]
            assert text.strip()
            for phrase in article.absent:
                assert phrase not in text
        for post in posts:
            agreement, secret = secrets[post.data["rule"]]
            assert Webhook(secret).verify(post.body, post.headers)
            assert post.data["agreement"] == agreement
            assert post.data["evidence"].strip()
            assert post.data["article"]["source"] == "Courier"
            assert post.data["why_url"].endswith(f"/alerts/{post.data['alert_id']}")
        assert running.stop() == 0

    with stopped_at_the_end(house.up()) as again:
        replicas = [house.start("serve", name) for name in ("classifier", "classifier", "notifier", "notifier")]
        for name, replica in zip(("classifier", "classifier", "notifier", "notifier"), replicas, strict=True):
            replica.wait_for_line(f"{name} ready")
        fresh = Page("fresh", "India and Russia sign a new protocol on RELOS", FRESH, moment())
        site.pages.append(fresh)
        if "relos" in names:
            receiver.wait_for({(rule_of["relos"], f"{site.url}/articles/fresh")})
        for replica in replicas:
            assert replica.stop() == 0
        assert again.stop() == 0

    ids = [post.webhook_id for post in receiver.posts]
    assert len(ids) == len(set(ids))
    whats = [post.what for post in receiver.posts]
    assert len(whats) == len(set(whats))


FRESH = (
    (
        "NEW DELHI: India and Russia today signed a protocol to RELOS, the Reciprocal Exchange of Logistics Support "
        "agreement between the two countries, officials of the Indian Ministry of Defence said."
    ),
    "The protocol names the Russian and Indian ports where warships of both navies may refuel.",
)
