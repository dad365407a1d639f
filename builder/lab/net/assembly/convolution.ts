// Convolution by 5 x 5 kernels, ReLU and max-pooling over 2 x 2 windows: both
// layers of LeNet. A tile's four rows are the four pixels of a window, so what
// is pooled comes out of one product, and the convolution's own output, four
// times as large, is never kept.
import {
  B1, B2, BLOCK, F, PIXEL1, ROW, ROW1, W1, W2, parameters
} from './shapes';
import { tile } from './tile';

const window = memory.data(4 * BLOCK, 16); // 4 pixels of 8 channels

/**
 * From four pixels of 8 channels, store the largest of each channel, or 0 if
 * it is less, and which it was: 0 ... 3, the first of equals; -1 if none is
 * greater than 0. NaN stays NaN.
 */
function pool(values: usize, largest: usize, which: usize): void {
  let value = v128.load(values), index = i32x4.splat(0);
  for (let k = 1; k < 4; k++) {
    const next = v128.load(values + k * BLOCK);
    index = v128.bitselect(i32x4.splat(k), index, f32x4.gt(next, value));
    value = f32x4.max(value, next);
  }
  const zero = f32x4.splat(0);
  const alive = f32x4.gt(value, zero);
  v128.store(which, v128.or(index, v128.not(alive)));
  v128.store(largest, f32x4.max(value, zero));
}

/** First layer: a padded image to 14 x 14 x 6, and which pixels these are. */
export function forward1(image: usize, out: usize, which: usize): void {
  for (let y = 0; y < 14; y++) {
    let x = image + 2 * y * ROW;
    for (let n = 0; n < 14; n++) {
      tile(x, F, ROW, ROW + F, 5, ROW, 5, F,
        parameters + W1, BLOCK, parameters + B1, window, BLOCK);
      pool(window, out, which);
      pool(window + 16, out + 16, which + 16);
      x += 2 * F;
      // Six channels are kept; the two zeros behind them are overwritten.
      out += PIXEL1;
      which += BLOCK;
    }
  }
}

/** Second layer: 14 x 14 x 6 to 5 x 5 x 16. */
export function forward2(input: usize, out: usize, which: usize): void {
  for (let y = 0; y < 5; y++) {
    for (let n = 0; n < 5; n++) {
      const x = input + 2 * y * ROW1 + 2 * n * PIXEL1;
      for (let block = 0; block < 2 * BLOCK; block += BLOCK) {
        tile(x, PIXEL1, ROW1, ROW1 + PIXEL1, 5, ROW1, 30, F,
          parameters + W2 + block, 2 * BLOCK, parameters + B2 + block,
          window, BLOCK);
        pool(window, out, which);
        pool(window + 16, out + 16, which + 16);
        out += BLOCK;
        which += BLOCK;
      }
    }
  }
}
