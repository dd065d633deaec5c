"""Two tools everybody needs: typed signals, and background work that is never lost."""
