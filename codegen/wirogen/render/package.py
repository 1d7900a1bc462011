"""A finished plan becomes the bytes of every file of a package."""

from wirogen.plan.package import PackagePlan
from wirogen.render.gate import check_package
from wirogen.render.layout import lay_out
from wirogen.render.modules import package_modules


def render_package(package: PackagePlan) -> dict[str, bytes]:
    """Write, format and check a package; pure but for the formatter's temporary folder.

    Returns:
        The content of each file, by its path below the package.

    Raises:
        GenerateError: If what was rendered is not what was planned.
    """
    files = lay_out(package_modules(package), package=package.name)
    check_package(package, files)
    return files
