"""The scraper at a site that misbehaves, in a process of its own: `… DATABASE_URL GET_SECONDS`.

As light as the command line's own door: the children that read import this file too, and would carry what it imports.
"""

from __future__ import annotations

import sys


def main() -> None:
    import asyncio

    from tests.live.scraper.nasty_house import scrape_until_stopped

    asyncio.run(scrape_until_stopped(sys.argv[1], float(sys.argv[2])))


if __name__ == "__main__":
    main()
