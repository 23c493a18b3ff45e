"""incubator 孵化: centres, and the organisations that grow in them."""
