"""From a specs folder to the bytes of a package: only what changed is made, in several processes.

Each model is made alone, from its own spec: that is what lets a model be kept, or be made elsewhere.
"""
