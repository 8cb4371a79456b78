"""Article extraction: our own reading beside its peers, on public pages with their true text."""
