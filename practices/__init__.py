"""The catalogue of practices, and nothing else."""
