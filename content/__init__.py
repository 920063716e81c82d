"""Words and files of any page: typography, rich text, languages, addresses, alphabetical order; `media` for files."""
