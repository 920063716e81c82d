"""Copies of the whole site, and how they come back."""
