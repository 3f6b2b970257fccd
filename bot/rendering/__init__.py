"""What people read. Pure: values in, Telegram HTML and buttons out."""
