// Schedules of the lab: the rate as a pure function of time in epochs, as in
// d2l.schedulers, and the rates of a run, one for each update.
//
// A setting says when things happen, in epochs from the start: a decay that
// ends at 10 ends there with a warmup and without. A schedule's own clock
// begins after the warmup; `effective` converts, and makes the most of
// settings that contradict each other. Pages, Node and tests share this file.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};

  // Arguments: label, smallest and largest value, step, default.
  const ARGUMENTS = {
    peak: ['peak rate', 0.01, 1, 0.01, 0.1],
    floor: ['floor', 0, 0.1, 0.001, 0],
    factor: ['factor', 0.1, 0.99, 0.01, 0.5],
    first: ['first cut at', 1, 29, 1, 5],
    second: ['second cut at', 2, 30, 1, 8],
    power: ['power', 0.5, 4, 0.5, 2],
    end: ['ends at epoch', 2, 30, 1, 10],
    decay: ['epochs of decay', 1, 29, 1, 2],
    rise: ['epochs of rise', 1, 29, 1, 3],
    period: ['first cycle', 1, 30, 1, 2],
    growth: ['cycles grow by', 1, 2, 1, 2],
    length: ['warmup epochs', 1, 10, 1, 1],
    begin: ['start, × peak', 0, 1, 0.05, 0]};

  const half = (done) => (1 + Math.cos(Math.PI * done)) / 2;

  const part = (t, length) => Math.min(t / length, 1);

  function cycle(t, length, growth) {
    while (t >= length) {
      t -= length;
      length *= growth;
    }
    return t / length;
  }

  // Kinds: title, arguments, rate at time t of the schedule's own clock.
  const KINDS = {
    'constant': ['constant', ['peak'], (t, a) => a.peak],
    'square-root': ['square root', ['peak'],
      (t, a) => a.peak * (t + 1) ** -0.5],
    'factor': ['factor', ['peak', 'factor', 'floor'],
      (t, a) => Math.max(a.floor, a.peak * a.factor ** t)],
    'multi-factor': ['multi factor', ['peak', 'factor', 'first', 'second'],
      (t, a) => a.peak * a.factor ** ((t >= a.first) + (t >= a.second))],
    'polynomial': ['polynomial', ['peak', 'end', 'power', 'floor'],
      (t, a) => a.floor
        + (a.peak - a.floor) * (1 - part(t, a.end)) ** a.power],
    'cosine': ['cosine', ['peak', 'end', 'floor'],
      (t, a) => a.floor + (a.peak - a.floor) * half(part(t, a.end))],
    'linear': ['linear to zero', ['peak', 'end'],
      (t, a) => a.peak * (1 - part(t, a.end))],
    'stable-decay': ['stable then decay', ['peak', 'end', 'decay', 'floor'],
      (t, a) => a.floor + (a.peak - a.floor)
        * (1 - part(Math.max(t - (a.end - a.decay), 0), a.decay))],
    'one-cycle': ['one cycle', ['peak', 'end', 'rise'],
      (t, a) => t < a.rise
        ? a.peak / 25 + (a.peak - a.peak / 25) * t / a.rise
        : a.peak * (1 - part(t - a.rise, a.end - a.rise))],
    'warm-restarts': ['warm restarts', ['peak', 'period', 'growth', 'floor'],
      (t, a) => a.floor
        + (a.peak - a.floor) * half(cycle(t, a.period, a.growth))]};

  const WARMUPS = ['none', 'linear', 'constant'];

  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

  // Return a slot's arguments on the schedule's own clock; `warmup` is the
  // length of the warmup, `begin` a rate, `start` the rate after it.
  function effective(slot) {
    const warmup = slot.warmup === 'none' ? 0 : slot.length;
    const end = Math.max(slot.end - warmup, 2);
    const first = Math.max(slot.first - warmup, 1);
    const a = {...slot, end, first, warmup, mode: slot.warmup,
      floor: Math.min(slot.floor, slot.peak),
      second: Math.max(slot.second - warmup, first + 1),
      decay: Math.min(slot.decay, end), rise: clamp(slot.rise, 1, end - 1)};
    a.start = KINDS[slot.kind][2](0, a);
    const share = slot.warmup === 'constant'
      ? Math.max(slot.begin, 0.05) : slot.begin;
    a.begin = share * a.start;
    return a;
  }

  // Return the schedule of a slot: a function of time in epochs.
  function schedule(slot) {
    const a = effective(slot);
    const after = KINDS[slot.kind][2];
    return (t) => {
      if (t >= a.warmup) return after(t - a.warmup, a);
      if (a.mode === 'constant') return a.begin;
      return a.begin + (a.start - a.begin) * t / a.warmup;
    };
  }

  // Return the rate of every update of a run: {epochs, updates, per}, where
  // `updates` are those of an epoch and `per` says when the schedule is asked,
  // before every 'update' or 'epoch'.
  function rates(slot, run) {
    const rate = schedule(slot);
    return Float64Array.from({length: run.epochs * run.updates}, (_, n) => (
      rate(run.per === 'epoch' ? Math.floor(n / run.updates)
        : n / run.updates)));
  }

  // Return a slot with defaults for all arguments.
  function slot(kind, settings = {}) {
    const defaults = Object.entries(ARGUMENTS).map(([name, a]) => [name, a[4]]);
    return {kind, warmup: 'none', ...Object.fromEntries(defaults), ...settings};
  }

  // Return the names of the arguments that a slot has.
  function names(slot) {
    return [...KINDS[slot.kind][1],
      ...(slot.warmup === 'none' ? [] : ['length', 'begin'])];
  }

  // Return what a slot is called, as 'warmup, cosine'.
  function title(slot) {
    return (slot.warmup === 'none' ? '' : 'warmup, ') + KINDS[slot.kind][0];
  }

  Object.assign(lab, {ARGUMENTS, KINDS, WARMUPS, effective, schedule, rates,
    slot, names, title});
})();
