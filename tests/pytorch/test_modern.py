"""What PyTorch has of the page on schedules after 2018, by hand."""
import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

PATH = [1.0, 2.0, 4.0, -8.0, 16.0]  # what training makes of one weight


def averaged(**options):
    """Return the averages of the weight after each point of the path."""
    net = torch.nn.Linear(1, 1, bias=False)
    average, found = AveragedModel(net, **options), []
    for point in PATH:
        with torch.no_grad():
            net.weight.fill_(point)
        average.update_parameters(net)
        found.append(average.module.weight.item())
    return found


def test_an_equal_average():
    assert averaged() == pytest.approx(
        [np.mean(PATH[:n + 1]) for n in range(len(PATH))])


def test_an_exponential_average():
    expected = [PATH[0]]
    for point in PATH[1:]:
        expected.append(0.75 * expected[-1] + 0.25 * point)
    assert averaged(multi_avg_fn=get_ema_multi_avg_fn(0.75)) == (
        pytest.approx(expected))
