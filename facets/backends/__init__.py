"""The two ways to answer a choice; they give the same, which a property test proves."""
