// What the lab's page is made of: elements, controls, tables, coloured code.
(() => {
  'use strict';
  const lab = globalThis.ScheduleLab ??= {};

  const NAMES = {a: 'A', b: 'B', c: 'C'};

  // Return an element with attributes and children.
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const percent = (x) => `${(100 * x).toFixed(1)} %`;

  // Return a row with a number and a range of the same value. `of` tells the
  // rows of several schedules apart; `plain`: no range.
  function field({id, label, of = '', limits, value, plain, onChange}) {
    const [min, max, step] = limits;
    const whole = step === 1;
    const number = element('input', {type: 'number', id, min, max,
      step: whole ? 1 : 'any', value, 'aria-label': `${label} ${of}`.trim()});
    const range = element('input', {type: 'range', min, max, step, value,
      'aria-label': `${label} ${of}, slider`});
    range.value = value;
    number.oninput = () => {
      const given = number.valueAsNumber;
      if (!number.checkValidity() || Number.isNaN(given)) return;
      range.value = given;
      onChange(given);
    };
    number.onchange = () => {  // what cannot be used is not left there
      const given = number.valueAsNumber;
      if (number.checkValidity() && !Number.isNaN(given)) return;
      const close = Number.isNaN(given) ? Number(range.value)
        : Math.min(Math.max(whole ? Math.round(given) : given, min), max);
      number.value = range.value = close;
      onChange(close);
    };
    range.oninput = () => {
      number.value = range.value;
      onChange(Number(range.value));
    };
    return element('div', {class: 'lab-row'},
      element('label', {for: id}, label), number, ...(plain ? [] : [range]));
  }

  // Return a row with a choice among known: [[value, words]].
  function choice({id, label, known, value, hidden, onChange}) {
    const select = element('select', {id}, ...known.map(([key, words]) => (
      element('option', {value: key}, words))));
    select.value = value;
    select.onchange = () => onChange(select.value);
    return element('div', {class: 'lab-row lab-choice'}, element('label',
      {for: id, ...(hidden ? {class: 'lab-hidden'} : {})}, label), select);
  }

  // Return a table with a caption; the first column are headings.
  function table(caption, heads, rows) {
    return element('table', {class: 'docutils'},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...heads.map((head) => (
        element('th', {scope: 'col'}, head))))),
      element('tbody', {}, ...rows.map(([first, ...rest]) => element('tr', {},
        element('th', {scope: 'row'}, first),
        ...rest.map((cell) => element('td', {}, cell))))));
  }

  // Return a box that scrolls where what is in it is too wide.
  const wide = (label, inside) => element('div', {class: 'table-wrapper',
    tabindex: 0, role: 'region', 'aria-label': label}, inside);

  const PYTHON = new RegExp([
    String.raw`(?<sd>"""[^]*?""")`, String.raw`(?<s1>'[^'\n]*')`,
    String.raw`(?<c1>#.*)`, String.raw`(?<=\bdef )(?<nf>\w+)`,
    String.raw`\b(?<kn>from|import|as)\b`,
    String.raw`\b(?<k>def|class|for|while|if|return|lambda|with)\b`,
    String.raw`\b(?<ow>in)\b`, String.raw`(?<o>[-+*/<>=]+)`,
    String.raw`\b(?<nb>range|enumerate|max|min|float|zip|len|super)\b`,
    String.raw`\b(?<mf>\d[\d.]*(?:e-?\d+)?)\b`].join('|'), 'g');

  // Return Python as HTML with the classes of the page's other code.
  function highlighted(code) {
    let html = '', at = 0;
    for (const found of code.matchAll(PYTHON)) {
      const [kind, text] = Object.entries(found.groups).find(([, t]) => t);
      html += `${lab.escape(code.slice(at, found.index))}`
        + `<span class="${kind}">${lab.escape(text)}</span>`;
      at = found.index + found[0].length;
    }
    return html + lab.escape(code.slice(at));
  }

  lab.controls = {element, field, choice, table, wide, highlighted, percent,
    NAMES};
})();
