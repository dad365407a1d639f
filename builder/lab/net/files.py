"""The three files that a page trains a network with; see __init__.py. NumPy is
imported for images only, since most books have none."""
import base64
import json
from pathlib import Path

from builder.config import Config
from builder.errors import BuildError
from builder.lab.net.compile import compiled_network
from builder.source.functions import called, load_function

HERE = Path(__file__).parent


def lab_files(config: Config) -> dict[str, bytes]:
    """Return {name: content} of train.js, network.js and images.js; without
    the last if the images cannot be had, which is said.

    Raises:
        BuildError: if the network does not compile, or [lab] images in
            config.ini names no function that returns images.
    """
    network = {'worker': (HERE / 'worker.js').read_text('utf-8'),
               'wasm': _base64(compiled_network())}
    files = {'network.js': _assignment('network', network)}
    images = packed_images(config)
    counts = None
    if images:
        from builder.lab.net import pack  # NumPy
        files['images.js'] = _assignment('packed', _base64(images))
        counts = {'train': pack.TRAIN, 'test': pack.TEST}
    script = (HERE / 'train.js').read_text('utf-8')
    files['train.js'] = script.replace(
        '/* counts */false', json.dumps(counts or False)).encode()
    return files


def packed_images(config: Config) -> bytes | None:
    """Return the packed images, or None if config.ini names no function that
    returns them, or if it says, by a RuntimeError, that it cannot.

    They are packed anew each time, in half a second: only the function knows
    whether its images are those of the day before.

    Raises:
        BuildError: if there is no such function, or it does something else.
    """
    if not config.lab_images:
        return None
    where = f'{config.file}: [lab] images = {config.lab_images}'
    source = load_function(config, where, config.lab_images)
    from builder.lab.net import pack  # NumPy
    try:
        packed: bytes = called(config, where, pack.pack, source)
    except BuildError as error:
        if not isinstance(error.__cause__, RuntimeError):
            raise
        print('the schedule lab is built without images:', error.__cause__)
        return None
    return packed


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _assignment(name: str, value: object) -> bytes:
    """Return a script that gives the page's ScheduleLab a value."""
    return f'ScheduleLab.{name} = {json.dumps(value)};\n'.encode()
