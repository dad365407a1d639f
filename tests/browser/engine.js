// Stands for the lab's network in tests of its interface: accuracies that
// depend on the first rate and the seed, an epoch every 20 ms, or `pace`. With a
// rate of 1 it diverges in the second epoch, with one of 0.99 in the first.
Object.assign(globalThis.ScheduleLab ??= {}, {
  images: {train: 6000, test: 1000},
  problem: () => '',
  updatesPerEpoch: (batch) => Math.ceil(6000 / batch),
  train({rates, seed, epochs}, {onEpoch, onEnd}) {
    const best = rates[0] > 0.1 ? 0.3 : 0.85;
    let epoch = 0;
    const timer = setInterval(() => {
      epoch += 1;
      if (rates[0] >= 0.99 && (epoch > 1 || rates[0] < 1)) {
        clearInterval(timer);
        onEnd({dead: true, diverged: true, update: 1, words: 'It diverged.'});
        return;
      }
      const acc = best * (1 - Math.exp(-epoch)) + seed / 1000;
      onEpoch({epoch, loss: 2 / epoch, trainAcc: acc + 0.01, testAcc: acc,
        seconds: epoch});
      if (epoch < epochs) return;
      clearInterval(timer);
      onEnd({dead: false, diverged: false, update: rates.length, words: ''});
    }, globalThis.pace ?? 20);
    return {cancel: () => clearInterval(timer)};
  },
});
