"""What is watched of a running site, and what `doctor` examines of an installation."""
