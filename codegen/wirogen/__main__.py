"""`python -m wirogen` is `wirogen`."""

import sys

from wirogen.cli import main

if __name__ == "__main__":
    sys.exit(main())
