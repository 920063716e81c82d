"""What is written down of requests, without personal data."""
