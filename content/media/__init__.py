"""Files that people send: what is accepted, how pictures are made anew, where they lie, how they are served."""
