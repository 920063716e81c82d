"""Keeping the site alive: health, checks, backups, retention, caches, throttling, logs."""
