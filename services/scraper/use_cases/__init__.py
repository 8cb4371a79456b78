"""What the scraper does: look at sources, then read the pages of what is new."""
