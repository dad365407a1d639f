"""A run for the evidence is the chapter's own training."""
import pytest

from evidence import training
from evidence.plan import Run

pytestmark = pytest.mark.slow


def test_a_run_is_the_chapters_own(tab, chapter, d2l, monkeypatch):
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '1000')
    monkeypatch.setenv('D2L_TEST_LIMIT', '300')
    for name, value in training.ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    training.load_chapter.cache_clear()
    run = Run('ramp', 3, 3, {
        'scheduler': 'CosineScheduler', 'max_update': 3, 'base_lr': 0.1,
        'warmup_steps': 1, 'warmup_begin_lr': 0.02, 'per_update': True})
    record = training.train(tab, run)
    training.load_chapter.cache_clear()

    schedule = d2l.CosineScheduler(3, 0.1, warmup_steps=1,
                                   warmup_begin_lr=0.02)
    train_iter, test_iter = d2l.load_data_fashion_mnist(256)
    d2l.set_seed(3)
    net = chapter['make_net']()
    history = chapter['train'](
        net, train_iter, test_iter, 3, chapter['loss'],
        chapter['make_trainer'](net, 0.02), chapter['device'], schedule, True)
    for key, values in history.items():
        assert record[key] == pytest.approx(values, abs=1e-7)
    assert record['lr'] == pytest.approx([0.02, 0.1, 0.05], abs=1e-6)
    assert (record['schedule'], record['seed']) == ('ramp', 3)
    assert (record['schedule'], 3, 3, record['rates']) == run.key()
    assert record['data']['limited'] and record['device'] == 'cpu'
    assert len(record['code']) == 64 and record['packages']
