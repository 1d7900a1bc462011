"""From finished bytes to a folder, or to a report of how the folder differs.

Only the standard library: the check that nothing changed runs before anything heavy is imported.
"""
