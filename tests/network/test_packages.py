"""What npm installs: pinned exactly, from whatever registry is configured."""
import json

from .conftest import ROOT

NODE = ROOT / 'builder' / 'publish' / 'katex'


def test_the_lock_pins_all_and_names_no_registry():
    wanted = json.loads((NODE / 'package.json').read_text('utf-8'))
    lock = json.loads((NODE / 'package-lock.json').read_text('utf-8'))
    root, *packages = lock['packages'].items()
    assert root[1]['devDependencies'] == wanted['devDependencies']
    assert 'assemblyscript' in wanted['devDependencies']
    assert len(packages) >= 6
    for name, package in packages:
        assert package['version'] and package['integrity'], name
        assert 'resolved' not in package, name
