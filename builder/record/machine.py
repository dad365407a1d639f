"""What a run is made with, on and when.

The text of this file is sent to a kernel, so it needs nothing but the standard
library.
"""
import datetime
import importlib
import json
import os
import platform
import sys
from collections.abc import Iterable
from importlib import metadata
from typing import Any

# Sums depend on how many threads share them. The frameworks read these when
# they are imported.
ONE_THREAD = {
    'OMP_NUM_THREADS': '1', 'MKL_NUM_THREADS': '1',
    'TF_NUM_INTRAOP_THREADS': '1', 'TF_NUM_INTEROP_THREADS': '1',
    'XLA_FLAGS': '--xla_cpu_multi_thread_eigen=false'}


def about(packages: Iterable[str]) -> dict[str, Any]:
    """Return what a run notes of its Python, packages and processor.

    Args:
        packages: the names that these packages are imported by.
    """
    return {'python': platform.python_version(),
            'packages': {name: package_version(name) for name in packages},
            'processor': processor(), 'cores': cores()}


def package_version(name: str) -> str:
    """Return the version of a package, whose build may have another name."""
    owners = metadata.packages_distributions().get(name, [name])
    return metadata.version(owners[0])


def processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    try:
        with open('/proc/cpuinfo') as file:
            return next(line.partition(': ')[2].strip() for line in file
                        if line.startswith('model name'))
    except (OSError, StopIteration):
        return platform.machine()


def cores() -> int:
    """Return how many cores this process may use."""
    return (len(os.sched_getaffinity(0))
            if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1)


def now() -> str:
    """Return the moment in UTC, to the second."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime('%Y-%m-%dT%H:%M:%SZ')


def answer(function: str, *arguments: object) -> str:
    """Return what a function of this file returns, as JSON."""
    return json.dumps(globals()[function](*arguments))


def environment() -> str:
    """Return the folder of the environment that this process runs in."""
    return sys.prefix


def origins(modules: Iterable[str]) -> list[str]:
    """Return the files that these modules are imported from."""
    return [str(importlib.import_module(name).__file__) for name in modules]


def result(path: str) -> object:
    """Return what the function that `path` names, 'module:name', returns."""
    module, _, name = path.partition(':')
    return getattr(importlib.import_module(module), name)()


def text(path: str) -> str:
    """Return what the function that `path` names returns, as a text."""
    return str(result(path))


def kind_of(device: object) -> str:
    """Return 'cpu', or the device's own name if it is something else.

    The frameworks call a CPU cpu, cpu(0), /CPU:0 or TFRT_CPU_0.
    """
    return 'cpu' if 'cpu' in str(device).lower() else str(device)
