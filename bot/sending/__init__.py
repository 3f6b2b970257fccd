"""What goes out: messages to Telegram, paced, and what Telegram answered."""
