"""What comes in: guarded fetching, killable parsing, the catalogue of sources."""
