"""The audit trail: who changed what, when, from where and why; sealed into a chain that shows tampering."""
