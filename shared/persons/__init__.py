"""Requests of persons 个人 about their own data (个人信息保护法 44-47): to see it, to correct it, to have it erased.

The gateway receives them, since every node has one (`services.gateway.commands.persons`). Its event holds no personal
data but keyed hashes of what the person gave; each service of the node compares them with its own fields that are
declared `personal`, and carries the request out by one command.
"""
