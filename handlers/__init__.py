"""Telegram in, Telegram out: read the update, make one service call, render the answer."""
