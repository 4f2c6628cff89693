"""Where things are (design, rule 15): the territory, positions, and an address service."""
