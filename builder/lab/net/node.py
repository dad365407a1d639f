"""The lab's network under Node: the same code as in a browser, for tests and
benchmarks."""
import base64
import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from builder.errors import BuildError
from builder.lab.net import pack
from builder.lab.net.compile import node

COUNTS = {'train': pack.TRAIN, 'test': pack.TEST}
SCRIPT = Path(__file__).with_name('node.js')


class Network:
    """A Node process that holds a network and its images, in a `with`.

    Args:
        wasm: the compiled network.
        images: the packed images.
        counts: how many of them are for training and for tests.
    """

    def __init__(self, wasm: bytes, images: bytes,
                 counts: dict[str, int] = COUNTS) -> None:
        self.process = subprocess.Popen(
            [node(), SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, encoding='utf-8')
        found = self('load', {
            'network': base64.b64encode(wasm).decode(),
            'images': base64.b64encode(images).decode(), 'counts': counts})
        self.gray = _array(found['gray'], np.uint8).reshape(-1, 28, 28)
        self.labels = _array(found['labels'], np.uint8)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None,
                 error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.process.communicate()

    def __call__(self, name: str, argument: object = None) -> Any:
        """Return what the command of this name in node.js answers."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([name, argument]) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise BuildError(f'Node ended at the command {name}')
        return json.loads(line)

    def read(self, name: str) -> npt.NDArray[np.float32]:
        """Return the 'parameters' or 'gradients', padded as in shapes.ts."""
        return _array(self('read', name), np.float32)

    def write(self, name: str, values: npt.NDArray[Any]) -> None:
        """Set the 'parameters', float32, or the 'order', int32."""
        self('write', [name, _text(values)])

    def differentiate(self, first: int, rows: int) -> dict[str, Any]:
        """Return loss (a sum), correct and gradients of some examples."""
        found: dict[str, Any] = self('differentiate', [first, rows])
        found['gradients'] = _array(found['gradients'], np.float32)
        return found

    def train(self, rates: npt.NDArray[np.float64], seed: int,
              momentum: float, batch_size: int, epochs: int) -> Any:
        """Return {epochs: [what onEpoch is told], end: what onEnd is}."""
        return self('train', {
            'rates': _text(rates), 'seed': seed, 'momentum': momentum,
            'batchSize': batch_size, 'epochs': epochs})

    def epoch(self, rates: npt.NDArray[np.float64], momentum: float,
              batch_size: int) -> Any:
        """Train on; return how the epoch went, and its `seconds` of
        processor time."""
        return self('epoch', {'rates': _text(rates), 'momentum': momentum,
                              'batchSize': batch_size})


def _text(values: npt.NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def _array(text: str, kind: Any) -> npt.NDArray[Any]:
    return np.frombuffer(base64.b64decode(text), kind)
