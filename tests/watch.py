"""Minibatches that watch what an update does to a single weight."""


class Watch:
    """The same minibatch again and again; `changes` are what the updates in
    between took away from a weight that was 0."""

    def __init__(self, num_batches, batch, reset, weight):
        self.num_batches, self.batch = num_batches, batch
        self.reset, self.weight = reset, weight
        self.changes = []

    def __len__(self):
        return self.num_batches

    def __iter__(self):
        for _ in range(self.num_batches):
            self.reset()
            yield self.batch
            self.changes.append(-self.weight())
