"""Reading one llms.txt, as its tests ask for it."""

from wirogen.document.detect import read_document


def read(text):
    return read_document(text.encode(), "doc.txt")
