"""Who may enter the back office: what each role may do, and how sessions end."""
