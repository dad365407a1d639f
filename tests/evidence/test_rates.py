"""How often tests err, by simulation, against what is promised."""
import dataclasses

import pytest

from bench import rates


@pytest.mark.slow
@pytest.mark.parametrize('case', rates.cases(), ids=lambda case: case.name)
def test_a_test_keeps_its_promise(case):
    assert not rates.is_broken(case, rates.rate(case, 1000), 1000)


def test_a_broken_promise_is_found():
    """A test that decides half of the time, where 2.5 or 90 % are promised;
    and one that decides too seldom, which breaks no bound."""
    half = rates.Case('', 0.025, False, lambda random: random.random() < 0.5)
    found = rates.rate(half, 200)
    assert 0.4 < found < 0.6
    for promised, at_most, broken in (
            (0.025, False, True), (0.5, False, False), (0.9, False, True),
            (0.9, True, False), (0.025, True, True), (None, False, False)):
        case = dataclasses.replace(half, promised=promised, at_most=at_most)
        assert rates.is_broken(case, found, 200) is broken


def test_the_table_says_so(monkeypatch, capsys):
    never = rates.Case('never', 0.5, False, lambda random: False)
    always = rates.Case('always', None, False, lambda random: True)
    monkeypatch.setattr(rates, 'cases', lambda: [never, always])
    assert rates.main(['100']) == 1
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split() for line in lines] == [
        ['never', '50.0', '0.0', 'broken'], ['always', '100.0']]
