"""Practices in and out of a table: files, columns, differences, writing; the screens are in `admin.imports`."""
