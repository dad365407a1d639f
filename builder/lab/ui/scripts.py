"""The scripts of the lab: as one for the page, and in Node for the build."""
import functools
import json
import subprocess
from pathlib import Path
from typing import Any, TypedDict

from builder.errors import BuildError
from builder.lab.net.compile import node
from builder.source.lab import Lab

HERE = Path(__file__).parent
PURE = ('schedules', 'python', 'builtin', 'snippets', 'chart', 'state')
PAGE = (*PURE, 'controls', 'results', 'forms', 'drawing', 'training', 'lab')
BATCH = 64  # images of an update
_ASK = '''
const [sizes, folder, names, [name, ...rest]] = JSON.parse(process.argv[1]);
globalThis.ScheduleLab = sizes;
for (const each of names) require(`${folder}/${each}.js`);
const answer = globalThis.ScheduleLab[name](...rest);
process.stdout.write(JSON.stringify(
  ArrayBuffer.isView(answer) ? [...answer] : answer));
'''


class Still(TypedDict):
    """A lab where no script runs: its figure as SVG, what that shows in
    words, one sentence a schedule, and the code of the first schedule by
    framework."""
    svg: str
    words: list[str]
    code: dict[str, str]


def sizes() -> dict[str, int]:
    """Return what the scripts know of the data: the images of an update, and
    the updates of an epoch."""
    from builder.lab.net.pack import updates_per_epoch  # NumPy
    return {'BATCH': BATCH, 'UPDATES': updates_per_epoch(BATCH)}


def page_script() -> bytes:
    """Return the scripts of the page as one."""
    first = ('Object.assign(globalThis.ScheduleLab ??= {}, '
             f'{json.dumps(sizes())});')
    return b'\n'.join([first.encode(), *(
        (HERE / f'{name}.js').read_bytes() for name in PAGE)])


def ask(name: str, *arguments: object) -> Any:
    """Return what a function of the lab's scripts that know no page returns.

    Raises:
        BuildError: with what Node says, if it fails.
    """
    question = [sizes(), str(HERE), PURE, [name, *arguments]]
    run = subprocess.run([node(), '-e', _ASK, json.dumps(question)],
                         capture_output=True, text=True, encoding='utf-8')
    if run.returncode:
        raise BuildError(f'the lab\'s function {name}: Node says {run.stderr}')
    return json.loads(run.stdout)


@functools.lru_cache(maxsize=64)
def still(lab: Lab, width: int, height: int, standalone: bool) -> Still:
    """Return the Still of a lab.

    Args:
        lab: the Lab.
        width, height: of the figure, in pixels.
        standalone: whether the figure brings its own style.
    """
    found: Still = ask('still', options(lab), {
        'width': width, 'height': height, 'standalone': standalone})
    return found


@functools.lru_cache(maxsize=1024)
def problems(lab: Lab, address: str) -> tuple[str, ...]:
    """Return what a lab does not understand of an address that gives it a
    setting."""
    return tuple(ask('problems', options(lab), address))


def options(lab: Lab) -> dict[str, object]:
    """Return what the scripts are told of a lab."""
    return {'schedules': lab.schedules, 'peak': lab.peak,
            'epochs': lab.epochs, 'momentum': lab.momentum}
