"""What things are, and rules without side effects: no network, no disk, no window."""
