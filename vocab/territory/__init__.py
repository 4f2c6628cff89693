"""The municipalities: facts about them, and how the table of them is made.

``communes.csv`` is the table of the departments that the program ships, ``README.md`` where its
facts come from. A node adds other departments in a table of its own.
"""
