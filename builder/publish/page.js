// One framework for the whole book. sphinx-design keeps the tab-sets of a page
// alike and remembers the choice; this adds a bar that is always in reach,
// holds the reader's place when the frameworks' code differs in height, and
// shows what a citation, a reference or a number means under the pointer.
(() => {
  'use strict';

  const labelOf = (tab) => document.querySelector(
    `.sd-tab-label[data-sync-id="${CSS.escape(tab)}"]`);

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

  let held = null;  // {element, before} while a choice is being made

  function hold(element) {
    held = { element, before: top(element) };
  }

  function letGo() {
    if (!held) return;
    const by = top(held.element) - held.before;
    held = null;
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
      hold(blockInView(bar));
      inputOf(label).checked = true;
      inputOf(label).dispatchEvent(new Event('change', { bubbles: true }));
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

  function setUpTabs() {
    // A choice made in a tab-set holds that tab-set's own row of names.
    for (const kind of ['click', 'keydown']) {
      document.addEventListener(kind, (event) => {
        const tabs = event.target.closest('.sd-tab-label, .sd-tab-set > input');
        if (tabs && (kind === 'keydown' || tabs.tagName === 'LABEL')) {
          hold(tabs.tagName === 'LABEL' ? tabs : tabs.nextElementSibling);
        }
      }, true);
    }
    document.addEventListener('change', (event) => {
      if (event.target.matches('.sd-tab-set > input')) letGo();
    });
  }

  function meaning(link) {
    if (link.dataset.meaning) return link.dataset.meaning;
    const target = document.getElementById(
      decodeURIComponent(link.hash.slice(1)));
    if (!target) return '';
    const part = target.closest('.references p')
      || target.querySelector('figcaption, caption')
      || target.closest('section')?.querySelector('h1, h2, h3, h4');
    return part ? part.textContent.replace(/¶$/, '').trim() : '';
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
        'article p a.internal[href^="#"], article li a.internal[href^="#"], '
        + 'article a[data-meaning]');
      const text = link && meaning(link);
      if (!text) return;
      hide();
      box.textContent = text;
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
      link.title = 'Link to this cell';
      link.setAttribute('aria-label', 'Link to this cell');
      link.textContent = '¶';
      cell.append(link);
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    setUpTabs();
    document.querySelectorAll('.framework-bar').forEach(setUpBar);
    setUpPreviews();
    setUpPermalinks();
  });
})();
