"""Operators' work with the audit chains: verifying, receipts, export."""
