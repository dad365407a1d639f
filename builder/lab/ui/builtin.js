// What each framework has for a schedule, as Python: what stands before the
// trainer (`before`) and after it (`after`), what the trainer takes for a rate
// (`rate`), what the loop sets (`ask`) or calls (`step`).
//
// What frameworks bring counts calls: n counts updates or epochs, as the
// reader chose, and lengths are multiplied by N, the updates of an epoch, where
// it counts updates.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const {number, rate, call, ratio, define, plain, BODIES} = lab.python;

  const NONE = (name) => `# ${name} has no such scheduler; a function will do.`;

  // Return (epochs as a count, time from the count n) of a run's unit.
  const unit = (run) => (run.per === 'epoch'
    ? {count: String, time: 'n', one: '1', root: (x) => number(x)}
    : {count: (x) => (x ? `${x} * N` : '0'), time: 'n / N', one: 'N',
      root: (x) => `${number(x)} ** (1 / N)`});

  // Parts of a schedule, as (expression, epochs or none if it goes on), are
  // joined at the sums of their lengths.
  function milestones(parts, u) {
    let sum = 0;
    return parts.slice(0, -1).map((part) => u.count(sum += part[1]));
  }

  function joined(head, parts, tail) {
    const lines = parts.map(([expression]) => `    ${expression}`);
    return ['parts = [', lines.join(',\n') + ']', call(head, ['parts', tail])];
  }

  // PyTorch.

  const torchLambda = (kind, a, u) => ({
    before: define('after', BODIES[kind](a)),
    parts: [[`lrs.LambdaLR(trainer, lambda n: after(${u.time}) / `
      + `${rate(a.peak)})`]]});

  const TORCH = {
    'constant': () => [['lrs.ConstantLR(trainer, factor=1)']],
    'factor': (a, u) => a.floor ? null
      : [[`lrs.ExponentialLR(trainer, gamma=${u.root(a.factor)})`]],
    'multi-factor': (a, u) => [[`lrs.MultiStepLR(trainer, [${u.count(a.first)},`
      + ` ${u.count(a.second)}], gamma=${number(a.factor)})`]],
    'polynomial': (a, u) => a.floor ? null
      : [[`lrs.PolynomialLR(trainer, ${u.count(a.end)}, `
        + `power=${number(a.power)})`]],
    'cosine': (a, u, goesOn) => {
      const cosine = [`lrs.CosineAnnealingLR(trainer, T_max=${u.count(a.end)}, `
        + `eta_min=${number(a.floor)})`, a.end];
      return goesOn ? [cosine, [`lrs.ConstantLR(trainer, `
        + `factor=${ratio(a.floor, a)}, total_iters=10**9)`]] : [cosine];
    },
    'linear': (a, u) => [[`lrs.LinearLR(trainer, start_factor=1, `
      + `end_factor=0, total_iters=${u.count(a.end)})`]],
    'stable-decay': (a, u) => {
      const decay = [`lrs.LinearLR(trainer, 1, ${ratio(a.floor, a)}, `
        + `total_iters=${u.count(a.decay)})`];
      const stable = a.end - a.decay;
      return stable ? [['lrs.ConstantLR(trainer, factor=1)', stable], decay]
        : [decay];
    },
    'one-cycle': (a, u, goesOn) => goesOn || a.warmup
      ? [[`lrs.LinearLR(trainer, 1 / 25, 1, total_iters=${u.count(a.rise)})`,
        a.rise], [`lrs.LinearLR(trainer, 1, 0, `
        + `total_iters=${u.count(a.end - a.rise)})`]]
      : [[`lrs.OneCycleLR(\n${[`trainer, max_lr=${rate(a.peak)}`,
        `total_steps=${u.count(a.end)} + 1, anneal_strategy='linear'`,
        `pct_start=(${u.count(a.rise)} + 1) / (${u.count(a.end)} + 1)`,
        'final_div_factor=1e9, cycle_momentum=False)'].map((line) => (
        `    ${line}`)).join(',\n')}`]],
    'warm-restarts': (a, u) => [[`lrs.CosineAnnealingWarmRestarts(trainer, `
      + `${u.count(a.period)}, T_mult=${a.growth}, `
      + `eta_min=${number(a.floor)})`.replace(', eta_min=0)', ')')]]};

  function torchWarmup(a, u) {
    const total = `total_iters=${u.count(a.warmup)}`;
    const begin = a.begin ? `${rate(a.begin)} / ${rate(a.peak)}` : '1e-8';
    if (a.mode === 'constant') {
      return `lrs.ConstantLR(trainer, factor=${begin}, ${total})`;
    }
    const end = a.start === a.peak ? '1'
      : `${rate(a.start)} / ${rate(a.peak)}`;
    return `lrs.LinearLR(trainer, ${begin}, ${end}, ${total})`;
  }

  function pytorch(slot, a, run) {
    const u = unit(run);
    const goesOn = a.warmup + a.end < run.epochs;
    const own = TORCH[slot.kind]?.(a, u, goesOn);
    const {before, parts} = own ? {before: [], parts: own}
      : torchLambda(slot.kind, a, u);
    if (!own) before.unshift(NONE('PyTorch'));
    if (a.warmup) parts.unshift([torchWarmup(a, u), a.warmup]);
    const made = parts.length === 1 ? [`scheduler = ${parts[0][0]}`]
      : joined('scheduler = lrs.SequentialLR(trainer, ', parts,
        `milestones=[${milestones(parts, u).join(', ')}]`);
    return {imports: ['from torch.optim import lr_scheduler as lrs'],
      before, after: made.join('\n').split('\n').map(shorten),
      step: 'scheduler.step()'};
  }

  // Break a line that is too long at its last comma that fits.
  function shorten(line) {
    if (line.length <= 78) return line;
    const at = line.lastIndexOf(', ', 77);
    const indent = ' '.repeat(line.search(/\S/) + 4);
    return `${line.slice(0, at + 1)}\n${indent}${line.slice(at + 2)}`;
  }

  // Optax.

  const OPTAX = {
    'constant': (a) => [[`optax.constant_schedule(${rate(a.peak)})`]],
    'square-root': (a, u) => [[`lambda n: ${rate(a.peak)} * `
      + (u.time === 'n' ? '(n + 1) ** -0.5' : '(n / N + 1) ** -0.5')]],
    'factor': (a, u) => [[call('optax.exponential_decay(', [rate(a.peak),
      u.one, number(a.factor), ...(a.floor ? [`end_value=${number(a.floor)}`]
        : [])])]],
    'multi-factor': (a, u) => [[`optax.piecewise_constant_schedule(`
      + `${rate(a.peak)}, {${u.count(a.first)}: ${number(a.factor)}, `
      + `${u.count(a.second)}: ${number(a.factor)}})`]],
    'polynomial': (a, u) => [[`optax.polynomial_schedule(${rate(a.peak)}, `
      + `${number(a.floor)}, ${number(a.power)}, ${u.count(a.end)})`]],
    'cosine': (a, u) => [[`optax.cosine_decay_schedule(${rate(a.peak)}, `
      + `${u.count(a.end)}, alpha=${ratio(a.floor, a)})`]],
    'linear': (a, u) => [[`optax.linear_schedule(${rate(a.peak)}, 0, `
      + `${u.count(a.end)})`]],
    'stable-decay': (a, u) => [[`optax.constant_schedule(${rate(a.peak)})`,
      a.end - a.decay], [`optax.linear_schedule(${rate(a.peak)}, `
      + `${number(a.floor)}, ${u.count(a.decay)})`]].slice(
      a.end === a.decay ? 1 : 0),
    'one-cycle': (a, u) => [[`optax.linear_schedule(${number(a.peak / 25)}, `
      + `${rate(a.peak)}, ${u.count(a.rise)})`, a.rise],
    [`optax.linear_schedule(${rate(a.peak)}, 0, `
      + `${u.count(a.end - a.rise)})`]],
    'warm-restarts': (a, u, goesOn, run) => cycles(a, run).map((length) => [
      `optax.cosine_decay_schedule(${rate(a.peak)}, ${u.count(length)}, `
      + `alpha=${ratio(a.floor, a)})`, length])};

  // Return the lengths of the cycles that begin within a run.
  function cycles(a, run) {
    const lengths = [];
    let length = a.period;
    for (let t = a.warmup; t < run.epochs; length *= a.growth) {
      lengths.push(length);
      t += length;
    }
    return lengths;
  }

  function jax(slot, a, run) {
    const u = unit(run);
    const parts = OPTAX[slot.kind](a, u, false, run);
    if (a.warmup) {
      parts.unshift([a.mode === 'constant'
        ? `optax.constant_schedule(${rate(a.begin)})`
        : `optax.linear_schedule(${rate(a.begin)}, ${rate(a.start)}, `
          + `${u.count(a.warmup)})`, a.warmup]);
    }
    const made = parts.length <= 1 ? [`schedule = ${parts[0][0]}`]
      : joined('schedule = optax.join_schedules(', parts,
        `boundaries=[${milestones(parts, u).join(', ')}]`);
    return {before: made.join('\n').split('\n').map(shorten),
      rate: run.per === 'epoch' ? 'lambda n: schedule(n // N)' : 'schedule'};
  }

  // Keras. Its schedules know linear warmups before a cosine only.

  const KERAS = {
    'constant': (a) => a.warmup ? null : ['schedules.ExponentialDecay(',
      [rate(a.peak), 'decay_steps=1', 'decay_rate=1.0']],
    'factor': (a, u) => a.warmup || a.floor ? null
      : ['schedules.ExponentialDecay(', [rate(a.peak),
        `decay_steps=${u.one}`, `decay_rate=${number(a.factor)}`]],
    'multi-factor': (a, u) => a.warmup ? null
      : ['schedules.PiecewiseConstantDecay(  # cuts after a boundary\n    ', [
        `[${u.count(a.first)} - 1, ${u.count(a.second)} - 1]`,
        `[${[1, a.factor, a.factor ** 2].map((x) => rate(a.peak * x))
          .join(', ')}]`]],
    'polynomial': (a, u) => a.warmup ? null : ['schedules.PolynomialDecay(',
      [rate(a.peak), `decay_steps=${u.count(a.end)}`,
        `end_learning_rate=${number(a.floor)}`, `power=${number(a.power)}`]],
    'cosine': (a, u) => a.mode === 'constant' ? null
      : ['schedules.CosineDecay(', [rate(a.warmup ? a.begin : a.peak),
        `decay_steps=${u.count(a.end)}`, `alpha=${ratio(a.floor, a)}`,
        ...(a.warmup ? [`warmup_target=${rate(a.peak)}`,
          `warmup_steps=${u.count(a.warmup)}`] : [])]],
    'linear': (a, u) => a.warmup ? null : ['schedules.PolynomialDecay(',
      [rate(a.peak), `decay_steps=${u.count(a.end)}`,
        'end_learning_rate=0.0', 'power=1.0']],
    'warm-restarts': (a, u) => a.warmup ? null
      : ['schedules.CosineDecayRestarts(', [rate(a.peak),
        `first_decay_steps=${u.count(a.period)}`, `t_mul=${number(a.growth)}`,
        `alpha=${ratio(a.floor, a)}`]]};

  const TABLE = ['class Table(schedules.LearningRateSchedule):',
    '    """Rates known beforehand, one for each update."""',
    '    def __init__(self, rates):', '        self.rates = tf.constant(rates)',
    '', '    def __call__(self, step):',
    '        return tf.gather(self.rates, tf.cast(step, tf.int32))', ''];

  function tensorflow(slot, a, run) {
    const found = KERAS[slot.kind]?.(a, unit(run));
    const imports = ['from keras.optimizers import schedules'];
    const each = run.per === 'epoch';
    if (found) {
      return {imports, before: [call(`schedule = ${found[0]}`, found[1])],
        ...(each ? {ask: 'float(schedule(epoch))'} : {rate: 'schedule'})};
    }
    const before = [NONE('Keras'), ...plain(slot.kind, a)];
    if (each) return {imports: [], before, ask: 'schedule(epoch)'};
    return {imports, before: [...before, ...TABLE,
      'rates = [schedule(n / N) for n in range(num_epochs * N)]'],
    rate: 'Table(rates)'};
  }

  // MXNet. What it has counts from 0, or from 1; a trainer counts from 1.

  const MX_WARMUP = (a, u) => (a.warmup ? [
    `warmup_steps=${u.count(a.warmup)}`, `warmup_begin_lr=${rate(a.begin)}`,
    `warmup_mode='${a.mode}'`] : []);

  const MXNET = {
    'factor': (a, u) => a.warmup ? null : {first: 1, made: [
      'lrs.FactorScheduler(', ['step=1', `factor=${u.root(a.factor)}`,
        `stop_factor_lr=${number(a.floor)}`, `base_lr=${rate(a.peak)}`]]},
    'multi-factor': (a, u) => a.warmup ? null : {first: 1, made: [
      'lrs.MultiFactorScheduler(', [`[${u.count(a.first)}, `
        + `${u.count(a.second)}]`, `factor=${number(a.factor)}`,
      `base_lr=${rate(a.peak)}`]]},
    'polynomial': (a, u) => ({first: 0, made: ['lrs.PolyScheduler(', [
      u.count(a.end + a.warmup), `base_lr=${rate(a.peak)}`,
      `pwr=${number(a.power)}`, `final_lr=${number(a.floor)}`,
      ...MX_WARMUP(a, u)]]}),
    'cosine': (a, u) => ({first: 0, made: ['lrs.CosineScheduler(', [
      u.count(a.end + a.warmup), `base_lr=${rate(a.peak)}`,
      `final_lr=${number(a.floor)}`, ...MX_WARMUP(a, u)]]}),
    'linear': (a, u) => ({first: 0, made: ['lrs.PolyScheduler(', [
      u.count(a.end + a.warmup), `base_lr=${rate(a.peak)}`, 'pwr=1',
      ...MX_WARMUP(a, u)]]})};

  const FROM_ZERO = (base) => ['class FromZero(lrs.LRScheduler):',
    '    """A function of n = 0, 1, ...; a trainer counts from 1."""',
    '    def __init__(self, function):',
    `        super().__init__(base_lr=${base})`,
    '        self.function = function', '', '    def __call__(self, count):',
    '        return self.function(max(count - 1, 0))', ''];

  function mxnet(slot, a, run) {
    const found = MXNET[slot.kind]?.(a, unit(run));
    const each = run.per === 'epoch';
    const imports = ['from mxnet import lr_scheduler as lrs'];
    if (!found) {
      const before = [NONE('MXNet'), ...plain(slot.kind, a)];
      if (each) return {imports: [], before, ask: 'schedule(epoch)'};
      return {imports, before: [...before, ...FROM_ZERO(rate(a.peak))],
        rate: 'FromZero(lambda n: schedule(n / N))'};
    }
    const before = [call(`schedule = ${found.made[0]}`, found.made[1])];
    if (each) {
      return {imports, before, ask: found.first
        ? 'schedule(epoch + 1)' : 'schedule(epoch)'};
    }
    return found.first ? {imports, before, rate: 'schedule'}
      : {imports, before: [...before, '', ...FROM_ZERO(rate(a.peak))],
        rate: 'FromZero(schedule)'};
  }

  lab.builtin = {pytorch, mxnet, tensorflow, jax};
})();
