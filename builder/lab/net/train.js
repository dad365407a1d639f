// The global ScheduleLab: what a page calls to train a network in a worker.
// builder/lab/net/__init__.py describes it. A classic script, since browsers
// load no modules from files; so what it loads later are scripts too, which
// set ScheduleLab.network and ScheduleLab.packed.
(() => {
  'use strict';
  const own = new URL(document.currentScript.src);
  const lab = Object.assign(globalThis.ScheduleLab ??= {}, {
    images: /* counts */false, updatesPerEpoch, problem, train});

  function updatesPerEpoch(batchSize) {
    return Math.ceil(lab.images.train / batchSize);
  }

  function problem() {
    for (const name of ['WebAssembly', 'Worker', 'DecompressionStream']) {
      if (typeof globalThis[name] === 'undefined') {
        return `This browser has no ${name}, so it cannot train here.`;
      }
    }
    return lab.images ? '' : 'This copy of the page was built without the ' +
      'images, so there is nothing to train on.';
  }

  // Settings are checked before anything begins.
  function check({rates, seed, momentum, batchSize, epochs}) {
    const whole = (name, value, least, most) => {
      if (!Number.isInteger(value) || value < least || value > most) {
        throw new RangeError(`${name} must be a whole number from ${least} ` +
          `to ${most}, got ${value}`);
      }
    };
    whole('seed', seed, 0, 4294967295);
    whole('batchSize', batchSize, 1, 256);
    whole('epochs', epochs, 1, 1000);
    if (!(momentum >= 0 && momentum < 1)) {
      throw new RangeError('momentum must be at least 0 and less than 1, ' +
        `got ${momentum}`);
    }
    const updates = epochs * updatesPerEpoch(batchSize);
    if (!(rates instanceof Float64Array) || rates.length !== updates) {
      throw new RangeError(`rates must be a Float64Array of ${updates} ` +
        `rates, one an update, got ${rates?.length}`);
    }
    const wrong = rates.findIndex((rate) => !(rate >= 0 && rate < Infinity));
    if (wrong >= 0) {
      throw new RangeError('a rate must be a finite number and not less ' +
        `than 0, that of update ${wrong + 1} is ${rates[wrong]}`);
    }
  }

  let loading = null;

  // Load the two scripts beside this one, in its version, once; after a
  // failure, again.
  function load() {
    const script = (name) => new Promise((resolve, reject) => {
      const element = document.createElement('script');
      element.src = new URL(name + own.search, own);
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${name} cannot be loaded.`));
      document.head.append(element);
    });
    loading ??= Promise.all([script('network.js'), script('images.js')])
      .catch((error) => {
        loading = null;
        throw error;
      });
    return loading;
  }

  function train(settings, callbacks) {
    const found = problem();
    if (found) throw new Error(found);
    check(settings);
    let worker = null, over = false;
    const stop = () => {
      over = true;
      worker?.terminate();
    };
    const tell = (name, value) => {
      if (!over || name !== 'onEpoch') callbacks[name]?.(value);
    };
    const fail = (message) => {
      if (over) return;
      stop();
      tell('onError', `The network could not be trained: ${message}`);
    };
    const hear = ({data}) => {
      if (over) return;
      if (data.error !== undefined) {
        fail(data.error);
      } else if (data.epoch) {
        tell('onEpoch', data.epoch);
      } else {
        stop();
        tell('onEnd', {...data.end, words: inWords(data.end, settings)});
      }
    };
    load().then(() => {
      if (over) return;
      const url = URL.createObjectURL(new Blob(
        [lab.network.worker], {type: 'text/javascript'}));
      worker = new Worker(url);
      URL.revokeObjectURL(url);
      worker.onmessage = hear;
      worker.onerror = (event) => fail(event.message ?? 'no worker begins.');
      worker.postMessage({network: lab.network.wasm, images: lab.packed,
        counts: lab.images, settings});
    }).catch((error) => fail(error.message));
    return {cancel: stop};
  }

  function inWords({dead, diverged, update}, {rates}) {
    if (diverged) {
      return `After update ${update} of ${rates.length}, with the rate ` +
        `${Number(rates[update - 1].toPrecision(3))}, the weights were no ` +
        'longer finite numbers: training diverged.';
    }
    return dead ? 'In the last epoch, the network classified at most a ' +
      'fifth of the training images correctly: it is dead.' : '';
  }
})();
