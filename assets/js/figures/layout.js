/** How small pictures lie on one canvas: side by side, row by row. */

/**
 * @typedef {object} Form of small pictures
 * @property {number} count how many there are
 * @property {number} rows of one picture, in its own pixels
 * @property {number} columns
 * @property {number} zoom screen pixels of a pixel
 * @property {number} gap screen pixels between two that stand side by side
 * @property {number} [below] screen pixels between two rows, by default as many
 * @property {number} foot room under each for a caption, in its own pixels; then there is no gap below
 * @property {() => number} [limit] how many may stand side by side
 *
 * @typedef {object} Layout in the pictures' own pixels
 * @property {number} across pictures side by side
 * @property {number} down rows of pictures
 * @property {number} stepX from one picture to the next
 * @property {number} stepY from one row to the next
 * @property {number} width of all
 * @property {number} height of all
 */

/**
 * Return how pictures lie where there is so much room, in screen pixels; one stands there even without any.
 * @param {Form} form
 * @param {number} room
 * @returns {Layout}
 */
export function layoutOf({ count, rows, columns, zoom, gap, below = gap, foot, limit }, room) {
  const fits = Math.floor((room + gap) / (columns * zoom + gap));
  const across = Math.max(1, Math.min(count, fits, limit?.() ?? count));
  const down = Math.ceil(count / across);
  const stepX = columns + gap / zoom;
  const stepY = rows + (foot || below / zoom);
  const width = Math.round(across * stepX - gap / zoom);
  const height = Math.round(down * stepY - (foot ? 0 : below / zoom));
  return { across, down, stepX, stepY, width, height };
}

/**
 * Return where picture i begins: [x, y].
 * @param {Layout} layout
 * @param {number} i
 */
export const originOf = (
  { across, stepX, stepY },
  i,
) => [(i % across) * stepX, Math.floor(i / across) * stepY];
