"""What peers are made of: programs as their documentation shows them. This package imports nothing, as Nameko's must
be able to patch before anything is imported."""
