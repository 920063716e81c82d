"""The commands that send, read what comes back, and carry readers as CSV."""
