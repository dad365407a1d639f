// How a lab trains: methods of the class in lab.js. The network itself, its
// images and the recorded runs are loaded from the folder of this script, in
// the same version, when somebody trains.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const own = new URL(document.currentScript.src);
  const {element, percent, NAMES} = lab.controls;

  // Load a script that lies beside this one, once.
  const loaded = {};
  const load = (name) => loaded[name] ??= new Promise((done, failed) => {
    const script = element('script', {src: new URL(name + own.search, own)});
    script.onload = done;
    script.onerror = () => {
      delete loaded[name];
      failed(new Error(`The file ${name} does not lie beside this page.`));
    };
    document.head.append(script);
  });

  lab.training = {
    toggle() {
      if (this.runs.length) {
        this.stop();
        this.results = {};
        this.status.textContent = 'Stopped.';
        this.draw();
      } else if (this.slots.some((name) => !this.guesses[name])
        && !this.asked) {
        this.asked = true;
        this.status.textContent = 'What do you expect? Move the sliders above,'
          + ' or press again to train without a prediction.';
        this.guess.querySelector('input.lab-unset').focus();
      } else {
        this.train();
      }
    },

    stop() {
      for (const run of this.runs) run.cancel();
      this.runs = [];
      this.button.textContent = 'Train here';
    },

    async train() {
      const waiting = {cancel: () => { waiting.cancelled = true; }};
      this.runs = [waiting];
      this.results = {};
      this.button.textContent = 'Stop';
      this.status.textContent = 'Loading the network and its images …';
      this.drawResults();
      try {
        await Promise.all([load('train.js'), load('runs.js')]);
        const engine = globalThis.ScheduleLab;
        const problem = engine.problem();
        if (problem) throw new Error(problem);
        if (waiting.cancelled) return;
        this.begin(engine);
      } catch (error) {
        if (!waiting.cancelled) this.failed(error.message);
      }
    },

    begin(engine) {
      this.left = this.slots.length;
      this.status.textContent = `Training for ${this.state.epochs} epochs …`;
      this.runs = this.slots.map((name) => {
        const rates = lab.rates(this.state[name], this.run);
        const result = this.results[name] = {epochs: [],
          near: lab.nearest(lab.recorded, rates, this.run)};
        return engine.train({rates, seed: this.state.seed,
          momentum: this.state.momentum, batchSize: lab.BATCH,
          epochs: this.state.epochs}, {
          onEpoch: (epoch) => {
            result.epochs.push(epoch);
            this.drawSoon();
          },
          onEnd: (end) => {
            result.ended = end;
            this.left -= 1;
            if (!this.left) this.finished();
          },
          onError: (message) => this.failed(message)});
      });
    },

    drawSoon() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.drawResults();
      });
    },

    finished() {
      this.stop();
      this.status.textContent = 'Done: ' + this.slots.map((name) => {
        const {epochs, ended} = this.results[name];
        return ended.diverged
          ? `${NAMES[name]} diverged in epoch ${epochs.length + 1}`
          : `${NAMES[name]} ends at ${percent(epochs.at(-1).testAcc)}`;
      }).join(', ') + '.';
      this.drawResults();
    },

    failed(message) {
      this.stop();
      this.results = {};
      this.status.textContent = `No training here. ${message}`;
      this.draw();
    }};
})();
