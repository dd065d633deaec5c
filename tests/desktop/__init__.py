"""A desktop of our own to try the program on, and a hand that reaches into it from outside."""
