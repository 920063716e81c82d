"""Full-text search over the items of any model, the same words found on SQLite and on PostgreSQL.

What it does. Text is folded (case, accents, ligatures, typographic apostrophes), then stemmed with Snowball, in Python,
when it is written and when it is asked for, so that FTS5 and GIN hold the same tokens and give the same items. A token
is a stem behind the digit of its tier: where in an item it was found, the first tiers before the others in a list. An
item is found by the pages of the languages that tell a text. The names of vocabulary terms are searched in memory, so
that a renamed term needs no indexing. What was typed is words alone: no operator of a database can be reached.

How to use it. Subclass `index.SearchIndex`: name the model and two tables, and yield the texts of an item; make the
tables in a migration with `create_statements`; call `write` (or `update`) where an item is saved and `forget` where it
is deleted. `engine.Engine(index)` is then what the search box of `facets` asks; `highlighting.highlighted` marks the
words found; `reindexing.reindex` writes all again.

What it costs. A word asked for the first time at a version of the items is one query, whatever the number of tiers;
its bitmaps are kept with the snapshot and follow each change. Saving an item is one statement, and one for its words.
"""
