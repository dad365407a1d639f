"""The page for those who teach: its sums, and what its answers compute."""
import math
import re
from pathlib import Path

import pytest

from d2l.schedulers import (
    CosineScheduler,
    FactorScheduler,
    MultiFactorScheduler,
    WarmupScheduler,
)

FOLDER = Path(__file__).parents[2] / 'chapter_optimization'


def text_of(name):
    return (FOLDER / f'{name}.md').read_text('utf-8')


def section(text, heading):
    """Return what stands under a heading, up to the next of its level."""
    return text.partition(f'\n## {heading}\n')[2].partition('\n## ')[0]


def rows(text):
    """Return the cells of the first table in a text."""
    table = re.findall(r'^\|(.*)\|$', text, re.MULTILINE)
    return [[cell.strip() for cell in row.split('|')] for row in table[2:]]


def right_choice(name):
    """Return the right choice of a question, as it stands there."""
    fence = re.search(rf'^```predict {name}\n(.*?)^```', text_of('teaching'),
                      re.DOTALL | re.MULTILINE)[1]
    choice, = re.findall(r'^- \[x\] (.*)$', fence, re.MULTILINE)
    return choice


def test_ninety_minutes_are_ninety():
    plan = rows(section(text_of('teaching'), 'Ninety Minutes'))
    assert sum(int(row[0]) for row in plan) == 90


def test_every_exercise_has_its_effort():
    told = section(text_of('teaching'), 'Exercises by Effort')
    tables = re.findall(r'(?:^\|.*\n)+', told, re.MULTILINE)
    for table, page in zip(tables, ('lr-scheduler', 'lr-scheduler-modern'),
                           strict=True):
        exercises = re.findall(r'^1\. ', section(text_of(page), 'Exercises'),
                               re.MULTILINE)
        assert [int(row[0]) for row in rows(table)] == [
            *range(1, len(exercises) + 1)]
        assert {row[2] for row in rows(table)} <= {'short', 'medium', 'long'}


def test_the_page_has_no_code_to_record():
    assert '.input' not in text_of('teaching')


HALF = CosineScheduler(max_update=20, base_lr=0.3, final_lr=0.01)


@pytest.mark.parametrize(('name', 'words'), [
    ('check-units', 'At the final rate.'
     if {HALF(n) for n in range(235, 470)} == {0.01} else ''),
    ('check-middle', f'{HALF(10):g}'),
    ('check-late', 'At 0.3.' if WarmupScheduler(
        lambda t: 0.3, warmup_steps=5)(0) == 0 else ''),
    ('check-milestones', ['Never.', 'Once.', 'Twice.'][sum(
        MultiFactorScheduler((15, 30), 0.5)(t) < MultiFactorScheduler(
            (15, 30), 0.5)(t - 1) for t in range(1, 30))]),
    ('check-half', f'{math.ceil(math.log(0.1) / math.log(0.9))} epochs.')])
def test_right_choices_are_what_the_schedules_do(name, words):
    assert right_choice(name) == words


def test_a_tenth_is_left_after_so_many_epochs():
    decay = FactorScheduler(factor=0.9, base_lr=1.0)
    assert decay(22) < 0.1 < decay(21)
    assert 0.45 < decay(7) < 0.5
