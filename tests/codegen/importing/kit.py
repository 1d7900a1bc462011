"""Importing in tests: every document must become a spec."""

from wirogen.importing.importer import import_documents


def import_all(documents, specs, options=None):
    """Import documents; return a report on each. The first failure is raised with all problems."""
    result = import_documents(documents, specs, options)
    result.raise_for_failures()
    return result.imported
