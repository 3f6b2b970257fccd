"""The pages beside the bot: one Starlette application."""
