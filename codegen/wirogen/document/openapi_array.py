"""The array that Tool/DetailOpenAPI answers: one OpenAPI document for each way to authenticate."""

from wirogen.document.document import ModelDocument
from wirogen.document.json_tree import Tree
from wirogen.document.openapi import read_openapi


def is_openapi_array(root: Tree) -> bool:
    """Return whether a JSON value is what Tool/DetailOpenAPI answers; `[]` for an unknown model."""
    return root.is_list and all(variant.has("spec") for variant in root.elements())


def read_openapi_array(root: Tree) -> ModelDocument:
    """Read the answer of Tool/DetailOpenAPI: one document per way to authenticate.

    Raises:
        DocumentError: it is empty, a document in it cannot be read, or two say different things.
    """
    variants = [
        (variant["type"].word(), read_openapi(variant["spec"].decoded()))
        for variant in root.elements()
    ]
    if not variants:
        raise root.error("the list is empty: the platform knows no such model", "check its name")
    _, first = variants[0]
    for kind, other in variants[1:]:
        if other != first:
            message = (
                f"the document for {kind} says something else than the one for {variants[0][0]}"
            )
            raise root.error(message, "import one of them on its own")
    return first
