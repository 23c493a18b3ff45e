"""The product's version, here and nowhere else: the wheel, the documents and the probes take it from here."""

VERSION = "0.4.1"
