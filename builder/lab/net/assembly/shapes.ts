// Where everything lies. Addresses and steps are in bytes, counts in numbers;
// all numbers are f32. Two vectors of four numbers make a block of eight, the
// width that everything is computed in: channels and outputs are padded to
// blocks. What is padded stays zero, since its gradients are zero.

export const F: i32 = 4; // bytes of a number
export const BLOCK: i32 = 8 * F; // of a block
export const MOST: i32 = 256; // examples in a batch, at most

// Images: 28 x 28, a byte a pixel; padded, 32 x 32 numbers in [0, 1].
export const IMAGES: i32 = 7000; // there is room for so many
export const GRAY: f32 = 15; // white; black is 0
export const IMAGE: i32 = 28 * 28;
export const ROW: i32 = 32 * F;
export const PADDED: i32 = 32 * ROW;
// The first pooled layer: 14 x 14 pixels of 6 channels.
export const PIXEL1: i32 = 6 * F;
export const ROW1: i32 = 14 * PIXEL1;
export const POOLED1: i32 = 14 * ROW1;
// The second: 5 x 5 pixels of 16 channels, 400 numbers, then 120, 84 and 10.
export const POOLED2: i32 = 400 * F;
export const HIDDEN3: i32 = 120 * F;
export const HIDDEN4: i32 = 88 * F; // 84
export const OUTPUT: i32 = 16 * F; // 10

// Parameters, one after the other: W1 (5, 5, 1, 6), W2 (5, 5, 6, 16), W3 (400,
// 120), W4 (120, 84), W5 (84, 10), the last axis padded, each with its biases
// behind it. Gradients and velocities lie in the same order.
export const W1: i32 = 0;
export const B1: i32 = W1 + 25 * BLOCK;
export const W2: i32 = B1 + BLOCK;
export const B2: i32 = W2 + 150 * 2 * BLOCK;
export const W3: i32 = B2 + 2 * BLOCK;
export const B3: i32 = W3 + 400 * HIDDEN3;
export const W4: i32 = B3 + HIDDEN3;
export const B4: i32 = W4 + 120 * HIDDEN4;
export const W5: i32 = B4 + HIDDEN4;
export const B5: i32 = W5 + 84 * OUTPUT;
export const SIZE: i32 = B5 + OUTPUT;

export const parameters = memory.data(SIZE, 16);
export const gradients = memory.data(SIZE, 16);
export const velocities = memory.data(SIZE, 16);

export const images = memory.data(IMAGES * IMAGE, 16);
export const labels = memory.data(IMAGES, 16);
export const order = memory.data(IMAGES * 4, 16); // i32, indices of examples
