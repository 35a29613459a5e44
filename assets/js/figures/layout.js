/** How small pictures lie on one canvas: side by side, row by row. */

/**
 * @typedef {object} Form of small pictures
 * @property {number} count how many there are
 * @property {number} rows of one picture, in its own pixels
 * @property {number} columns
 * @property {number} zoom screen pixels of a pixel
 * @property {number} gap its own pixels between two
 * @property {number} across how many stand side by side
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
 * Return how pictures lie, so many side by side.
 * @param {Form} form
 * @returns {Layout}
 */
export function layoutOf({ count, rows, columns, gap, across }) {
  const down = Math.ceil(count / across);
  const [stepX, stepY] = [columns + gap, rows + gap];
  return { across, down, stepX, stepY, width: across * stepX - gap, height: down * stepY - gap };
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
