"""The life of a proposal: written, confirmed, reviewed, made into a practice."""
