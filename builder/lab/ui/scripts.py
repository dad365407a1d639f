"""The scripts of the lab: as one for the page, and in Node for the build."""
import functools
import json
import subprocess
from pathlib import Path
from typing import TypedDict

from builder.errors import BuildError
from builder.lab.net.compile import node
from builder.source.lab import Lab

HERE = Path(__file__).parent
PURE = ('schedules', 'python', 'builtin', 'snippets', 'chart', 'state')
PAGE = (*PURE, 'controls', 'results', 'forms', 'drawing', 'training', 'lab')
_ASK = '''
const [folder, names, question] = JSON.parse(process.argv[1]);
for (const name of names) require(`${folder}/${name}.js`);
const answer = globalThis.ScheduleLab.still(...question);
process.stdout.write(JSON.stringify(answer));
'''


class Still(TypedDict):
    """A lab where no script runs: its figure as SVG, what that shows in
    words, one sentence a schedule, and the code of the first schedule by
    framework."""
    svg: str
    words: list[str]
    code: dict[str, str]


def page_script() -> bytes:
    """Return the scripts of the page as one."""
    return b'\n'.join((HERE / f'{name}.js').read_bytes() for name in PAGE)


@functools.lru_cache(maxsize=64)
def still(lab: Lab, width: int, height: int, standalone: bool) -> Still:
    """Return the Still of a lab.

    Args:
        lab: the Lab.
        width, height: of the figure, in pixels.
        standalone: whether the figure brings its own style.

    Raises:
        BuildError: if Node fails.
    """
    size = {'width': width, 'height': height, 'standalone': standalone}
    question = [str(HERE), PURE, [options(lab), size]]
    run = subprocess.run([node(), '-e', _ASK, json.dumps(question)],
                         capture_output=True, text=True, encoding='utf-8')
    if run.returncode:
        raise BuildError(f'the lab in line {lab.line}: Node says {run.stderr}')
    found: Still = json.loads(run.stdout)
    return found


def options(lab: Lab) -> dict[str, object]:
    """Return what the scripts are told of a lab."""
    return {'schedules': lab.schedules, 'peak': lab.peak,
            'epochs': lab.epochs, 'momentum': lab.momentum}
