"""The commands that back up, restore, prune and examine."""
