"""Who receives the letter: consent, saved searches, and how readers travel as CSV."""
