"""What carries any message: addresses, plain text, the server, the mailbox of what comes back. It knows no reader."""
