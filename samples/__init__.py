"""Sample sources, written for this project, and the loopback server that serves them."""
