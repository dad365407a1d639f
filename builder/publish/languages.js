// The choice of a language. Pages in all languages have the same sections and
// cells, so the page in another one opens where the reader is: that far from
// one of them to the next.
(() => {
  'use strict';

  const top = (element) => element.getBoundingClientRect().top;

  // The height, on the screen, of what is being read.
  const lineRead = () => window.innerHeight / 4;

  // Where the n-th section or cell begins, and the one after it.
  function between(n) {
    const places = document.querySelectorAll(
      'article :is(section, div[id*="-code-"])');
    const next = places[n + 1];
    return places[n] && [top(places[n]), next ? top(next)
      : document.querySelector('article').getBoundingClientRect().bottom];
  }

  function takePlace({ target }) {
    const link = target.closest('a');
    let n = -1;
    while (between(n + 1)?.[0] <= lineRead()) n += 1;
    if (!link || n < 0 || !window.scrollY) return;
    const [start, end] = between(n);
    const at = n + (lineRead() - start) / (end - start);
    link.hash = `at=${at.toFixed(4)}`;
  }

  function goToPlace(at) {
    const found = between(Math.floor(at));
    if (!found) return;
    const [start, end] = found;
    window.scrollBy({ behavior: 'instant',
      top: start + (end - start) * (at % 1) - lineRead() });
    history.replaceState(null, '', location.pathname + location.search);
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelector('.languages')?.addEventListener(
      'click', takePlace);
    goToPlace(parseFloat(location.hash.match(/^#at=([\d.]+)$/)?.[1]));
  });
})();
