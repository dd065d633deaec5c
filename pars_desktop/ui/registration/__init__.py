"""Windows: the first one there is, and creating an account."""
