// Starts a deck. A slide's body has a height of its own; where the estimate
// of the builder was too low, its letters become smaller until all fits.
const SMALLEST = 0.4;

function fit(slide) {
  const body = slide && slide.querySelector('.body');
  if (!body || body.clientHeight === 0) return;
  for (let scale = 1; scale > SMALLEST; scale -= 0.04) {
    body.style.fontSize = `${scale}em`;
    if (body.scrollHeight <= body.clientHeight + 1
        && body.scrollWidth <= body.clientWidth + 1) return;
  }
}

Reveal.on('ready', (event) => fit(event.currentSlide));
Reveal.on('slidechanged', (event) => fit(event.currentSlide));
Reveal.on('pdf-ready', () => Reveal.getSlides().forEach(fit));
Reveal.initialize({
  width: 1280, height: 720, margin: 0.02, center: false, hash: true,
  slideNumber: 'c/t', transition: 'none', backgroundTransition: 'none',
  scrollActivationWidth: null, pdfMaxPagesPerSlide: 1,
  plugins: [RevealNotes],
});
