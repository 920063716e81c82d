"""The recording of all that a visitor, an editor or a reader sees, and its comparison with another one."""
