// Reads one formula a line from stdin, as JSON {"tex": ..., "display": ...};
// answers with one line each, {"html": ...} or {"error": ...}.
const katex = require(process.argv[2]);
const readline = require('readline');

readline.createInterface({input: process.stdin}).on('line', (line) => {
  const {tex, display} = JSON.parse(line);
  let answer;
  try {
    answer = {html: katex.renderToString(
      tex, {displayMode: display, strict: 'error', throwOnError: true})};
  } catch (error) {
    answer = {error: error.message};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
});
