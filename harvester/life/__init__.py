"""What becomes of sources and of data beyond harvesting: renamed, undone, kept safe, forgotten."""
