"""What the package d2l remembers of config.ini when it is built."""
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize('start', ['', '\ufeff'])
@pytest.mark.parametrize('address', ['', 'https://localhost/evidence/runs'])
def test_where_the_runs_are(tmp_path, address, start):
    for name in ('setup.py', 'README.md', 'LICENSE', 'd2l/__init__.py',
                 'd2l/py.typed'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    config = (ROOT / 'config.ini').read_text('utf-8')
    before, line, after = config.partition('\nruns =')
    assert line
    (tmp_path / 'config.ini').write_text(
        f'{start}{before}{line} {address}\n{after.partition(chr(10))[2]}',
        'utf-8')
    subprocess.run([sys.executable, 'setup.py', '-q', 'egg_info'],
                   cwd=tmp_path, check=True, capture_output=True, timeout=60)
    made = tmp_path / 'd2l_lr_scheduling.egg-info'
    assert 'd2l/py.typed' in (made / 'SOURCES.txt').read_text().split()
    about = (made / 'PKG-INFO').read_text()
    said = [line for line in about.splitlines()
            if line.startswith('Project-URL: Runs')]
    assert said == ([f'Project-URL: Runs, {address}'] if address else [])
    assert 'config.ini' in (ROOT / 'MANIFEST.in').read_text()
