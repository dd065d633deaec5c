"""Pars: a desktop chat program in which making a friend takes one click."""

__version__ = "0.1.0"
