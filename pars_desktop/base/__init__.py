"""What everybody needs: typed signals, background work that is never lost, private files."""
