// The code of exactly one schedule in one framework, with the chapter's own
// schedules or with the framework's. Tests run every snippet that there can be
// and compare the rates that its optimizer applies with the curve. In d2l a
// schedule's time is in epochs; builtin.js tells of the others.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const {number, rate, call, ours, needsMath} = lab.python;

  // Training loops, and how each framework sets a rate.

  const momentum = (run, form) => (run.momentum
    ? form.replace('%', number(run.momentum)) : '');

  const LOOPS = {
    pytorch: {
      imports: ['import torch'],
      trainer: (rate, run) => `trainer = torch.optim.SGD(net.parameters(), `
        + `lr=${rate}${momentum(run, ', momentum=%')})`,
      body: ['trainer.zero_grad()', 'loss(net(X), y).backward()',
        'trainer.step()']},
    mxnet: {
      imports: ['from mxnet import autograd, gluon'],
      trainer: (rate, run, scheduled) => call(
        "trainer = gluon.Trainer(net.collect_params(), 'sgd', {", [
          `'${scheduled ? 'lr_scheduler' : 'learning_rate'}': ${rate}`,
          ...(run.momentum ? [`'momentum': ${number(run.momentum)}`] : [])],
        '})'),
      set: (ask) => `trainer.set_learning_rate(${ask})`,
      body: ['with autograd.record():', '    l = loss(net(X), y)',
        'l.backward()', 'trainer.step(len(y))']},
    tensorflow: {
      imports: ['import keras', 'import tensorflow as tf'],
      trainer: (rate, run) => `trainer = keras.optimizers.SGD(${rate}`
        + `${momentum(run, ', momentum=%')})`,
      set: (ask) => `trainer.learning_rate = ${ask}`,
      body: ['with tf.GradientTape() as tape:',
        '    l = loss(y, net(X, training=True))',
        'weights = net.trainable_variables',
        'grads = tape.gradient(l, weights)',
        'trainer.apply_gradients(zip(grads, weights))']},
    jax: {
      imports: ['import optax', 'from flax import nnx'],
      trainer: (rate, run, scheduled) => [
        scheduled ? `sgd = optax.sgd(${rate}${momentum(run, ', momentum=%')})`
          : `sgd = optax.inject_hyperparams(optax.sgd)(${rate}`
            + `${momentum(run, ', momentum=%')})`,
        'trainer = nnx.Optimizer(net, sgd, wrt=nnx.Param)', '', '@nnx.jit',
        'def update(net, trainer, X, y):',
        '    grads = nnx.grad(lambda net: loss(net(X), y))(net)',
        '    trainer.update(net, grads)'].join('\n'),
      body: ['update(net, trainer, X, y)']}};

  const D2L = {pytorch: 'torch', mxnet: 'mxnet', tensorflow: 'tensorflow',
    jax: 'jax'};

  // Return how our own schedule is attached: asked, then set.
  function own(slot, a, run) {
    return {before: ours(slot.kind, a), d2l: true,
      ask: run.per === 'epoch' ? 'schedule(epoch)' : 'schedule(epoch + i / N)'};
  }

  function loop(way, run, parts) {
    const set = parts.ask && ((ask) => (parts.d2l
      ? `d2l.set_lr(trainer, ${ask})` : way.set(ask)))(parts.ask);
    const each = run.per === 'epoch';
    const counted = parts.d2l && !each;
    return ['for epoch in range(num_epochs):',
      ...(set && each ? [`    ${set}`] : []),
      counted ? '    for i, (X, y) in enumerate(train_iter):'
        : '    for X, y in train_iter:',
      ...(set && !each ? [`        ${set}`] : []),
      ...way.body.map((line) => `        ${line}`),
      ...(parts.step ? [`${each ? '    ' : '        '}${parts.step}`] : [])];
  }

  // Return the code of a slot's schedule in a framework, with d2l's schedules
  // if `mine`, else with the framework's own. It expects net, loss and
  // train_iter, whose epochs have run.updates minibatches.
  function snippet(framework, slot, run, mine) {
    const a = lab.effective(slot);
    const way = LOOPS[framework];
    const parts = mine ? own(slot, a, run)
      : lab.builtin[framework](slot, a, run);
    const scheduled = Boolean(parts.rate);
    const trainer = way.trainer(parts.rate ?? rate(a.peak), run, scheduled);
    const math = needsMath(parts.before) ? ['import math', ''] : [];
    const first = framework === 'mxnet' && parts.d2l;  // see its docstring
    const d2l = parts.d2l ? [`from d2l import ${D2L[framework]} as d2l`] : [];
    const imports = first ? [...d2l, '', ...way.imports]
      : [...way.imports, ...(parts.imports ?? []), ...(d2l.length
        ? ['', ...d2l] : [])];
    const text = [...math, ...imports, '',
      `num_epochs, N = ${run.epochs}, ${run.updates}  # an epoch has N updates`,
      '', ...parts.before, trainer, ...(parts.after ?? []), '',
      ...loop(way, run, parts)].join('\n');
    return text.replace(/\n{3,}/g, '\n\n') + '\n';
  }

  Object.assign(lab, {snippet, FRAMEWORKS: Object.keys(LOOPS)});
})();
