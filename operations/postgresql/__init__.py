"""How the site connects to PostgreSQL: Django's backend, which never waits for a server that is known to be lost.

Whether it is lost is known by `watchdog`.
"""
