"""What is true about news. Pure: no I/O, no clock, no randomness."""
