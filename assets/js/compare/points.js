/** Points in a plane, in [0, 1] along each side, and which are near a place. */

const CELLS = 64; // along each side, in which points are looked for
const REACHES = [0.02, 0.1, 1]; // within which a neighbour is looked for, one after the other

export class Points {
  /**
   * @param {ArrayLike<number>} data x and y of each point, one after the other
   */
  constructor(data) {
    this.data = data;
    /** @type {number[][]} */
    this.cells = Array.from({ length: CELLS * CELLS }, () => []);
    for (let i = 0; i < data.length / 2; i++) {
      const [x, y] = this.at(i);
      this.cells[cellOf(y) * CELLS + cellOf(x)].push(i);
    }
  }

  /**
   * Return where a point lies: [x, y].
   * @param {number} i
   */
  at(i) {
    return [this.data[2 * i], this.data[2 * i + 1]];
  }

  /**
   * Return the points in order of their distance from a place, those within `reach`.
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   */
  near(x, y, reach) {
    /** @type {[number, number][]} */
    const found = [];
    const [left, right, top, bottom] = [x - reach, x + reach, y - reach, y + reach].map(cellOf);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        for (const i of this.cells[row * CELLS + column]) {
          const far = Math.hypot(this.data[2 * i] - x, this.data[2 * i + 1] - y);
          if (far <= reach) found.push([far, i]);
        }
      }
    }
    return found.sort(([one], [other]) => one - other).map(([, i]) => i);
  }

  /**
   * Return the nearest point that lies more in a direction than beside it, the same one where there is none.
   * @param {number} i
   * @param {number[]} direction
   */
  towards(i, [right, down]) {
    const [x, y] = this.at(i);
    for (const reach of REACHES) {
      for (const other of this.near(x, y, reach)) {
        const [dx, dy] = [this.data[2 * other] - x, this.data[2 * other + 1] - y];
        const along = dx * right + dy * down;
        if (along > 0 && along >= Math.abs(dx * down + dy * right)) return other;
      }
    }
    return i;
  }
}

/**
 * @param {number} share
 */
const cellOf = (share) => Math.max(0, Math.min(CELLS - 1, Math.floor(share * CELLS)));
