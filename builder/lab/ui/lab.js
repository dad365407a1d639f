// The schedule lab as its reader uses it: controls, curves, a prediction, a
// run, a table, code. The network itself, its images and the recorded runs
// are loaded from the folder of this script when somebody trains.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab;
  const folder = document.currentScript.src.replace(/[^/]*$/, '');
  const {element, field, choice, percent, NAMES} = lab.controls;

  // Load a script that lies beside this one, once.
  const loaded = {};
  const load = (name) => loaded[name] ??= new Promise((done, failed) => {
    const script = element('script', {src: folder + name});
    script.onload = done;
    script.onerror = () => {
      delete loaded[name];
      failed(new Error(`The file ${name} does not lie beside this page.`));
    };
    document.head.append(script);
  });

  class Lab {
    constructor(root, index) {
      this.root = root;
      this.id = root.id;
      this.addressed = index === 0;  // one lab of a page has the address
      this.defaults = lab.initial(JSON.parse(root.dataset.options));
      this.guesses = {};
      this.runs = [];
      this.results = {};
      this.shown = {slot: 'a', mine: true};
      this.build();
      this.restore();
      new ResizeObserver(() => this.draw()).observe(root);
      if (this.addressed) {
        addEventListener('hashchange', () => this.restore());
      }
    }

    get slots() {
      return lab.SLOTS.filter((name) => this.state[name]);
    }

    get run() {
      return {epochs: this.state.epochs, per: this.state.per,
        momentum: this.state.momentum, updates: lab.UPDATES};
    }

    build() {
      const box = (name, ...children) => this[name] = element('div',
        {class: `lab-${name}`}, ...children);
      this.note = element('p', {class: 'lab-note', role: 'status'});
      this.status = element('p', {class: 'lab-status', role: 'status'});
      this.button = element('button', {type: 'button', class: 'lab-train'},
        'Train here');
      this.button.onclick = () => this.toggle();
      this.table = element('details', {class: 'lab-table'},
        element('summary', {}, 'The rates as a table'), box('rateTable'));
      this.root.replaceChildren(this.note, box('rates'), box('read'),
        box('cards'), box('options'), this.table, box('guess'),
        element('div', {class: 'lab-go'}, this.button, this.status),
        box('charts', box('accuracy'), box('loss')), box('verdict'),
        box('code'));
      this.read.setAttribute('aria-hidden', 'true');
      this.table.ontoggle = () => this.drawTable();
      this.rates.onpointermove = (event) => this.point(event);
      this.rates.onpointerleave = () => { this.read.textContent = ''; };
      document.addEventListener('change', (event) => {
        if (event.target.matches('.sd-tab-set > input')) this.drawCode();
      });
    }

    // Take over what the address says.
    restore() {
      const text = this.addressed ? location.hash.slice(1) : '';
      const {state, problems} = lab.parse(text, this.defaults);
      if (state && this.state && lab.format(state) === lab.format(this.state)
        && !problems.length) return;
      if (!state && this.state) return;  // a link to another place
      this.state = state ?? {...this.defaults};
      this.note.textContent = problems.length
        ? `In the address, the lab does not understand ${problems.join(', ')}. `
          + 'It uses its own setting there.' : '';
      this.stop();
      this.results = {};
      this.buildControls();
      this.draw();
    }

    remember() {
      if (!this.addressed) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => history.replaceState(null, '',
        `#${lab.format(this.state)}`), 200);
    }

    // A setting has changed: what was trained was trained with another.
    changed() {
      const had = this.runs.length;
      this.stop();
      this.results = {};
      this.status.textContent = had ? 'Stopped, since a setting changed.' : '';
      this.note.textContent = '';
      this.remember();
      this.draw();
    }

    // Controls.

    buildCards() {
      this.cards.replaceChildren(...lab.SLOTS.map((name) => this.card(name)));
    }

    buildControls() {
      this.buildCards();
      const options = Object.entries(lab.RUN).map(([name, limits]) => field({
        id: `${this.id}-${name}`, label: name, limits, value: this.state[name],
        plain: name === 'seed', onChange: (value) => this.setRun(name, value)}));
      options.push(choice({id: `${this.id}-per`, label: 'the rate changes',
        known: [['update', 'every update'], ['epoch', 'every epoch']],
        value: this.state.per, onChange: (value) => this.setRun('per', value)}));
      this.options.replaceChildren(...options);
      this.buildGuess();
      this.buildCode();
    }

    setRun(name, value) {
      const before = this.state[name];
      this.state[name] = value;
      if (name === 'epochs') {  // what ended with the run goes on doing so
        for (const slot of this.slots.map((each) => this.state[each])) {
          if (slot.end === before || slot.end > value) slot.end = value;
        }
        this.buildCards();
      }
      this.changed();
    }

    // Return the limits of an argument; what lies behind the end of the run
    // makes no difference.
    limits(slot, argument) {
      const [low, high, step] = lab.ARGUMENTS[argument].slice(1);
      const most = step === 1 && argument !== 'growth'
        ? Math.max(this.state.epochs, slot[argument], low + 1) : high;
      return [low, Math.min(high, most), step];
    }

    card(name) {
      const slot = this.state[name];
      const index = lab.SLOTS.indexOf(name);
      const id = `${this.id}-${name}`;
      const kinds = Object.entries(lab.KINDS).map(([key, [title]]) => (
        [key, title]));
      const none = this.slots.length === 1 && slot ? [] : [['none', 'none']];
      const rows = [choice({id, label: `schedule ${NAMES[name]}`, hidden: true,
        known: [...none, ...kinds], value: slot ? slot.kind : 'none',
        onChange: (kind) => this.setKind(name, kind)})];
      const add = (argument) => rows.push(field({id: `${id}-${argument}`,
        label: lab.ARGUMENTS[argument][0], of: NAMES[name],
        limits: this.limits(slot, argument), value: slot[argument],
        onChange: (value) => {
          slot[argument] = value;
          this.changed();
        }}));
      if (slot) {
        lab.KINDS[slot.kind][1].forEach(add);
        rows.push(choice({id: `${id}-warmup`, label: 'warmup',
          known: lab.WARMUPS.map((word) => [word, word]), value: slot.warmup,
          onChange: (word) => this.setWarmup(name, word)}));
        if (slot.warmup !== 'none') ['length', 'begin'].forEach(add);
      }
      return element('fieldset', {class: `lab-card s${index}`
        + (slot ? '' : ' lab-empty')}, element('legend', {}, NAMES[name]),
      ...rows);
    }

    setKind(name, kind) {
      const {peak, warmup} = this.state[name] ?? this.state[this.slots[0]];
      this.state[name] = kind === 'none' ? null
        : lab.fitted(kind, this.state.epochs,
          {peak, warmup: this.state[name] ? warmup : 'none'});
      if (!this.state[this.shown.slot]) [this.shown.slot] = this.slots;
      this.rebuild(`${this.id}-${name}`);
    }

    setWarmup(name, word) {
      this.state[name].warmup = word;
      this.rebuild(`${this.id}-${name}-warmup`);
    }

    rebuild(focus) {
      this.buildControls();
      document.getElementById(focus).focus();
      this.changed();
    }

    buildGuess() {
      const rows = this.slots.map((name) => {
        const guess = this.guesses[name];
        const output = element('output', {}, guess ? `${guess} %` : '?');
        const range = element('input', {type: 'range', min: 10, max: 100,
          step: 1, value: guess ?? 50, id: `${this.id}-guess-${name}`});
        range.classList.toggle('lab-unset', !guess);
        range.oninput = () => {
          this.guesses[name] = Number(range.value);
          range.classList.remove('lab-unset');
          output.textContent = `${range.value} %`;
          this.drawResults();
        };
        return element('div', {class: `lab-row s${lab.SLOTS.indexOf(name)}`},
          element('label', {for: range.id}, `${NAMES[name]} ends at`), output,
          range);
      });
      this.guess.replaceChildren(element('fieldset', {}, element('legend', {},
        'First your prediction: which test accuracy?'), ...rows));
    }

    buildCode() {
      const radio = (name, value, words, checked, onChange) => {
        const input = element('input', {type: 'radio',
          name: `${this.id}-${name}`, value});
        input.checked = checked;
        input.onchange = onChange;
        return element('label', {}, input, element('span', {}, words));
      };
      const group = (label, ...inputs) => element('span', {role: 'radiogroup',
        'aria-label': label, class: 'lab-radios'}, ...inputs);
      this.code.replaceChildren('Code of ', group('schedule',
        ...this.slots.map((name) => radio('slot', name, NAMES[name],
          this.shown.slot === name, () => this.showCode({slot: name})))),
      ' with ', group('whose schedulers',
        radio('mine', 'd2l', 'the book’s schedulers', this.shown.mine,
          () => this.showCode({mine: true})),
        radio('mine', 'framework', 'the framework’s', !this.shown.mine,
          () => this.showCode({mine: false}))));
    }

    showCode(which) {
      Object.assign(this.shown, which);
      this.drawCode();
    }

    // Training.

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
    }

    stop() {
      for (const run of this.runs) run.cancel();
      this.runs = [];
      this.button.textContent = 'Train here';
    }

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
    }

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
    }

    drawSoon() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = null;
        this.drawResults();
      });
    }

    finished() {
      this.stop();
      this.status.textContent = 'Done: ' + this.slots.map((name) => {
        const last = this.results[name].epochs.at(-1);
        return last ? `${NAMES[name]} ends at ${percent(last.testAcc)}`
          : `${NAMES[name]} diverged in its first epoch`;
      }).join(', ') + '.';
      this.drawResults();
    }

    failed(message) {
      this.stop();
      this.results = {};
      this.status.textContent = `No training here. ${message}`;
      this.draw();
    }
  }

  Object.assign(Lab.prototype, lab.drawing);
  document.querySelectorAll('.schedule-lab').forEach((root, index) => (
    new Lab(root, index)));
})();
