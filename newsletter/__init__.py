"""The newsletter: who reads it and agreed to what, letters, digests, saved searches."""
