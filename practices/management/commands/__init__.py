"""The commands that load, import, index and check the catalogue, and open an account for an editor."""
