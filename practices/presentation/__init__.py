"""What pages of the catalogue print: cards, the map and charts, titles and descriptions."""
