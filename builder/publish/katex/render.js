// Reads one formula a line from stdin, as JSON {"tex": ..., "display": ...,
// "output": ...}; answers with one line each, {"html": ...} or {"error": ...}.
const katex = require(process.argv[2]);
const readline = require('readline');

// Letters of any language may stand in a formula; all else that KaTeX has
// doubts about is an error.
const strict = (code) => (
  /^(unicodeTextInMathMode|unknownSymbol)$/.test(code) ? 'ignore' : 'error');

// It knows no widths of letters outside of its fonts, and says so for each of
// them; browsers know.
console.warn = () => {};

readline.createInterface({input: process.stdin}).on('line', (line) => {
  const {tex, display, output} = JSON.parse(line);
  let answer;
  try {
    answer = {html: katex.renderToString(
      tex, {displayMode: display, output, strict, throwOnError: true})};
  } catch (error) {
    answer = {error: error.message};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
});
