"""A kernel of a tab's own environment, and of no other.

It reads no settings of the user's, stops a cell whose output has no end, and
answers questions about itself whatever the cells have done to its names.
"""
import ast
import asyncio
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.util import ensure_async
from nbformat import NotebookNode
from traitlets.config import Config

from builder.errors import BuildError
from builder.record import machine
from builder.record.outputs import CELL_LIMIT, size

_NAME = 'python3'
_MACHINE = Path(machine.__file__).read_text('utf-8')
# A function knows its builtins, even where cells gave their names to something
# else; and what it runs here has a namespace of its own.
_ASK = (
    '(lambda builtins, names: (builtins["exec"]({machine!r}, names), '
    'names["answer"](*{arguments!r}))[1])'
    '((lambda: 0).__builtins__, {{"__name__": "machine"}})')


class Client(NotebookClient):
    """Runs the cells of one notebook in one kernel."""

    def __init__(self, notebook: NotebookNode, **settings: Any) -> None:
        super().__init__(notebook, timeout=None, record_timing=False,
                         **settings)
        self.held = (0, 0)  # outputs of the cell that runs: number, size
        self.killing: asyncio.Future[None] | None = None

    @property
    def flooded(self) -> bool:
        """Whether the kernel was killed for the size of a cell's outputs."""
        return self.killing is not None

    def process_message(self, msg: dict[str, Any], cell: NotebookNode,
                        cell_index: int) -> NotebookNode | None:
        """Keep an output; kill the kernel when there is too much of them."""
        if self.flooded:
            return None
        output = super().process_message(msg, cell, cell_index)
        known, held = self.held
        if output is not None and len(cell.outputs) == known + 1:
            held += size(output)
        elif output is not None or msg['msg_type'] in (
                'clear_output', 'update_display_data'):
            held = sum(map(size, cell.outputs))
        self.held = len(cell.outputs), held
        if held > CELL_LIMIT:
            cell.outputs.clear()
            assert self.km is not None  # a cell runs
            self.killing = asyncio.ensure_future(
                ensure_async(self.km.shutdown_kernel(now=True)))
        return output

    def ask(self, function: str, *arguments: object) -> Any:
        """Return what a function of machine.py returns in the kernel.

        Raises:
            BuildError: if it fails there.
        """
        call = _ASK.format(machine=_MACHINE, arguments=(function, *arguments))
        assert self.kc is not None  # within `started`
        reply = self.wait_for_reply(self.kc.execute(
            '', silent=True, user_expressions={'answer': call}))
        assert reply is not None  # there is no time limit
        answer = reply['content']['user_expressions']['answer']
        if answer['status'] != 'ok':
            given = ', '.join(map(repr, arguments))
            raise BuildError(f'{function}({given}) failed in the kernel: '
                             f'{answer["ename"]}: {answer["evalue"]}')
        return json.loads(ast.literal_eval(answer['data']['text/plain']))


@contextmanager
def started(notebook: NotebookNode, environment: Path, folder: Path,
            variables: Mapping[str, str] | None = None) -> Iterator[Client]:
    """Give a Client whose kernel runs, and end the kernel afterwards.

    Args:
        notebook: its cells.
        environment: the virtual environment whose Python runs them.
        folder: where they run.
        variables: environment variables that it gets besides ours.

    Raises:
        BuildError: if there is no such environment, if its kernel does not
            start, or if another Python answers.
    """
    client = Client(notebook, km=_manager(environment),
                    resources={'metadata': {'path': str(folder)}})
    with tempfile.TemporaryDirectory() as settings, ExitStack() as stack:
        given = {**_environment(), **(variables or {}),
                 'IPYTHONDIR': settings}
        try:
            stack.enter_context(client.setup_kernel(cleanup_kc=True,
                                                    env=given))
        except (OSError, RuntimeError) as error:
            raise _no_start(environment, error) from None
        try:
            _check_environment(client, environment)
            yield client
        except BaseException:
            client.shutdown_kernel = 'immediate'
            raise


def _no_start(environment: Path, error: Exception) -> BuildError:
    return BuildError(f'the kernel of {_shown(environment)} does not start '
                      f'({error}); remove this folder and try again')


def _environment() -> dict[str, str]:
    """Return the environment variables but those that change a Python."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(('PYTHON', 'IPYTHON', 'MPL'))}


def _manager(environment: Path) -> AsyncKernelManager:
    kernels = environment / 'share' / 'jupyter' / 'kernels'
    if not (kernels / _NAME / 'kernel.json').is_file():
        raise BuildError(f'there is no {_shown(environment)} with a kernel: '
                         f'python -m builder env {environment.name} makes it')
    return AsyncKernelManager(
        kernel_name=_NAME, kernel_spec_manager=KernelSpecManager(
            kernel_dirs=[str(kernels)], ensure_native_kernel=False),
        config=Config(KernelManager={'transport_encryption': 'auto'}))


def _check_environment(client: Client, environment: Path) -> None:
    found = Path(client.ask('environment')).resolve()
    if found != environment.resolve():
        raise BuildError(f'the kernel of {_shown(environment)} runs in '
                         f'{found}; remove {_shown(environment)} and try '
                         'again')


def _shown(environment: Path) -> str:
    return os.path.relpath(environment)
