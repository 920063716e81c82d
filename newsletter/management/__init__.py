"""What `manage.py` does for the newsletter."""
