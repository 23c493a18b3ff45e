"""gateway: a node's front door. It says who the node is, and passes requests to whoever serves them."""
