"""What happens, in words a user would use: no window, no XML, no SQL."""
