"""What the public brings: proposals of practices, reports of errors, updates by organisations."""
