// Line charts as SVG, written as text: the same in pages, in Node and in
// PDFs. Colours, dashes and fonts are in lab.css; a standalone chart has them
// in a style of its own.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};
  const LEFT = 52, RIGHT = 22, TOP = 10, BOTTOM = 38, GAP = 14;
  const STYLE = 'text{font:12px sans-serif;fill:#333}'
    + '.grid{stroke:#ddd}.axis{stroke:#333}'
    + '.line{fill:none;stroke-width:2;stroke-linejoin:round}'
    + '.s0{stroke:#0072b2}.s1{stroke:#c25400;stroke-dasharray:8 4}'
    + '.s2{stroke:#007a5a;stroke-dasharray:2 3}'
    + 'text.s0,text.s1,text.s2{stroke:none;font-weight:bold}'
    + 'text.s0{fill:#0072b2}text.s1{fill:#c25400}text.s2{fill:#007a5a}';

  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => (
    {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}[c]));

  const shown = (x) => String(Number(x.toPrecision(3)));

  const pixel = (x) => x.toFixed(1).replace(/\.0$/, '');

  // Return about n round numbers from low to high.
  function ticks(low, high, n) {
    const raw = (high - low) / n;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((k) => k * power >= raw * 0.999) * power;
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9;
      k += 1) found.push(Number((k * step).toPrecision(9)));
    return found;
  }

  // Return these positions, in order, moved apart to at least GAP.
  function spread(positions, low, high) {
    const order = positions.map((_, i) => i)
      .sort((i, j) => positions[i] - positions[j]);
    const placed = [...positions];
    let last = -Infinity;
    for (const i of order) {
      placed[i] = last = Math.max(placed[i], last + GAP, low);
    }
    let next = high;
    for (const i of [...order].reverse()) {
      placed[i] = Math.min(placed[i], next);
      next = placed[i] - GAP;
    }
    return placed;
  }

  function scales(plot) {
    const {width, height, x, y} = plot;
    const inside = width - LEFT - RIGHT;
    const tall = height - TOP - BOTTOM;
    const part = (v, [low, high]) => (
      Math.min(Math.max((v - low) / (high - low), 0), 1));
    return {x: (v) => LEFT + inside * part(v, x),
      y: (v) => TOP + tall * (1 - part(v, y)),
      time: (at) => x[0] + (x[1] - x[0]) * (at - LEFT) / inside};
  }

  const path = (points, to) => points.map(([a, b], i) => (
    `${i ? 'L' : 'M'}${pixel(to.x(a))} ${pixel(to.y(b))}`)).join('');

  function axes(plot, to) {
    const {width, height} = plot;
    const bottom = height - BOTTOM;
    const text = (x, y, anchor, words, more = '') => (
      `<text x="${pixel(x)}" y="${pixel(y)}" text-anchor="${anchor}"${more}>`
      + `${escape(words)}</text>`);
    const rows = ticks(...plot.y, 4).map((v) => (
      `<path class="grid" d="M${LEFT} ${pixel(to.y(v))}H${width - RIGHT}"/>`
      + text(LEFT - 6, to.y(v) + 4, 'end', shown(v)))).join('');
    const columns = ticks(...plot.x, width < 400 ? 5 : 10)
      .filter(Number.isInteger).map((v) => (
        text(to.x(v), bottom + 16, 'middle', v))).join('');
    const middle = (TOP + bottom) / 2;
    return `${rows}${columns}<path class="axis" d="M${LEFT} ${bottom}`
      + `H${width - RIGHT}"/>`
      + text((LEFT + width - RIGHT) / 2, height - 5, 'middle', 'epoch')
      + text(11, middle, 'middle', plot.label,
        ` transform="rotate(-90 11 ${pixel(middle)})"`);
  }

  function curve(one, to) {
    const parts = [];
    if (one.band?.length > 1) {
      const [low, high] = [1, 2].map((k) => one.band.map((p) => [p[0], p[k]]));
      parts.push(`<path class="band s${one.slot}" `
        + `d="${path([...low, ...high.reverse()], to)}Z"/>`);
    }
    for (const points of one.faint ?? []) {
      parts.push(`<path class="faint s${one.slot}" d="${path(points, to)}"/>`);
    }
    if (one.guess !== undefined) {
      const [x, y] = one.guess;
      parts.push(`<path class="guess s${one.slot}" d="M${pixel(to.x(x))} `
        + `${pixel(to.y(y) - 6)}l6 6l-6 6l-6 -6z"/>`);
    }
    if (one.points?.length > 1) {
      parts.push(`<path class="line s${one.slot}" `
        + `d="${path(one.points, to)}"/>`);
    } else if (one.points?.length) {
      const [[x, y]] = one.points;
      parts.push(`<circle class="dot s${one.slot}" cx="${pixel(to.x(x))}" `
        + `cy="${pixel(to.y(y))}" r="3"/>`);
    }
    return parts.join('');
  }

  // Letters at the ends of the curves, moved apart where they would collide.
  function letters(plot, to) {
    const ends = plot.curves.filter((one) => one.points?.length);
    const places = spread(ends.map((one) => to.y(one.points.at(-1)[1]) + 4),
      TOP + 8, plot.height - BOTTOM + 4);
    return ends.map((one, i) => (
      `<text class="s${one.slot}" x="${pixel(to.x(one.points.at(-1)[0]) + 9)}"`
      + ` y="${pixel(places[i])}">${escape(one.name)}</text>`)).join('');
  }

  // Return a chart as SVG.
  //
  // plot: width, height, x and y (the limits of the axes), label (of y),
  // text (what it shows, in words), curves: [{slot, name, points, band,
  // faint, guess}]; standalone: whether it brings its own style.
  function chart(plot) {
    const to = scales(plot);
    const own = plot.standalone ? `<style>${STYLE}</style>` : '';
    return `<svg xmlns="http://www.w3.org/2000/svg" class="lab-chart" `
      + `viewBox="0 0 ${plot.width} ${plot.height}" width="${plot.width}" `
      + `height="${plot.height}" role="img" `
      + `aria-label="${escape(plot.text)}">${own}${axes(plot, to)}`
      + plot.curves.map((one) => curve(one, to)).join('')
      + `${letters(plot, to)}</svg>`;
  }

  // Return a round number that is a little above x.
  function above(x) {
    const power = 10 ** Math.floor(Math.log10(x));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((k) => k * power >= x * 1.001)
      * power;
  }

  // Return the points of a curve that matter: all others are within
  // `tolerance` of the lines between them.
  function thinned(points, tolerance) {
    const kept = [points[0]];
    let low = -Infinity, high = Infinity;
    for (let i = 1; i < points.length; i += 1) {
      const [x, y] = kept.at(-1);
      const slope = (dy) => (points[i][1] + dy - y) / (points[i][0] - x);
      if (slope(0) < low || slope(0) > high) {
        kept.push(points[i - 1]);
        [low, high] = [-Infinity, Infinity];
        i -= 1;
      } else {
        low = Math.max(low, slope(-tolerance));
        high = Math.min(high, slope(tolerance));
      }
    }
    return [...kept, points.at(-1)];
  }

  // Return the points of a slot's rates: a staircase if it is asked once an
  // epoch.
  function ratePoints(slot, run) {
    const rates = lab.rates(slot, run);
    if (run.per === 'epoch') {
      return Array.from({length: run.epochs}, (_, epoch) => [epoch, epoch + 1]
        .map((t) => [t, rates[epoch * run.updates]])).flat();
    }
    return thinned([...rates].map((rate, n) => [n / run.updates, rate]),
      0.002 * slot.peak);
  }

  // Return what a slot's rate does, in words.
  function words(name, slot, run) {
    const rates = lab.rates(slot, run);
    const at = (epoch) => {
      const rate = rates[Math.min(epoch * run.updates, rates.length - 1)];
      return rate && rate < 1e-4 ? 'almost 0' : shown(rate);
    };
    const half = Math.round(run.epochs / 2);
    return `${name}, ${lab.title(slot)}: ${at(0)} at the start, `
      + `${at(half)} at epoch ${half}, ${at(run.epochs)} at the end, `
      + `at most ${shown(rates.reduce((a, b) => Math.max(a, b)))}.`;
  }

  // Return the chart of the rates of slots: [(name, slot number, slot)].
  function rateChart(slots, run, size) {
    const curves = slots.map(([name, index, slot]) => (
      {name, slot: index, points: ratePoints(slot, run)}));
    const top = Math.max(...curves.flatMap((one) => (
      one.points.map((point) => point[1]))));
    return chart({...size, x: [0, run.epochs], y: [0, above(top)],
      label: 'learning rate', curves, text: 'The learning rate by epoch. '
        + slots.map(([name, , slot]) => words(name, slot, run)).join(' ')});
  }

  Object.assign(lab, {chart, rateChart, words, scales, shown, escape});
})();
