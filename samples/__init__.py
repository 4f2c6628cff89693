"""Invented sources of the Massif des Bauges, served as the real ones are (``sample:NAME``).

``serving`` renders and serves them; ``README.md`` says what each one shows.
"""
