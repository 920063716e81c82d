"""How a message leaves: what is due, how it is written, who sends it, what comes back."""
