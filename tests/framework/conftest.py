"""Tests that every framework passes: pytest tests/framework --tab=NAME.

tests/<tab>/adapter.py says how this framework takes weights and batches.
"""
import importlib
import os
import tempfile

import pytest

from evidence.chapter import definitions


def pytest_addoption(parser):
    parser.addoption('--tab', required=True, help='the framework to test')


def pytest_configure(config):
    tab = config.getoption('--tab')
    if tab == 'tensorflow':
        os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '1')
    if tab == 'jax':
        keep_compiled(config)


def keep_compiled(config):
    """Let JAX keep compiled programs while the tests run. Each training
    compiles the same ones anew, which takes most of the time of short runs."""
    folder = tempfile.TemporaryDirectory(prefix='jax-')
    config.add_cleanup(folder.cleanup)
    os.environ.update({
        'JAX_COMPILATION_CACHE_DIR': folder.name,
        'JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS': '0'})


@pytest.fixture(scope='session')
def tab(request):
    return request.config.getoption('--tab')


@pytest.fixture(scope='session')
def adapter(tab):
    return importlib.import_module(f'tests.{tab}.adapter')


@pytest.fixture(scope='session')
def chapter(tab):
    """Names that the chapter defines before its first experiment."""
    return definitions(tab)


@pytest.fixture(scope='session')
def d2l(chapter):
    return chapter['d2l']
