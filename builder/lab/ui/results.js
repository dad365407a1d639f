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

  // Return what recorded runs have after so many epochs, as words.
  function recordedWords(group, epochs) {
    if (!group) return 'none is near';
    const at = group.runs.map((run) => run[Math.min(epochs, run.length) - 1]);
    const [low, high] = [Math.min(...at), Math.max(...at)].map((x) => (
      (100 * x).toFixed(0)));
    return `${low}–${high} % (${group.runs.length} seeds, “${group.name}”)`;
  }

  // Return what became of a prediction, in a sentence.
  function sentence(rows) {
    const guessed = rows.filter((row) => row.guess && row.last);
    if (guessed.length < 2) return '';
    const first = (key) => guessed.reduce((a, b) => (key(b) > key(a) ? b : a));
    const expected = first((row) => row.guess);
    const found = first((row) => row.last.testAcc);
    return expected === found
      ? `You expected ${expected.name} to end highest, and it did.`
      : `You expected ${expected.name} to end highest; ${found.name} did.`;
  }

  // Return the table of final numbers, and what became of the prediction.
  function verdict(results, state, note) {
    const {element, table, percent} = lab.controls;
    const rows = results.map((row) => ({...row, last: row.epochs.at(-1)}));
    const cells = rows.map((row) => [`${row.name}: ${row.title}`,
      row.guess ? `${row.guess} %` : '–',
      row.last ? percent(row.last.testAcc) : '–',
      row.last ? percent(row.last.trainAcc) : '–',
      row.last && Number.isFinite(row.last.loss) ? row.last.loss.toFixed(3)
        : '–', recordedWords(row.near, state.epochs)]);
    const fates = rows.map((row) => row.ended.words && (
      `${row.name}: ${row.ended.words}`)).filter(Boolean);
    const words = [sentence(rows), ...fates,
      'One seed decides little: change it and train again.',
      ...(rows.some((row) => row.near) ? [`${note} They are faint in the plot.`]
        : [])];
    return [element('p', {}, words.filter(Boolean).join(' ')),
      element('div', {class: 'table-wrapper', tabindex: 0, role: 'region',
        'aria-label': 'final numbers'}, table(`After ${state.epochs} epochs`,
        ['schedule', 'you expected', 'test accuracy', 'training accuracy',
          'loss', 'recorded runs'], cells))];
  }

  Object.assign(lab, {nearest, recordedCurves, recordedWords, verdict});
})();
