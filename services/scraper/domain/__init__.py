"""What the scraper decides: when to look again, what is new, what becomes of an entry whose page fails. Pure."""
