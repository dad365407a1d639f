// The schedule lab as its reader uses it: its state, and what changes it. What
// it shows and how it trains are in forms.js, drawing.js and training.js.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab;
  const {element} = lab.controls;

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
      const given = this.restore();
      new ResizeObserver(() => this.draw()).observe(root);
      if (this.addressed) {
        addEventListener('hashchange', () => {
          if (this.restore()) this.arrive();
        });
        const [how] = performance.getEntriesByType('navigation');
        if (given && how?.type === 'navigate') {  // no reload
          addEventListener('load', () => this.arrive());  // all has its place
        }
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
      for (const [name, value] of Object.entries({tabindex: -1, role: 'group',
        'aria-label': 'schedule lab'})) this.root.setAttribute(name, value);
      const box = (name, ...children) => this[name] = element('div',
        {class: `lab-${name}`}, ...children);
      this.note = element('p', {class: 'lab-note', role: 'status'});
      this.status = element('p', {class: 'lab-status', role: 'status'});
      this.button = element('button', {type: 'button', class: 'lab-train'},
        'Train here');
      this.button.onclick = () => this.toggle();
      const fold = (words, inside) => element('details',
        {class: 'lab-table'}, element('summary', {}, words), inside);
      this.table = fold('The rates as a table', box('rateTable'));
      this.curves = fold('The curves as a table', box('curveTable'));
      this.root.replaceChildren(this.note, box('rates'), box('read'),
        box('cards'), box('options'), this.table, box('guess'),
        element('div', {class: 'lab-go'}, this.button, this.status),
        box('charts', box('accuracy'), box('loss')), this.curves,
        box('verdict'), box('code'));
      this.read.setAttribute('aria-hidden', 'true');
      this.table.ontoggle = () => this.drawTable();
      this.curves.ontoggle = () => this.drawCurveTable();
      this.rates.onpointermove = (event) => this.point(event);
      this.rates.onpointerleave = () => { this.read.textContent = ''; };
      document.addEventListener('change', (event) => {
        if (event.target.matches('.sd-tab-set > input')) this.drawCode();
      });
    }

    // Take over what the address says; return whether it is of the lab.
    restore() {
      const text = this.addressed ? location.hash.slice(1) : '';
      const defaults = structuredClone(this.defaults);
      const {state, problems} = lab.parse(text, defaults);
      if (state && this.state && lab.format(state) === lab.format(this.state)
        && !problems.length) return true;
      if (!state && this.state) return false;  // a link to another place
      this.state = state ?? defaults;
      this.note.textContent = problems.length
        ? `In the address, the lab does not understand ${problems.join(', ')}. `
          + 'It uses its own setting there.' : '';
      this.stop();
      this.results = {};
      this.buildControls();
      this.draw();
      return state !== null;
    }

    // Show the lab, as a link to it did. The address then says all, so that
    // the same link leads here again.
    arrive() {
      this.root.focus({preventScroll: true});
      this.root.scrollIntoView();
      this.remember();
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

    // What controls do.

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

    showCode(which) {
      Object.assign(this.shown, which);
      this.drawCode();
    }
  }

  Object.assign(Lab.prototype, lab.forms, lab.drawing, lab.training);
  document.querySelectorAll('.schedule-lab').forEach((root, index) => (
    new Lab(root, index)));
})();
