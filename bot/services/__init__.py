"""Use cases, each a short story in prose order. They see Protocols, never a concrete adapter."""
