"""What a run is made with, and on.

The execute stage sends the text of this file to a kernel, so it needs nothing
but the standard library.
"""
import os
import platform
from importlib import metadata


def about(packages):
    """Return what a run notes of its Python, packages and processor.

    Args:
        packages: the names that these packages are imported by.
    """
    return {'python': platform.python_version(),
            'packages': {name: package_version(name) for name in packages},
            'processor': processor(), 'cores': cores()}


def package_version(name):
    """Return the version of a package, whose build may have another name."""
    owners = metadata.packages_distributions().get(name, [name])
    return metadata.version(owners[0])


def processor():
    """Return the processor's name, as far as the system tells it."""
    try:
        with open('/proc/cpuinfo') as file:
            return next(line.partition(': ')[2].strip() for line in file
                        if line.startswith('model name'))
    except (OSError, StopIteration):
        return platform.machine()


def cores():
    """Return how many cores this process may use."""
    return (len(os.sched_getaffinity(0))
            if hasattr(os, 'sched_getaffinity') else os.cpu_count())


def kind_of(device):
    """Return 'cpu', or the device's own name if it is something else.

    The frameworks call a CPU cpu, cpu(0), /CPU:0 or TFRT_CPU_0.
    """
    return 'cpu' if 'cpu' in str(device).lower() else str(device)
