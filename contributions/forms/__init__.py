"""The forms of proposals, reports and updates: the steps, the files, the fields they are made of."""
