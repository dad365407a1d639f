"""The page on schedules after 2018, as long as it is a draft: its classes are
the package's, and its claims are those of its studies."""
import ast
import re
from pathlib import Path

import pytest

from builder.config import load_config
from builder.source.markdown import Code, split
from evidence.studies import load_studies

from .test_chapter import without_docstrings_and_checks

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / 'drafts' / 'lr-scheduler-modern.md').read_text('utf-8')
STUDIES = ('many-budgets', 'averages', 'shapes-with-momentum', 'batch-size',
           'adam', 'stable-elsewhere')


def classes(source):
    return {node.name: without_docstrings_and_checks(node)
            for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef)}


def cells():
    tabs = load_config(ROOT / 'config.ini').tabs
    return [block.source for block in split(TEXT, 'draft', tabs)
            if isinstance(block, Code)]


def test_its_schedules_are_the_packages():
    package = classes((ROOT / 'd2l' / 'modern.py').read_text('utf-8'))
    shown = {name: code for source in cells() for name, code in classes(
        source.replace('d2l.Warmup', 'Warmup')).items()
        if name.endswith('Scheduler')}
    assert shown == package


def test_its_trainer_is_that_of_the_runs():
    runs = classes((ROOT / 'evidence' / 'optimizers.py').read_text('utf-8'))
    shown = {name: code for source in cells()
             for name, code in classes(source).items()}
    assert shown['ScheduleFreeSGD'] == runs['ScheduleFreeSGD']


@pytest.mark.parametrize('study', STUDIES)
def test_every_claim_of_its_studies_is_told_once(study):
    named = re.findall(':claim:`([^`]*)`', TEXT)
    for claim in load_studies()[study].decides:
        assert named.count(claim) == 1, claim
    assert len(named) == sum(len(load_studies()[name].decides)
                             for name in STUDIES)
