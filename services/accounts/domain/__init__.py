"""Rules of accounts: who may hold what, which passwords are good, when attempts end and sessions die."""
