// What a lab draws: methods of the class in lab.js.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const {table, wide, percent, NAMES} = lab.controls;
  const WIDE = 560;  // pixels; below, charts stand under each other
  // What curves show after an epoch, as text.
  const TOLD = {testAcc: percent, loss: (x) => x.toFixed(3)};

  lab.drawing = {
    draw() {
      if (!this.state) return;
      const width = Math.floor(this.root.clientWidth);
      if (!width) return;
      this.width = width;
      this.rates.innerHTML = lab.rateChart(this.slots.map((name) => [
        NAMES[name], lab.SLOTS.indexOf(name), this.state[name]]), this.run,
      {width, height: width < WIDE ? 200 : 230});
      if (this.table.open) this.drawTable();
      this.drawResults();
      this.drawCode();
    },

    point(event) {
      const box = this.rates.firstElementChild.getBoundingClientRect();
      const {width} = box, x = [0, this.state.epochs];
      const t = lab.scales({width, height: 1, x, y: [0, 1]}).time(
        event.clientX - box.left);
      const n = Math.floor(t * lab.UPDATES);
      if (n < 0 || n >= this.state.epochs * lab.UPDATES) return;
      this.read.textContent = `epoch ${t.toFixed(1)}: ` + this.slots.map(
        (name) => `${NAMES[name]} ${lab.shown(
          lab.rates(this.state[name], this.run)[n])}`).join(', ');
    },

    drawTable() {
      if (!this.table.open) return;
      const rates = this.slots.map((name) => (
        lab.rates(this.state[name], this.run)));
      const rows = Array.from({length: this.state.epochs}, (_, epoch) => [
        epoch, ...rates.map((each) => lab.shown(each[epoch * lab.UPDATES]))]);
      this.rateTable.replaceChildren(table(
        'The rate at the beginning of each epoch', ['epoch',
          ...this.slots.map((name) => NAMES[name])], rows));
    },

    drawCode() {
      const slot = this.state[this.shown.slot];
      for (const box of document.querySelectorAll(`.lab-code-${this.id}`)) {
        const tab = [...box.classList].find((name) => (
          name.startsWith('lab-tab-'))).slice(8);
        const pre = box.querySelector('pre');
        if (!pre || !box.offsetParent) continue;
        pre.innerHTML = lab.controls.highlighted(lab.snippet(tab, slot,
          this.run, this.shown.mine));
      }
    },

    drawResults() {
      if (!this.width) return;
      const {epochs} = this.state;
      const wide = this.width >= WIDE;
      const size = {width: wide ? Math.floor((this.width - 16) / 2)
        : this.width, height: 220, x: [0, epochs]};
      const curves = (key, more = () => ({})) => this.slots.map((name) => ({
        slot: lab.SLOTS.indexOf(name), name: NAMES[name],
        points: (this.results[name]?.epochs ?? []).map((e) => (
          [e.epoch, e[key]])), ...more(name)}));
      const accuracy = curves('testAcc', (name) => ({
        ...lab.recordedCurves(this.results[name]?.near, epochs),
        guess: this.guesses[name] && [epochs, this.guesses[name] / 100]}));
      const words = (key) => this.slots.map((name) => {
        const {epochs = [], ended} = this.results[name] ?? {};
        const last = epochs.at(-1);
        const at = last ? `${NAMES[name]} is at ${TOLD[key](last[key])} after `
          + `epoch ${last.epoch}.` : `${NAMES[name]} has no epoch yet.`;
        return ended?.diverged
          ? `${NAMES[name]} diverged in epoch ${epochs.length + 1}.` : at;
      }).join(' ');
      this.accuracy.innerHTML = lab.chart({...size, y: [0, 1],
        label: 'test accuracy', curves: accuracy,
        text: `Test accuracy by epoch. ${words('testAcc')}`});
      const losses = curves('loss');
      const highest = Math.max(0, ...losses.flatMap((one) => (
        one.points.map((point) => point[1]).filter(Number.isFinite))));
      this.loss.innerHTML = lab.chart({...size,
        y: [0, highest > 1 ? 3 : 1], label: 'training loss',
        curves: losses, text: `Training loss by epoch. ${words('loss')}`});
      this.charts.hidden = !Object.keys(this.results).length
        && !Object.keys(this.guesses).length;
      this.drawCurveTable();
      this.drawVerdict();
    },

    drawCurveTable() {
      this.curves.hidden = !Object.keys(this.results).length;
      if (this.curves.hidden || !this.curves.open) return;
      const cell = (name, key, n) => {
        const found = this.results[name]?.epochs[n];
        return found ? TOLD[key](found[key]) : '–';
      };
      const keys = Object.keys(TOLD);
      const rows = Array.from({length: this.state.epochs}, (_, n) => [n + 1,
        ...this.slots.flatMap((name) => keys.map((key) => cell(name, key, n)))]);
      this.curveTable.replaceChildren(wide('curves', table(
        'Test accuracy and training loss after each epoch', ['epoch',
          ...this.slots.flatMap((name) => [`${NAMES[name]} accuracy`,
            `${NAMES[name]} loss`])], rows)));
    },

    drawVerdict() {
      const done = this.slots.filter((name) => this.results[name]?.ended);
      if (!done.length || this.runs.length) {
        this.verdict.replaceChildren();
        return;
      }
      this.verdict.replaceChildren(...lab.verdict(done.map((name) => ({
        name: NAMES[name], title: lab.title(this.state[name]),
        guess: this.guesses[name], ...this.results[name]})), this.state,
      lab.recorded?.note));
    }};
})();
