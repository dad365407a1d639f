"""What tests of all kinds share."""
import os

from hypothesis import settings

# The same examples every time, so that a change is to blame for what it
# breaks; BUILDER_FUZZ looks for new ones.
settings.register_profile('same', derandomize=not os.environ.get(
    'BUILDER_FUZZ'), deadline=None)
settings.load_profile('same')
