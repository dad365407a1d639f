// Trains one network. The text of this file runs in a worker of the page, and
// under Node in tests: the same numbers, to the last bit, in both.
'use strict';

// W1, b1, W2, ...: rows and columns, the columns there is room for, and how
// many numbers go into an output and come out of an input (0 for biases).
const LAYERS = [
  [25, 6, 8, 25, 150], [1, 6, 8, 0, 0],
  [150, 16, 16, 150, 400], [1, 16, 16, 0, 0],
  [400, 120, 120, 400, 120], [1, 120, 120, 0, 0],
  [120, 84, 88, 120, 84], [1, 84, 88, 0, 0],
  [84, 10, 16, 84, 10], [1, 10, 16, 0, 0]];
const ALIVE = 0.2; // more than this fraction of the training images is alive
const EVALUATED = 250; // test images at a time

// Random numbers: George Marsaglia's xorshift with 128 bits of state, which a
// linear congruential generator fills from the seed. Returns 32 bits a call.
function makeRandom(seed) {
  const state = new Uint32Array(4);
  let x = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    state[i] = x;
  }
  const random = () => {
    let t = state[0] ^ (state[0] << 11);
    t ^= t >>> 8;
    state.copyWithin(0, 1);
    state[3] = state[2] ^ (state[2] >>> 19) ^ t;
    return state[3];
  };
  for (let i = 0; i < 32; i++) random(); // similar seeds part
  return random;
}

// Xavier-uniform weights, zero biases.
function initialize(parameters, random) {
  parameters.fill(0);
  let at = 0;
  for (const [rows, columns, room, inputs, outputs] of LAYERS) {
    const bound = inputs ? Math.sqrt(6 / (inputs + outputs)) : 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; bound && j < columns; j++) {
        // 24 bits, in [-1, 1).
        parameters[at + j] = bound * ((random() >>> 8) / 8388608 - 1);
      }
      at += room;
    }
  }
}

// A new order of order[0 ... n - 1], by Fisher and Yates.
function shuffle(order, n, random) {
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1) / 4294967296);
    [order[i], order[j]] = [order[j], order[i]];
  }
}

// Gray values 0 ... 15, (images, 28, 28), from what pack.py made of them: a
// byte holds two pixels, one above the other, as differences modulo 16 from
// what their neighbours let one expect.
function unpack(packed, gray) {
  for (let at = 0; at < gray.length; at += 784) {
    for (let i = 0; i < 784; i++) {
      const x = i % 28, y = (i - x) / 28;
      const byte = packed[at / 2 + (y >> 1) * 28 + x];
      const left = x ? gray[at + i - 1] : 0;
      const above = y ? gray[at + i - 28] : 0;
      const corner = x && y ? gray[at + i - 29] : 0;
      const low = Math.min(left, above), high = Math.max(left, above);
      const expected = Math.min(Math.max(left + above - corner, low), high);
      gray[at + i] = (expected + (y & 1 ? byte : byte >> 4)) & 15;
    }
  }
}

const bytesOf = (base64) => Uint8Array.from(
  atob(base64), (character) => character.charCodeAt(0));

async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(
    new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A network with its images in memory, and views of what tests look at.
// network, images: base64; counts: {train, test}.
async function load({network, images, counts}) {
  const {instance} = await WebAssembly.instantiate(bytesOf(network));
  const wasm = instance.exports, n = counts.train + counts.test;
  const view = (Kind, name, length) => new Kind(
    wasm.memory.buffer, wasm[name].value, length);
  const net = {
    wasm, counts,
    parameters: view(Float32Array, 'parameters', wasm.size.value),
    gradients: view(Float32Array, 'gradients', wasm.size.value),
    gray: view(Uint8Array, 'images', n * 784),
    labels: view(Uint8Array, 'labels', n),
    order: view(Int32Array, 'order', n)};
  const packed = await gunzip(bytesOf(images));
  unpack(packed, net.gray);
  net.labels.set(packed.subarray(n * 392));
  return net;
}

function begin(net, random) {
  initialize(net.parameters, random);
  net.wasm.reset();
  for (let i = 0; i < net.order.length; i++) net.order[i] = i;
}

// The fraction of the test images that are classified correctly.
function evaluate({wasm, counts}) {
  let correct = 0;
  for (let n = 0; n < counts.test; n += EVALUATED) {
    wasm.forward(counts.train + n, Math.min(EVALUATED, counts.test - n));
    correct += wasm.correct.value;
  }
  return correct / counts.test;
}

// One pass over the training images; `rates` has the rate of each update.
// Returns its mean loss and accuracy, and how many updates left the parameters
// finite: all, unless it had to stop.
function trainEpoch({wasm, counts}, rates, momentum, batchSize) {
  let loss = 0, correct = 0, updates = 0;
  for (let n = 0; n < counts.train; n += batchSize) {
    const rows = Math.min(batchSize, counts.train - n);
    const finite = wasm.update(n, rows, rates[updates], momentum);
    loss += wasm.loss.value;
    correct += wasm.correct.value;
    updates += 1;
    if (!finite) return {updates, finite: false};
  }
  return {updates, finite: true, loss: loss / counts.train,
    trainAcc: correct / counts.train};
}

// Train, and tell onEpoch; return what onEnd is told.
function train(net, {rates, seed, momentum, batchSize, epochs}, onEpoch) {
  const random = makeRandom(seed), start = performance.now();
  begin(net, random);
  let update = 0, trainAcc = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(net.order, net.counts.train, random);
    const done = trainEpoch(net, rates.subarray(update), momentum, batchSize);
    update += done.updates;
    if (!done.finite) return {dead: true, diverged: true, update};
    trainAcc = done.trainAcc;
    onEpoch({epoch, loss: done.loss, trainAcc, testAcc: evaluate(net),
      seconds: (performance.now() - start) / 1000});
  }
  return {dead: trainAcc <= ALIVE, diverged: false, update};
}

if (typeof WorkerGlobalScope !== 'undefined') {
  onmessage = async ({data}) => {
    try {
      const net = await load(data);
      const end = train(net, data.settings,
        (values) => postMessage({epoch: values}));
      postMessage({end});
    } catch (error) {
      postMessage({error: error.message});
    }
  };
}
