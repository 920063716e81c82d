"""What editors decide and follow: the workflow, versions, review, needs, duplicates, merging."""
