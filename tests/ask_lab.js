// Reads from stdin a JSON list of [name, ...arguments], calls these functions
// of the lab's own scripts, and writes a JSON list of what they return.
const path = require('path');
const ui = path.join(__dirname, '..', 'builder', 'lab', 'ui');
for (const name of process.argv.slice(2)) require(path.join(ui, `${name}.js`));

let text = '';
process.stdin.on('data', (part) => { text += part; });
process.stdin.on('end', () => {
  const answers = JSON.parse(text).map(([name, ...rest]) => {
    const answer = globalThis.ScheduleLab[name](...rest);
    return ArrayBuffer.isView(answer) ? [...answer] : answer;
  });
  process.stdout.write(JSON.stringify(answers));
});
