"""What forms of the back office share: widgets, and fields in several languages."""
