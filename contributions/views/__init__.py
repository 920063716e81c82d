"""The public pages of proposals, reports and updates."""
