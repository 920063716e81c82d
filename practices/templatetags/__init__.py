"""Tags of the public pages of the catalogue."""
