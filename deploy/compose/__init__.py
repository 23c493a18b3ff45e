"""The parts of `docker-compose.yml`: one image, and what sets broker, store and nodes up in it."""
