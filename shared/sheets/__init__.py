"""Tables in and out as workbooks (.xlsx) and CSV: reading strangers' files, writing ones that are safe to open.

Reading and writing take seconds of the processor: they are done apart (`shared.apart`), and nothing here is imported
by a service's own process but `cells` and `form`.
"""
