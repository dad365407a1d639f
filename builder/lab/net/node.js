// Runs worker.js under Node, for tests and benchmarks: reads a command a line
// from stdin, as JSON [name, argument], and answers each with a line of JSON.
// The first must be load. Arrays of numbers travel as base64.
'use strict';
const {readFileSync} = require('fs');
const {join} = require('path');
const {createInterface} = require('readline');
const vm = require('vm');

const worker = readFileSync(join(__dirname, 'worker.js'), 'utf8');
const {load, begin, makeRandom, train, trainEpoch, evaluate, shuffle} =
  vm.runInThisContext(`(() => {${worker}
    return {load, begin, makeRandom, train, trainEpoch, evaluate, shuffle};
  })()`);

const packed = (array) => Buffer.from(
  array.buffer, array.byteOffset, array.byteLength).toString('base64');
const put = (array, base64) => array.set(new array.constructor(
  Uint8Array.from(Buffer.from(base64, 'base64')).buffer));
const doubles = (base64) => new Float64Array(
  Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

let net = null, random = null;
const commands = {
  async load(message) {
    net = await load(message);
    return {gray: packed(net.gray), labels: packed(net.labels)};
  },
  // Begin anew from a seed.
  begin(seed) {
    random = makeRandom(seed);
    begin(net, random);
  },
  read: (name) => packed(net[name]),
  write: ([name, base64]) => put(net[name], base64),
  // Loss, correct answers and gradients of examples first ... in `order`.
  differentiate([first, rows]) {
    net.wasm.differentiate(first, rows);
    return {loss: net.wasm.loss.value, correct: net.wasm.correct.value,
      gradients: packed(net.gradients)};
  },
  update: (numbers) => Boolean(net.wasm.update(...numbers)),
  // One more epoch and its evaluation; `seconds` of processor time.
  epoch({rates, momentum, batchSize}) {
    const start = process.cpuUsage();
    shuffle(net.order, net.counts.train, random);
    const done = trainEpoch(net, doubles(rates), momentum, batchSize);
    const testAcc = evaluate(net);
    const {user, system} = process.cpuUsage(start);
    return {...done, testAcc, seconds: (user + system) / 1e6};
  },
  train(settings) {
    const epochs = [];
    const end = train(net, {...settings, rates: doubles(settings.rates)},
      (values) => epochs.push(values));
    return {epochs, end};
  },
};

(async () => {
  for await (const line of createInterface({input: process.stdin})) {
    const [name, argument] = JSON.parse(line);
    const answer = await commands[name](argument);
    process.stdout.write(JSON.stringify(answer ?? null) + '\n');
  }
})();
