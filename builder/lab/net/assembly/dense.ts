// The dense layers, a whole batch at a time.
import { F, gradients, parameters } from './shapes';
import { multiply } from './tile';

const zeros = memory.data(400 * F, 16);
const turned = memory.data(400 * 120 * F, 16); // W transposed

/** y = x W + b: x (rows, inputs), y (rows, outputs); then ReLU if asked. */
export function forward(
  rows: i32, inputs: i32, outputs: i32, x: usize, xRow: i32, w: i32, b: i32,
  y: usize, relu: bool
): void {
  const row = outputs * F;
  multiply(rows, outputs, inputs, x, xRow, F, parameters + w, row,
    parameters + b, y, row);
  if (!relu) return;
  for (let i = y, end = y + rows * row; i < end; i += 16) {
    v128.store(i, f32x4.max(v128.load(i), f32x4.splat(0)));
  }
}

/** Gradients of W and b from d, that of y: (rows, outputs). */
export function backward(
  rows: i32, inputs: i32, outputs: i32, x: usize, xRow: i32, w: i32, b: i32,
  d: usize
): void {
  const row = outputs * F;
  multiply(inputs, outputs, rows, x, F, xRow, d, row, zeros, gradients + w,
    row);
  for (let j = 0; j < row; j += 16) {
    let sum = f32x4.splat(0);
    for (let i = d + j, end = d + rows * row; i < end; i += row) {
      sum = f32x4.add(sum, v128.load(i));
    }
    v128.store(gradients + b + j, sum);
  }
}

/**
 * Gradient of x, (rows, inputs padded to eights, xRow bytes), from d, that of
 * y; zero where x was not positive: x is an output of ReLU.
 */
export function pass(
  rows: i32, inputs: i32, outputs: i32, x: usize, xRow: i32, w: i32,
  d: usize, out: usize
): void {
  for (let i = 0; i < inputs; i++) {
    let from = parameters + w + i * outputs * F, to = turned + i * F;
    for (let j = 0; j < outputs; j++) {
      f32.store(to, f32.load(from));
      from += F;
      to += xRow;
    }
  }
  multiply(rows, xRow / F, outputs, d, outputs * F, F, turned, xRow, zeros,
    out, xRow);
  for (let i = 0, size = rows * xRow; i < size; i += 16) {
    v128.store(out + i, v128.and(v128.load(out + i),
      f32x4.gt(v128.load(x + i), f32x4.splat(0))));
  }
}
