// The theme speaks English to those who listen; before this stands what it
// says in the language of the page.
document.addEventListener('DOMContentLoaded', () => {
  for (const part of document.querySelectorAll('[aria-label]')) {
    const said = Documentation.gettext(part.getAttribute('aria-label'));
    part.setAttribute('aria-label', said);
  }
});
