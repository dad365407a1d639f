// LeNet as in the chapter, trained by gradient descent with momentum: what
// the page's script calls. Examples are chosen by their place in `order`.
import { backward as backwardConvolutions, begin, end } from './backward';
import { forward1, forward2 } from './convolution';
import { backward, forward as dense, pass } from './dense';
import { correct, crossEntropy, loss } from './loss';
import {
  B3, B4, B5, BLOCK, F, GRAY, HIDDEN3, HIDDEN4, IMAGE, MOST, OUTPUT, PADDED,
  POOLED1, POOLED2, ROW, SIZE, W3, W4, W5, gradients, images, labels, order,
  parameters, velocities
} from './shapes';

export { correct, gradients, images, labels, loss, order, parameters };
export const size: i32 = SIZE / F;

const x = memory.data(MOST * PADDED + BLOCK, 16);
const x1 = memory.data(MOST * POOLED1 + BLOCK, 16);
const x2 = memory.data(MOST * POOLED2, 16);
const x3 = memory.data(MOST * HIDDEN3, 16);
const x4 = memory.data(MOST * HIDDEN4, 16);
const x5 = memory.data(MOST * OUTPUT, 16);
const d2 = memory.data(MOST * POOLED2, 16);
const d3 = memory.data(MOST * HIDDEN3, 16);
const d4 = memory.data(MOST * HIDDEN4, 16);
const d5 = memory.data(MOST * OUTPUT, 16);
const WHICH1: i32 = 196 * BLOCK;
const which1 = memory.data(MOST * WHICH1, 16);
const which2 = memory.data(MOST * POOLED2, 16);

/** Forget the past: all velocities are zero. */
export function reset(): void {
  memory.fill(velocities, 0, SIZE);
}

/** Pad an image with zeros, two on each side, and let white be 1. */
function pad(image: usize, out: usize): void {
  out += 2 * ROW + 2 * F;
  for (let y = 0; y < 28; y++) {
    for (let n = 0; n < 28; n++) {
      f32.store(out, f32(i32.load8_u(image++)) / GRAY);
      out += F;
    }
    out += 4 * F;
  }
}

/** Outputs, loss and number of correct answers of examples first ... */
export function forward(first: i32, rows: i32): void {
  for (let n = 0; n < rows; n++) {
    const example = i32.load(order + 4 * (first + n));
    const image = x + n * PADDED, pooled = x1 + n * POOLED1;
    pad(images + example * IMAGE, image);
    forward1(image, pooled, which1 + n * WHICH1);
    forward2(pooled, x2 + n * POOLED2, which2 + n * POOLED2);
  }
  const fours = (rows + 3) & ~3;
  dense(fours, 400, 120, x2, POOLED2, W3, B3, x3, true);
  dense(fours, 120, 88, x3, HIDDEN3, W4, B4, x4, true);
  dense(fours, 84, 16, x4, HIDDEN4, W5, B5, x5, false);
  crossEntropy(first, rows, x5, d5);
}

/** Gradients of the mean loss of examples first ... first + rows - 1. */
export function differentiate(first: i32, rows: i32): void {
  forward(first, rows);
  const fours = (rows + 3) & ~3;
  memory.fill(d5 + rows * OUTPUT, 0, (fours - rows) * OUTPUT);
  backward(fours, 84, 16, x4, HIDDEN4, W5, B5, d5);
  pass(fours, 84, 16, x4, HIDDEN4, W5, d5, d4);
  backward(fours, 120, 88, x3, HIDDEN3, W4, B4, d4);
  pass(fours, 120, 88, x3, HIDDEN3, W4, d4, d3);
  backward(fours, 400, 120, x2, POOLED2, W3, B3, d3);
  pass(fours, 400, 120, x2, POOLED2, W3, d3, d2);
  begin();
  for (let n = 0; n < rows; n++) {
    backwardConvolutions(x + n * PADDED, which1 + n * WHICH1,
      x1 + n * POOLED1, which2 + n * POOLED2, d2 + n * POOLED2);
  }
  end();
}

/**
 * One update by examples first ...: v = momentum v + g, w = w - rate v.
 * Returns whether all parameters are still finite numbers.
 */
export function update(
  first: i32, rows: i32, rate: f32, momentum: f32
): bool {
  differentiate(first, rows);
  const r = f32x4.splat(rate), m = f32x4.splat(momentum);
  let zero = f32x4.splat(0); // 0 times a number is 0, unless it is not finite
  for (let i = 0; i < SIZE; i += 16) {
    const v = f32x4.add(f32x4.mul(m, v128.load(velocities + i)),
      v128.load(gradients + i));
    const w = f32x4.sub(v128.load(parameters + i), f32x4.mul(r, v));
    v128.store(velocities + i, v);
    v128.store(parameters + i, w);
    zero = f32x4.add(zero, f32x4.mul(w, f32x4.splat(0)));
  }
  return i32x4.all_true(f32x4.eq(zero, f32x4.splat(0)));
}
