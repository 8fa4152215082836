"""Puts the service on a machine: a plan of steps first, then each step looked at, shown or done."""
