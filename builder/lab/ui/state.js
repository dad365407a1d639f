// The state of a lab and its address: '#lab&epochs=10&a=cosine&a.peak=0.3'.
// What an address says is checked; nonsense is told, and defaults are taken.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const SLOTS = ['a', 'b', 'c'];

  // Settings of a run: smallest and largest value, step, default.
  const RUN = {epochs: [2, 30, 1, 10], seed: [0, 9999, 1, 1],
    momentum: [0, 0.95, 0.05, 0.9]};
  const PER = ['update', 'epoch'];

  // Return a whole state with what the page's author chose: schedules such as
  // 'warmup cosine', peak, epochs, momentum.
  function initial(options = {}) {
    const epochs = options.epochs ?? RUN.epochs[3];
    const state = {epochs, seed: RUN.seed[3], per: 'update',
      momentum: options.momentum ?? RUN.momentum[3]};
    SLOTS.forEach((name, i) => {
      const title = options.schedules?.[i] ?? (i ? null : 'constant');
      state[name] = title === null ? null : named(title, options, epochs);
    });
    return state;
  }

  function named(title, options, epochs) {
    const warm = title.startsWith('warmup ');
    const kind = Object.keys(lab.KINDS).find((key) => (
      lab.KINDS[key][0] === title.replace(/^warmup /, '')));
    return fitted(kind, epochs, {
      ...(options.peak === undefined ? {} : {peak: options.peak}),
      warmup: warm ? 'linear' : 'none'});
  }

  // Return a slot whose times suit a run of so many epochs.
  function fitted(kind, epochs, settings = {}) {
    const times = {end: epochs, first: Math.max(1, Math.round(epochs / 2)),
      second: Math.max(2, Math.round(epochs * 0.75)),
      decay: Math.max(1, Math.round(epochs / 5)),
      rise: Math.max(1, Math.round(epochs * 0.3)),
      period: Math.max(1, Math.round(epochs / 3)), growth: 2,
      length: Math.max(1, Math.round(epochs / 10))};
    return lab.slot(kind, {...times, ...settings});
  }

  const plain = (x) => String(Number(x.toPrecision(9)));

  // Return a state as the text after '#'.
  function format(state) {
    const parts = ['epochs', 'seed', 'momentum'].map((name) => (
      `${name}=${plain(state[name])}`));
    parts.push(`per=${state.per}`);
    for (const name of SLOTS) {
      const slot = state[name];
      parts.push(`${name}=${slot ? slot.kind : 'none'}`);
      if (!slot) continue;
      parts.push(`${name}.warmup=${slot.warmup}`);
      for (const argument of lab.names(slot)) {
        parts.push(`${name}.${argument}=${plain(slot[argument])}`);
      }
    }
    return `lab&${parts.join('&')}`;
  }

  // Return the state that the text after '#' says, and what is wrong with it:
  // {state, problems}; no state if the text is not of a lab.
  function parse(text, defaults) {
    const [mark, ...entries] = text.split('&');
    if (mark !== 'lab') return {state: null, problems: []};
    const reader = new Reader(entries);
    const state = {...defaults};
    for (const name of Object.keys(RUN)) {
      state[name] = reader.number(name, RUN[name], defaults[name], true);
    }
    state.per = reader.choice('per', PER, defaults.per);
    for (const name of SLOTS) {
      const before = defaults[name];
      const kind = reader.choice(name, ['none', ...Object.keys(lab.KINDS)],
        before ? before.kind : 'none');
      state[name] = kind === 'none' ? null
        : readSlot(reader, name, kind, state.epochs, before);
    }
    if (!SLOTS.some((name) => state[name])) {
      state.a = defaults.a ?? fitted('constant', state.epochs);
    }
    reader.rest();
    return {state, problems: reader.problems};
  }

  function readSlot(reader, name, kind, epochs, before) {
    const slot = before && before.kind === kind ? {...before}
      : fitted(kind, epochs);
    slot.warmup = reader.choice(`${name}.warmup`, lab.WARMUPS, slot.warmup);
    for (const argument of lab.names(slot)) {
      slot[argument] = reader.number(`${name}.${argument}`,
        lab.ARGUMENTS[argument].slice(1), slot[argument]);
    }
    return slot;
  }

  // Takes entries out of an address and notes what it cannot use.
  class Reader {
    constructor(entries) {
      this.problems = [];
      this.entries = new Map();
      for (const entry of entries.filter(Boolean)) {
        const at = entry.indexOf('=');
        const name = at < 0 ? entry : entry.slice(0, at);
        if (at < 0 || this.entries.has(name)) this.say(entry, 'a name and a value, once');
        else this.entries.set(name, entry.slice(at + 1));
      }
    }

    say(entry, expected) {
      const shown = entry.length > 40 ? `${entry.slice(0, 40)}…` : entry;
      this.problems.push(`“${shown}” (expected ${expected})`);
    }

    take(name) {
      const value = this.entries.get(name);
      this.entries.delete(name);
      return value;
    }

    choice(name, known, otherwise) {
      const value = this.take(name);
      if (value === undefined) return otherwise;
      if (known.includes(value)) return value;
      this.say(`${name}=${value}`, known.join(', '));
      return otherwise;
    }

    number(name, [low, high, step], otherwise) {
      const text = this.take(name);
      if (text === undefined) return otherwise;
      const value = /^[\d.]+(e-?\d+)?$/.test(text) ? Number(text) : NaN;
      const whole = step === 1;
      if (value >= low && value <= high
        && !(whole && !Number.isInteger(value))) return value;
      this.say(`${name}=${text}`,
        `a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
      return otherwise;
    }

    rest() {
      for (const name of this.entries.keys()) {
        this.say(`${name}=${this.entries.get(name)}`, 'a setting that is '
          + 'in use here');
      }
    }
  }

  // Return what is wrong with the text after '#' in a link to a lab with
  // these options.
  const problems = (options, text) => parse(text, initial(options)).problems;

  // Return what stands where no script runs: the figure of the rates as SVG,
  // what it shows in words, the code of the first schedule by framework.
  function still(options, size) {
    const state = initial(options);
    const run = {...state, updates: lab.UPDATES};
    const slots = SLOTS.map((name, i) => [name.toUpperCase(), i, state[name]])
      .filter(([, , slot]) => slot);
    const code = Object.fromEntries(lab.FRAMEWORKS.map((framework) => (
      [framework, lab.snippet(framework, state.a, run, true)])));
    return {svg: lab.rateChart(slots, run, size), code,
      words: slots.map(([name, , slot]) => lab.words(name, slot, run))};
  }

  Object.assign(lab, {still, problems, SLOTS, RUN, initial, fitted,
    format, parse});
})();
