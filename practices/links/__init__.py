"""The web addresses that the catalogue links to: how each is asked, and when."""
