// Gradients of the two convolutional layers.
//
// Pooling passes a gradient on to one pixel of each window, and ReLU to none
// if that pixel was not positive: three quarters of a convolution's gradient
// and more are zeros. So we list what is not, and add up patches of the input,
// or kernels, for these pixels only.
import {
  B1, B2, BLOCK, F, PIXEL1, POOLED1, ROW, ROW1, W1, W2, gradients, parameters
} from './shapes';

// One channel's pixels: gradient f32, offset i32 of its patch in the input.
const list = memory.data(196 * 8, 16);
// Transposed, one kernel after the other: (6, 5, 8), five numbers of a row and
// three of no meaning; (16, 5, 32), thirty of a row and two of no meaning.
const ROW_K1: i32 = BLOCK;
const KERNEL1: i32 = 5 * ROW_K1;
const ROW_K2: i32 = 4 * BLOCK;
const KERNEL2: i32 = 5 * ROW_K2;
const kernels1 = memory.data(6 * KERNEL1, 16);
const kernels2 = memory.data(16 * KERNEL2, 16);
// W2 as (16, 5, 5, 8), and the gradient of the first layer's output, (14, 14,
// 8): 6 channels padded to a block.
const PIXEL_D: i32 = BLOCK;
const ROW_D: i32 = 14 * PIXEL_D;
const FILTER: i32 = 25 * BLOCK;
const filters = memory.data(16 * FILTER, 16);
const passed = memory.data(14 * ROW_D, 16);

/** Make ready for a batch: no gradients yet, W2 as it is now. */
export function begin(): void {
  memory.fill(gradients, 0, W2 + 150 * 2 * BLOCK + 2 * BLOCK);
  memory.fill(kernels1, 0, 6 * KERNEL1);
  memory.fill(kernels2, 0, 16 * KERNEL2);
  for (let tap = 0; tap < 25; tap++) {
    for (let channel = 0; channel < 6; channel++) {
      const row = parameters + W2 + (tap * 6 + channel) * 2 * BLOCK;
      for (let c = 0; c < 16; c++) {
        f32.store(filters + c * FILTER + tap * BLOCK + channel * F,
          f32.load(row + c * F));
      }
    }
  }
}

/** After a batch: bring the kernels' gradients into the parameters' order. */
export function end(): void {
  for (let y = 0; y < 5; y++) {
    for (let c = 0; c < 6; c++) {
      const from = kernels1 + c * KERNEL1 + y * ROW_K1;
      for (let x = 0; x < 5; x++) {
        f32.store(gradients + W1 + (y * 5 + x) * BLOCK + c * F,
          f32.load(from + x * F));
      }
    }
    for (let c = 0; c < 16; c++) {
      const from = kernels2 + c * KERNEL2 + y * ROW_K2;
      for (let x = 0; x < 30; x++) {
        f32.store(gradients + W2 + ((y * 30 + x) * 16 + c) * F,
          f32.load(from + x * F));
      }
    }
  }
}

/**
 * One example's share of the gradients, from that of the second layer's
 * output, (5, 5, 16).
 */
export function backward(
  image: usize, which1: usize, pooled1: usize, which2: usize, given: usize
): void {
  memory.fill(passed, 0, 14 * ROW_D);
  for (let c = 0; c < 16; c++) {
    const n = collect(c, given, which2, 5, 2 * BLOCK, PIXEL1, ROW1,
      gradients + B2);
    pass(n, filters + c * FILTER);
    for (let y = 0; y < 5; y++) {
      addRow(n, pooled1 + y * ROW1, kernels2 + c * KERNEL2 + y * ROW_K2);
    }
  }
  for (let c = 0; c < 6; c++) {
    const n = collect(c, passed, which1, 14, BLOCK, F, ROW, gradients + B1);
    addKernel(n, image, kernels1 + c * KERNEL1);
  }
}

/**
 * List channel c's pixels that have a gradient, and add up its bias's.
 * `given` and `which` are (size, size, channels), a pixel of them `pixel`
 * bytes; offsets are in an input of `step` bytes a pixel, `row` a row.
 */
function collect(
  c: i32, given: usize, which: usize, size: i32, pixel: i32,
  step: i32, row: i32, biases: usize
): i32 {
  let to = list, sum: f32 = 0, at = c * F;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const k = i32.load(which + at);
      const d = f32.load(given + at);
      at += pixel;
      f32.store(to, d);
      i32.store(to, (2 * y + (k >> 1)) * row + (2 * x + (k & 1)) * step, 4);
      // The next one takes its place if there is no gradient.
      const alive = i32(k >= 0);
      sum += alive ? d : 0;
      to += alive << 3;
    }
  }
  const bias = biases + c * F;
  f32.store(bias, f32.load(bias) + sum);
  return i32(to - list) >> 3;
}

