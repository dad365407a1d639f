// One framework for the whole book. sphinx-design keeps the tab-sets of a page
// alike and remembers the choice; this adds a bar that is always in reach,
// holds the reader's place when the frameworks' code differs in height, and
// shows what a citation, a reference or a number means under the pointer.
// Questions take a guess before their answers open.
(() => {
  'use strict';

  const labelOf = (tab) => document.querySelector(
    `.sd-tab-label[data-sync-id="${CSS.escape(tab)}"]`);

  // What we say, in the language of the place where it stands: a part of the
  // page that is not translated, and says so, is in English.
  const say = (text, place) => (place.closest('[lang]').lang
    === document.documentElement.lang ? Documentation.gettext(text) : text);

  const inputOf = (label) => document.getElementById(label.htmlFor);

  const top = (element) => element.getBoundingClientRect().top;

  // What the reader looks at: the first block below the bar.
  function blockInView(bar) {
    const edge = bar.getBoundingClientRect().bottom;
    const blocks = document.querySelectorAll(
      'article section > :not(section):not(.framework-bar)');
    return [...blocks].find((block) => {
      const box = block.getBoundingClientRect();
      return box.height > 0 && box.bottom > edge;
    }) || bar;
  }

  // Let `change` happen, and the element stay where it is on the screen.
  function hold(element, change) {
    const before = top(element);
    change();
    const by = top(element) - before;
    if (by) window.scrollBy({ top: by, behavior: 'instant' });
  }

  function setUpBar(bar) {
    const buttons = [...bar.querySelectorAll('button')];
    const show = () => buttons.forEach((button) => {
      const label = labelOf(button.dataset.tab);
      button.setAttribute('aria-pressed',
        String(Boolean(label && inputOf(label).checked)));
    });
    buttons.forEach((button) => button.addEventListener('click', () => {
      const label = labelOf(button.dataset.tab);
      if (!label || inputOf(label).checked) return;
      hold(blockInView(bar), () => {
        inputOf(label).checked = true;
        inputOf(label).dispatchEvent(new Event('change', { bubbles: true }));
      });
    }));
    bar.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = buttons.indexOf(document.activeElement);
      if (!step || at < 0) return;
      const next = buttons[(at + step + buttons.length) % buttons.length];
      next.focus();
      next.click();
      event.preventDefault();
    });
    document.addEventListener('change', show);
    show();
  }

  // A question: its choices become buttons, and the answer opens when one is
  // chosen. The guess is kept in the browser, by the words of the choice.
  function setUpQuestion(box) {
    const answer = box.querySelector('details');
    const said = box.querySelector('.said');
    const right = Number(box.dataset.right) - 1;
    const buttons = [...box.querySelectorAll('fieldset li')].map((item) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.guess = say('your guess', box);
      button.append(...(item.querySelector('p') || item).childNodes);
      item.replaceChildren(button);
      return button;
    });
    const words = buttons.map((button) => button.textContent);
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'again';
    again.textContent = say('Guess again', box);
    said.after(again);
    const show = (chosen) => {
      const guessed = chosen >= 0;
      buttons.forEach((button, n) => {
        button.setAttribute('aria-pressed', String(n === chosen));
        button.setAttribute('aria-disabled', String(guessed));
        button.classList.toggle('right', guessed && n === right);
      });
      said.textContent = !guessed ? ''
        : chosen === right ? say('Just as you guessed:', box)
          : say('It comes out differently:', box);
      again.hidden = !guessed;
      answer.open = guessed;
    };
    buttons.forEach((button, n) => button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') === 'true') return;
      keep(box.id, words[n]);
      show(n);
    }));
    again.addEventListener('click', () => {
      keep(box.id, null);
      show(-1);
      buttons[0].focus({ preventScroll: true });
    });
    show(words.indexOf(kept(box.id)));
  }

  // Browsers may refuse to keep anything; then nothing is kept.
  function keep(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch { /* refused */ }
  }

  function kept(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  }

  // What is folded is printed, too.
  function setUpPrint() {
    let opened = [];
    window.addEventListener('beforeprint', () => {
      opened = [...document.querySelectorAll('article details:not([open])')];
      opened.forEach((fold) => { fold.open = true; });
    });
    window.addEventListener('afterprint', () => {
      opened.forEach((fold) => { fold.open = false; });
    });
  }

  // The theme's list of sections, where the screen has no room for it, opens
  // by a label; here the label is a button, for the keyboard as well.
  function setUpSections() {
    const box = document.getElementById('__toc');
    const drawer = document.querySelector('.toc-drawer');
    if (!box || !drawer) return;
    const labels = [...document.querySelectorAll('.toc-overlay-icon')];
    const show = () => labels.forEach((label) => label.setAttribute(
      'aria-expanded', String(box.checked)));
    const choose = (open, from) => {
      box.checked = open;
      show();
      const first = [...drawer.querySelectorAll('a')].find(
        (link) => link.offsetParent);
      (open ? first : from)?.focus({ preventScroll: true });
    };
    for (const label of labels) {
      label.setAttribute('role', 'button');
      label.setAttribute('tabindex', '0');
      label.setAttribute('aria-label', say('Sections of this page', label));
      label.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        choose(!box.checked);
      });
    }
    box.addEventListener('change', show);
    drawer.addEventListener('click', (event) => {
      if (event.target.closest('a')) choose(false);
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && box.checked) {
        choose(false, labels.find((label) => label.offsetParent));
      }
    });
    show();
  }

  function meaning(link) {
    if (link.dataset.meaning) return [link.dataset.meaning];
    const target = document.getElementById(
      decodeURIComponent(link.hash.slice(1)));
    if (!target) return [];
    const part = target.closest('.references p')
      || target.closest('figure, table')?.querySelector('figcaption, caption')
      || target.closest('section')?.querySelector('h1, h2, h3, h4');
    const copy = part?.cloneNode(true);
    copy?.querySelectorAll('.headerlink').forEach((mark) => mark.remove());
    copy?.querySelectorAll('[id]').forEach((piece) => piece.removeAttribute(
      'id'));
    copy?.querySelectorAll('a').forEach((inner) => inner.replaceWith(
      ...inner.childNodes));
    return [...copy?.childNodes ?? []];
  }

  function setUpPreviews() {
    const box = document.createElement('div');
    box.id = 'preview';
    box.setAttribute('role', 'tooltip');
    box.hidden = true;
    document.body.append(box);
    // Numbers of claims say in their title what they mean: without a script,
    // browsers show it to the pointer; with one, it is shown here, to the
    // keyboard as well.
    for (const link of document.querySelectorAll(
      'article a.internal[href*="#claim-"][title]')) {
      link.dataset.meaning = link.title;
      link.removeAttribute('title');
    }
    let shown = null;
    const hide = () => {
      box.hidden = true;
      if (shown) shown.removeAttribute('aria-describedby');
      shown = null;
    };
    const show = (event) => {
      const link = event.target.closest(
        'article :is(p, li, legend) a.internal[href^="#"], '
        + 'article a[data-meaning]');
      const content = link ? meaning(link) : [];
      if (!content.length) return;
      hide();
      box.replaceChildren(...content);
      box.hidden = false;
      shown = link;
      link.setAttribute('aria-describedby', box.id);
      const at = link.getBoundingClientRect();
      const left = Math.min(at.left, window.innerWidth - box.offsetWidth - 8);
      const below = at.bottom + box.offsetHeight + 8 < window.innerHeight;
      box.style.left = `${Math.max(8, left) + window.scrollX}px`;
      box.style.top = `${(below ? at.bottom + 4
        : at.top - box.offsetHeight - 4) + window.scrollY}px`;
    };
    for (const kind of ['mouseover', 'focusin']) {
      document.addEventListener(kind, show);
    }
    // The pointer may move on into the preview.
    document.addEventListener('mouseout', (event) => {
      if (!box.contains(event.relatedTarget)
        && event.relatedTarget !== shown) hide();
    });
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hide();
    });
  }

  function setUpPermalinks() {
    for (const cell of document.querySelectorAll('article [id*="-code-"]')) {
      if (!/-code-\d+$/.test(cell.id)) continue;
      cell.classList.add('linked');
      const link = document.createElement('a');
      link.className = 'headerlink cell-link';
      link.href = `#${cell.id}`;
      link.title = say('Link to this cell', document.body);
      link.setAttribute('aria-label', link.title);
      link.textContent = '¶';
      cell.append(link);
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('.framework-bar').forEach(setUpBar);
    document.querySelectorAll('.predict').forEach(setUpQuestion);
    setUpSections();
    setUpPrint();
    setUpPreviews();
    setUpPermalinks();
  });
})();
