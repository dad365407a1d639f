// The matrix product, in tiles of 4 x 8 numbers: nearly all arithmetic of a
// forward pass, and half of a backward one, is this loop.
import { BLOCK } from './shapes';

/**
 * c = start + a b: c (4, 8), start (8), a (4, K), b (K, 8).
 *
 * The first row of a begins at `a`, the others r1, r2, r3 bytes behind it. A
 * row's K = outer * inner numbers are those of a rectangle: `inner` of them
 * `aInner` bytes apart, then the next row of the rectangle, `aOuter` bytes
 * further. So a patch of an image need not be copied out of it. A row of b is
 * `bRow` bytes long, one of c `cRow`.
 */
// @ts-ignore: decorator
@inline
export function tile(
  a: usize, r1: i32, r2: i32, r3: i32,
  outer: i32, aOuter: i32, inner: i32, aInner: i32,
  b: usize, bRow: i32, start: usize, c: usize, cRow: i32
): void {
  let c00 = v128.load(start), c01 = v128.load(start, 16);
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
  const step = aOuter - inner * aInner;
  do {
    let left = inner;
    do {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let e = v128.load32_splat(a);
      c00 = f32x4.add(c00, f32x4.mul(e, b0));
      c01 = f32x4.add(c01, f32x4.mul(e, b1));
      e = v128.load32_splat(a + r1);
      c10 = f32x4.add(c10, f32x4.mul(e, b0));
      c11 = f32x4.add(c11, f32x4.mul(e, b1));
      e = v128.load32_splat(a + r2);
      c20 = f32x4.add(c20, f32x4.mul(e, b0));
      c21 = f32x4.add(c21, f32x4.mul(e, b1));
      e = v128.load32_splat(a + r3);
      c30 = f32x4.add(c30, f32x4.mul(e, b0));
      c31 = f32x4.add(c31, f32x4.mul(e, b1));
      a += aInner;
      b += bRow;
    } while (--left);
    a += step;
  } while (--outer);
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cRow;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cRow;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cRow;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/**
 * c = start + a b: c (rows, columns), start (columns), a (rows, K), b (K,
 * columns); rows in fours, columns in eights. Neighbours in a row of a are
 * `aStep` bytes apart, its rows `aRow`: so a may be a transposed matrix.
 */
export function multiply(
  rows: i32, columns: i32, K: i32, a: usize, aRow: i32, aStep: i32,
  b: usize, bRow: i32, start: usize, c: usize, cRow: i32
): void {
  for (let n = 0; n < columns; n += 8) {
    let from = a, to = c;
    for (let m = 0; m < rows; m += 4) {
      tile(from, aRow, 2 * aRow, 3 * aRow,
        1, 0, K, aStep, b, bRow, start, to, cRow);
      from += 4 * aRow;
      to += 4 * cRow;
    }
    b += BLOCK;
    c += BLOCK;
    start += BLOCK;
  }
}