/** Pass the gradients of the listed pixels on to the second layer's input. */
function pass(n: i32, filter: usize): void {
  for (let item = list, end = list + n * 8; item < end; item += 8) {
    const d = v128.load32_splat(item);
    // Offsets are in an input of 6 channels, this one has 8.
    let to = passed + i32.load(item, 4) / PIXEL1 * PIXEL_D, from = filter;
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 10; x++) {
        v128.store(to, f32x4.add(v128.load(to),
          f32x4.mul(d, v128.load(from))));
        to += 16;
        from += 16;
      }
      to += ROW_D - 5 * PIXEL_D;
    }
  }
}

/** Add to a kernel's row, 32 numbers, that of all listed pixels' patches. */
function addRow(n: i32, input: usize, row: usize): void {
  let s0 = v128.load(row), s1 = v128.load(row, 16);
  let s2 = v128.load(row, 32), s3 = v128.load(row, 48);
  let s4 = v128.load(row, 64), s5 = v128.load(row, 80);
  let s6 = v128.load(row, 96), s7 = v128.load(row, 112);
  for (let item = list, end = list + n * 8; item < end; item += 8) {
    const d = v128.load32_splat(item), x = input + i32.load(item, 4);
    s0 = f32x4.add(s0, f32x4.mul(d, v128.load(x)));
    s1 = f32x4.add(s1, f32x4.mul(d, v128.load(x, 16)));
    s2 = f32x4.add(s2, f32x4.mul(d, v128.load(x, 32)));
    s3 = f32x4.add(s3, f32x4.mul(d, v128.load(x, 48)));
    s4 = f32x4.add(s4, f32x4.mul(d, v128.load(x, 64)));
    s5 = f32x4.add(s5, f32x4.mul(d, v128.load(x, 80)));
    s6 = f32x4.add(s6, f32x4.mul(d, v128.load(x, 96)));
    s7 = f32x4.add(s7, f32x4.mul(d, v128.load(x, 112)));
  }
  v128.store(row, s0);
  v128.store(row, s1, 16);
  v128.store(row, s2, 32);
  v128.store(row, s3, 48);
  v128.store(row, s4, 64);
  v128.store(row, s5, 80);
  v128.store(row, s6, 96);
  v128.store(row, s7, 112);
}

/** Add to a kernel, (5, 8), all listed pixels' patches of the image. */
function addKernel(n: i32, image: usize, kernel: usize): void {
  let s0 = v128.load(kernel), s1 = v128.load(kernel, 16);
  let s2 = v128.load(kernel, 32), s3 = v128.load(kernel, 48);
  let s4 = v128.load(kernel, 64), s5 = v128.load(kernel, 80);
  let s6 = v128.load(kernel, 96), s7 = v128.load(kernel, 112);
  let s8 = v128.load(kernel, 128), s9 = v128.load(kernel, 144);
  for (let item = list, end = list + n * 8; item < end; item += 8) {
    const d = v128.load32_splat(item), x = image + i32.load(item, 4);
    s0 = f32x4.add(s0, f32x4.mul(d, v128.load(x)));
    s1 = f32x4.add(s1, f32x4.mul(d, v128.load(x, 16)));
    s2 = f32x4.add(s2, f32x4.mul(d, v128.load(x, ROW)));
    s3 = f32x4.add(s3, f32x4.mul(d, v128.load(x, ROW + 16)));
    s4 = f32x4.add(s4, f32x4.mul(d, v128.load(x, 2 * ROW)));
    s5 = f32x4.add(s5, f32x4.mul(d, v128.load(x, 2 * ROW + 16)));
    s6 = f32x4.add(s6, f32x4.mul(d, v128.load(x, 3 * ROW)));
    s7 = f32x4.add(s7, f32x4.mul(d, v128.load(x, 3 * ROW + 16)));
    s8 = f32x4.add(s8, f32x4.mul(d, v128.load(x, 4 * ROW)));
    s9 = f32x4.add(s9, f32x4.mul(d, v128.load(x, 4 * ROW + 16)));
  }
  v128.store(kernel, s0);
  v128.store(kernel, s1, 16);
  v128.store(kernel, s2, 32);
  v128.store(kernel, s3, 48);
  v128.store(kernel, s4, 64);
  v128.store(kernel, s5, 80);
  v128.store(kernel, s6, 96);
  v128.store(kernel, s7, 112);
  v128.store(kernel, s8, 128);
  v128.store(kernel, s9, 144);
}
