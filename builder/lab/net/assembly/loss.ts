// Softmax cross-entropy, its gradient, and how many examples were right.
import { F, OUTPUT, labels, order } from './shapes';

export let loss: f64 = 0; // the sum over a batch, in nats
export let correct: i32 = 0;

/**
 * Of `rows` outputs, (rows, 10 padded to 16): set `loss` and `correct`, and
 * d, the gradient of the mean loss. Of equal outputs the first counts.
 */
export function crossEntropy(
  first: i32, rows: i32, outputs: usize, d: usize
): void {
  loss = 0;
  correct = 0;
  for (let n = 0; n < rows; n++) {
    const label = label_of(first + n);
    let most: f32 = -Infinity, best = 0;
    for (let j = 0; j < 10; j++) {
      const z = f32.load(outputs + j * F);
      if (z > most) {
        most = z;
        best = j;
      }
    }
    correct += i32(best == label);
    let sum: f32 = 0;
    for (let j = 0; j < 10; j++) {
      const e = Mathf.exp(f32.load(outputs + j * F) - most);
      f32.store(d + j * F, e);
      sum += e;
    }
    loss += Math.log(sum) + most - f32.load(outputs + label * F);
    const scale: f32 = 1 / (sum * f32(rows));
    for (let j = 0; j < 10; j++) {
      f32.store(d + j * F, f32.load(d + j * F) * scale);
    }
    const right = d + label * F;
    f32.store(right, f32.load(right) - 1 / f32(rows));
    outputs += OUTPUT;
    d += OUTPUT;
  }
}

function label_of(n: i32): i32 {
  return i32.load8_u(labels + i32.load(order + 4 * n));
}
