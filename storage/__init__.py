"""What Newsbell remembers: SQLAlchemy Core, the same statements on SQLite and PostgreSQL."""
