// Schedules as Python code, in epochs: those of d2l, and plain functions of t
// for what d2l or a framework lacks. Every line has at most 78 characters.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};

  const number = (x) => String(Number(x.toPrecision(12)));

  // A rate that is a whole number is a float, too: Optax would keep an int.
  const rate = (x) => (Number.isInteger(x) ? `${x}.0` : number(x));

  // Return `head`, items with commas, `tail`: on one line or, indented by
  // four, on as many as it takes.
  function call(head, items, tail = ')') {
    const line = head + items.join(', ') + tail;
    if (line.length <= 78) return line;
    const lines = ['   '];
    items.forEach((item, n) => {
      const word = ` ${item}${n < items.length - 1 ? ',' : tail}`;
      if (lines.at(-1).length + word.length > 78) lines.push('   ');
      lines[lines.length - 1] += word;
    });
    return [head, ...lines].join('\n');
  }

  // Return a fraction of the peak, as 0.01 / 0.3.
  const ratio = (x, a) => (x ? `${number(x)} / ${rate(a.peak)}` : '0');

  const between = (a) => (a.floor
    ? [`${number(a.floor)} + `, `(${rate(a.peak)} - ${number(a.floor)})`]
    : ['', rate(a.peak)]);

  // The statements of a function of t, by kind.
  const BODIES = {
    'constant': (a) => [`return ${rate(a.peak)}`],
    'square-root': (a) => [`return ${rate(a.peak)} * (t + 1) ** -0.5`],
    'factor': (a) => [`return max(${number(a.floor)}, ${rate(a.peak)} * `
      + `${number(a.factor)} ** t)`],
    'multi-factor': (a) => [`return ${rate(a.peak)} * ${number(a.factor)} `
      + `** ((t >= ${a.first}) + (t >= ${a.second}))`],
    'polynomial': (a) => [`left = 1 - min(t / ${a.end}, 1)`,
      `return ${between(a).join('')} * left ** ${number(a.power)}`],
    'cosine': (a) => [`done = min(t / ${a.end}, 1)`,
      `return ${between(a).join('')} * (1 + math.cos(math.pi * done)) / 2`],
    'linear': (a) => [`return ${rate(a.peak)} * (1 - min(t / ${a.end}, 1))`],
    'stable-decay': (a) => [
      `done = min(max(t - ${a.end - a.decay}, 0) / ${a.decay}, 1)`,
      `return ${between(a).join('')} * (1 - done)`],
    'one-cycle': (a) => [`if t < ${a.rise}:`,
      `    rise = ${rate(a.peak)} - ${number(a.peak / 25)}`,
      `    return ${number(a.peak / 25)} + rise * t / ${a.rise}`,
      `done = min((t - ${a.rise}) / ${a.end - a.rise}, 1)`,
      `return ${rate(a.peak)} * (1 - done)`],
    'warm-restarts': (a) => [`length = ${a.period}`, 'while t >= length:',
      `    t, length = t - length, length * ${a.growth}`,
      `return ${between(a).join('')} * (1 + math.cos(math.pi * t / length)) `
        + '/ 2']};

  // The schedules of d2l, by kind: class and arguments.
  const CLASSES = {
    'square-root': (a) => ['SquareRootScheduler', [`lr=${rate(a.peak)}`]],
    'factor': (a) => ['FactorScheduler', [`factor=${number(a.factor)}`,
      `stop_factor_lr=${number(a.floor)}`, `base_lr=${rate(a.peak)}`]],
    'multi-factor': (a) => ['MultiFactorScheduler',
      [`step=[${a.first}, ${a.second}]`, `factor=${number(a.factor)}`,
        `base_lr=${rate(a.peak)}`]],
    'polynomial': (a) => ['PolyScheduler', [`max_update=${a.end}`,
      `base_lr=${rate(a.peak)}`, `pwr=${number(a.power)}`,
      `final_lr=${number(a.floor)}`]],
    'cosine': (a) => ['CosineScheduler', [`max_update=${a.end}`,
      `base_lr=${rate(a.peak)}`, `final_lr=${number(a.floor)}`]],
    'linear': (a) => ['PolyScheduler', [`max_update=${a.end}`,
      `base_lr=${rate(a.peak)}`, 'pwr=1']]};

  // Return a function of t in epochs as Python: its lines.
  function define(name, body) {
    return [`def ${name}(t):  # t in epochs`,
      ...body.map((line) => `    ${line}`), ''];
  }

  // Return lines that define `schedule`, a plain function of t in epochs.
  function plain(kind, a) {
    const body = BODIES[kind](a);
    if (!a.warmup) return define('schedule', body);
    const rise = a.mode === 'constant' ? [`        return ${rate(a.begin)}`]
      : [`        rise = ${rate(a.start)} - ${rate(a.begin)}`,
        `        return ${rate(a.begin)} + rise * t / ${a.warmup}`];
    return [...define('after', body), 'def schedule(t):  # t in epochs',
      `    if t < ${a.warmup}:  # warmup`, ...rise,
      `    return after(t - ${a.warmup})`, ''];
  }

  // Return lines that define `schedule` with what d2l has.
  function ours(kind, a) {
    const found = CLASSES[kind]?.(a);
    if (!a.warmup) {
      return found ? [call(`schedule = d2l.${found[0]}(`, found[1]), '']
        : plain(kind, a);
    }
    const after = found ? [call(`after = d2l.${found[0]}(`, found[1])]
      : define('after', BODIES[kind](a));
    const mode = a.mode === 'constant' ? ["mode='constant'"] : [];
    return [...after, call('schedule = d2l.WarmupScheduler(', ['after',
      `warmup_steps=${a.warmup}`, `begin_lr=${rate(a.begin)}`, ...mode]),
      ''];
  }

  const needsMath = (lines) => lines.some((line) => line.includes('math.'));

  lab.python = {number, rate, call, ratio, define, plain, ours, needsMath, BODIES};
})();
