"""A run for the evidence is the chapter's own training."""
import numpy as np
import pytest

from d2l.data import fashion_mnist
from evidence import EvidenceError, splits, training
from evidence.plan import Run
from evidence.record import validated
from evidence.units import active_units

STAMP = {'study': 'small', 'study sha256': 64 * 'a', 'commit': 40 * 'b'}

pytestmark = pytest.mark.slow


@pytest.fixture
def small(monkeypatch):
    """Train on a part of the data, and forget it afterwards."""
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '1000')
    monkeypatch.setenv('D2L_TEST_LIMIT', '300')
    for name, value in training.ONE_THREAD.items():
        monkeypatch.setenv(name, value)

    def forget():
        training.load_chapter.cache_clear()
        training.images.cache_clear()

    forget()
    yield
    forget()


@pytest.fixture
def watched(monkeypatch):
    """Every Watch that a run makes."""
    made = []

    class Watch(training.Watch):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(training, 'Watch', Watch)
    return made


def test_a_run_is_the_chapters_own(tab, chapter, d2l, small, watched):
    run = Run('ramp', 3, 3, {
        'scheduler': 'CosineScheduler', 'max_update': 3, 'base_lr': 0.1,
        'warmup_steps': 1, 'warmup_begin_lr': 0.02, 'per_update': True})
    record = training.train(tab, run)

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
        assert watched[0].history[key] == pytest.approx(values, abs=1e-7)
    assert record['lr'] == pytest.approx([0.02, 0.1, 0.05], abs=1e-6)
    assert (record['schedule'], record['seed']) == ('ramp', 3)
    assert ('ramp', 3, 3, record['rates'], 'test', '') == run.key()
    assert record['data']['limited'] and record['device'] == 'cpu'
    assert len(record['code']) == 64 and record['packages']
    assert validated({**record, **STAMP})


def test_tuning_sees_no_test_image(tab, d2l, small, monkeypatch):
    """A run for tuning is the same if the test images are noise, and is
    evaluated on a tenth of the training images that it never trains on."""
    run = Run('flat', 3, 1, {'constant': 0.1}, 'validation')
    record = training.train(tab, run)
    assert 'test acc' not in record and 'test' not in record['data']
    assert (record['data']['train'], record['data']['validation']) == (900,
                                                                       100)
    assert validated({**record, **STAMP})

    (X, y), (noise, labels) = fashion_mnist()
    random = np.random.default_rng(0)
    noise = random.permutation(noise.ravel()).reshape(noise.shape)
    monkeypatch.setattr(splits, 'fashion_mnist',
                        lambda: ((X, y), (noise, 9 - labels)))
    training.images.cache_clear()
    again = training.train(tab, run)
    for key in ('train loss', 'train acc', 'validation acc'):
        assert again[key] == record[key]
    train_iter, kept_iter, _ = training.images(tab, 'validation')
    seen = [sum(len(y) for _, y in batches)
            for batches in (train_iter, kept_iter)]
    assert seen == [900, 100]
    held = splits.held_out(y)
    assert [*np.concatenate([np.asarray(y) if tab != 'mxnet' else y.asnumpy()
                             for _, y in kept_iter])] == [*y[held]]


def test_the_images_that_validate():
    """600 of each class, always the same."""
    labels = fashion_mnist()[0][1]
    held = splits.held_out(labels)
    assert [*np.bincount(labels[held])] == [600] * 10
    assert splits.indices_checksum(held) == INDICES


INDICES = 'a0faa191575b4f541f02de9f9b33cd178361adc6ebbbc7042f3d6c894382fda3'


def test_a_dead_run_is_stopped(tab, small):
    """No network learns at a rate of a million. With Keras, 4 minibatches
    are shown one by one, so that each epoch's last is."""
    run = Run('far', 3, 9, {'constant': 1e6, 'per_update': True},
              stop_after=3)
    record = training.train(tab, run)
    assert record['stopped'] == 3 and record['epochs'] == 9
    assert {len(record[key]) for key in ('lr', 'train loss', 'train acc',
                                         'test acc')} == {3}
    assert max(record['train acc']) <= 0.2
    assert validated({**record, **STAMP})


def test_active_units(tab, chapter, small):
    run = Run('flat', 3, 2, {'constant': 0.1}, measure=('active units',))
    if tab != 'pytorch':
        with pytest.raises(EvidenceError, match=f'{tab}: active units are co'):
            training.train(tab, run)
        return
    import torch
    record = training.train(tab, run)
    assert record['active units']['images'] == 1000
    assert 0 < record['active units']['active'] <= 6
    assert validated({**record, **STAMP})
    plain = training.train(tab, Run('flat', 3, 2, {'constant': 0.1}))
    assert plain['test acc'] == record['test acc']

    net = chapter['make_net']()
    with torch.no_grad():
        net[0].weight[:] = 0
        net[0].bias[:] = torch.tensor([1, -1, 0, 0.5, -0.1, 0])
    assert active_units(tab, net, 1) == {
        'epoch': 1, 'layer': 1, 'active': 2, 'units': 6,
        'fraction': 0.3333333, 'images': 1000}
