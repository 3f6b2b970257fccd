"""The whole bot on one machine: an emulated Telegram, a chat page, a demo newsroom.

The emulator answers in Telegram's words, after the official server's source (tdlib/td,
`MessageEntity.cpp`, `Client.cpp` of tdlib/telegram-bot-api); the test suite uses it too.
"""
