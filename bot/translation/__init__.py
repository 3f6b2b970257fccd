"""Translation engines behind one Protocol (`ports.Engine`): thin clients of HTTP."""
