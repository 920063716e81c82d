"""What `manage.py` does for the catalogue."""
