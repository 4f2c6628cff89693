"""Sites: many pages as one source, from a sitemap or a list. Pure: what to ask, what came of it."""
