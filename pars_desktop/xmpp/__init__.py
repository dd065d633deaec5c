"""The door to the network: the only room that knows XML."""
