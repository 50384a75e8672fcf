"""The stand-in Instagram and X: the invented sample feed served on 127.0.0.1, to be read by the real clients unchanged."""
