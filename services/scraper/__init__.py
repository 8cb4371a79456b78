"""The scraper: looks at sources, keeps what is new, announces each article once."""
