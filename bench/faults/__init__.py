"""The faults that the site must outlive: real servers on the loopback, stopped, frozen or filled under load."""
