// What a lab's reader sets: methods of the class in lab.js that build cards,
// options, a prediction, the choice of code.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const {element, field, choice, NAMES} = lab.controls;

  lab.forms = {
    buildCards() {
      this.cards.replaceChildren(...lab.SLOTS.map((name) => this.card(name)));
    },

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
    },

    // Return the limits of an argument; what lies behind the end of the run
    // makes no difference.
    limits(slot, argument) {
      const [low, high, step] = lab.ARGUMENTS[argument].slice(1);
      const most = step === 1 && argument !== 'growth'
        ? Math.max(this.state.epochs, slot[argument], low + 1) : high;
      return [low, Math.min(high, most), step];
    },

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
    },

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
    },

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
    }};
})();
