// What a run is held against: the nearest recorded runs, and a prediction.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const NEAR = 0.5;  // mean difference of the logarithms of rates
  const TINY = 1e-3;  // rates below are all the same

  // Return the recorded runs, out of many, whose rates at the beginning of
  // each epoch are nearest to these, if any are near and long enough.
  function nearest(recorded, rates, run) {
    let best = null, least = NEAR;
    for (const group of recorded?.groups ?? []) {
      if (group.rates.length < run.epochs) continue;
      let sum = 0;
      for (let epoch = 0; epoch < run.epochs; epoch += 1) {
        sum += Math.abs(Math.log((group.rates[epoch] + TINY)
          / (rates[epoch * run.updates] + TINY)));
      }
      if (sum / run.epochs < least) {
        least = sum / run.epochs;
        best = group;
      }
    }
    return best;
  }

  // Return {band} or, where a run died, {faint} with one curve a seed: recorded
  // test accuracies, cut where the reader's run ends.
  function recordedCurves(group, epochs) {
    if (!group) return {};
    const point = (accuracy, epoch) => [epoch + 1, accuracy];
    const cut = group.runs.map((run) => run.slice(0, epochs));
    if (group.died) return {faint: cut.map((run) => run.map(point))};
    return {band: cut[0].map((_, epoch) => {
      const all = cut.map((run) => run[epoch]);
      return [epoch + 1, Math.min(...all), Math.max(...all)];
    })};
  }

  // Return the range of recorded accuracies after so many epochs.
  function recordedRange(group, epochs) {
    if (!group) return '–';
    const at = group.runs.map((run) => run[Math.min(epochs, run.length) - 1]);
    const [low, high] = [Math.min(...at), Math.max(...at)].map((x) => (
      (100 * x).toFixed(0)));
    return `${low}–${high} %`;
  }

  // Return which recorded runs are shown, in words.
  function recordedWords(rows, note) {
    const near = rows.filter((row) => row.near).map((row) => (
      `${row.name} beside “${row.near.name}” (${row.near.runs.length} seeds)`));
    return near.length ? `Faint in the plot are the recorded runs that come `
      + `nearest: ${near.join(', ')}. ${note}` : '';
  }

  // Return what became of a prediction, in a sentence.
  function sentence(rows) {
    const guessed = rows.filter((row) => row.guess);
    if (guessed.length < 2 || !guessed.some((row) => row.last)) return '';
    const highest = (key) => {
      const most = Math.max(...guessed.map(key));
      return guessed.filter((row) => key(row) === most)
        .map((row) => row.name);
    };
    const expected = highest((row) => row.guess);
    const found = highest((row) => row.last?.testAcc ?? 0).join(' and ');
    if (expected.length > 1) {
      return `You expected ${expected.join(' and ')} to end alike; `
        + `${found} ended highest.`;
    }
    return `You expected ${expected[0]} to end highest`
      + (found === expected[0] ? ', and it did.' : `; ${found} did.`);
  }

  // Return the table of final numbers, and what became of the prediction.
  function verdict(results, state, note) {
    const {element, table, wide, percent} = lab.controls;
    const rows = results.map((row) => ({...row,
      last: row.ended.diverged ? undefined : row.epochs.at(-1)}));
    const cells = rows.map((row) => [`${row.name}: ${row.title}`,
      row.guess ? `${row.guess} %` : '–',
      row.last ? percent(row.last.testAcc) : 'diverged',
      row.last ? percent(row.last.trainAcc) : '–',
      row.last ? row.last.loss.toFixed(3) : '–', recordedRange(row.near, state.epochs)]);
    const fates = rows.map((row) => row.ended.words && (
      `${row.name}: ${row.ended.words}`)).filter(Boolean);
    const words = [sentence(rows), ...fates,
      'One seed decides little: change it and train again.',
      recordedWords(rows, note)];
    return [element('p', {}, words.filter(Boolean).join(' ')),
      wide('final numbers', table(`After ${state.epochs} epochs, with seed `
        + `${state.seed} and momentum ${state.momentum}`, ['schedule', 'you expected',
          'test accuracy', 'training accuracy', 'loss', 'recorded runs'],
        cells))];
  }

  Object.assign(lab, {nearest, recordedCurves, verdict});
})();
