"""What `manage.py` does to keep the site alive."""
