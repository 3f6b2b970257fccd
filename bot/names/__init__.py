"""Names of what is in the news, in the languages it is written in: data, and who reads it."""
