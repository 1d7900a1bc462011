"""Edit pictures of your own: local files go up, the edited ones come down.

    python examples/edit_images.py "make it winter" me.jpg house.png

Without files it makes itself a picture first.
"""

import sys
from pathlib import Path

from _offline import mock_unless_there_is_a_key

from wiro import Wiro
from wiro.models.google import NanoBanana2

FOLDER = Path("demo-output")


def main(prompt: str, pictures: list[Path]) -> None:
    with Wiro() as client:
        if not pictures:
            first = client.run(NanoBanana2(prompt="a deer in summer"))
            pictures = first.outputs.save(FOLDER)
        edited = client.run(NanoBanana2(prompt=prompt, input_image=pictures))
        for path in edited.outputs.save(FOLDER):
            print(path)
        print(f"{edited.cost} USD")


if __name__ == "__main__":
    with mock_unless_there_is_a_key():
        words = sys.argv[1:] or ["make it winter"]
        main(words[0], [Path(word) for word in words[1:]])
