"""The rows of an import written into the catalogue, all or none."""
