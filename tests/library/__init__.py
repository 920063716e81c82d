"""A small application of books, which the tests of the engines count and find: they know no practice."""
