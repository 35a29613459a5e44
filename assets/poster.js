/* A picture to take away: fields of numbers under their title, with the scale of their colours. */
(function (c) {
  "use strict";

  const ACROSS = 8; // fields side by side
  const SIDE = { one: 312, many: 96 }; // screen pixels of a field, about
  const LEGIBLE = 28; // screen pixels of a cell that has room for its number
  const LINE = 18;
  const GAP = 6;

  /** Return the lines that say of fields how many of their cells leave their scale, and whether all are one number. */
  c.posterNotes = function (scale, fields) {
    const values = fields.flatMap(({ rows, columns, at }) => Array.from({ length: rows * columns }, (_, i) => at(i)));
    const [least, most] = [(a, b) => Math.min(a, b), (a, b) => Math.max(a, b)].map((further) => values.reduce(further));
    const gone = values.filter((value) => c.beyond(scale, value)).length;
    const { sign, words } = c.leaving(scale, least, most);
    return [gone && `${sign} ${gone} of ${values.length} cells ${gone === 1 ? "goes" : "go"} beyond the scale, ${words}`, least === most && `everywhere ${c.exact(Math.fround(least))}`].filter(Boolean);
  };

  /**
   * Return a canvas with the fields, dark on white.
   * @param lines What it is, line by line; under them stands how many cells leave the scale, or that all are one number.
   * @param scale Of all fields.
   * @param fields [{rows, columns, at(i), name}], all of one size; names stand over them where there are several.
   */
  c.poster = function (lines, scale, fields) {
    const [{ rows, columns }] = fields;
    lines = [...lines, ...c.posterNotes(scale, fields)];
    const zoom = Math.max(1, Math.floor((fields.length > 1 ? SIDE.many : SIDE.one) / columns));
    const head = fields.length > 1 ? LINE : GAP; // over each field
    const across = Math.min(ACROSS, fields.length);
    const [wide, high] = [columns * zoom + GAP, rows * zoom + head];
    const sheet = c.make("canvas");
    const pen = sheet.getContext("2d");
    const font = (pixels) => Object.assign(pen, { font: `${pixels}px sans-serif`, fillStyle: "#000" });
    font(13);
    const words = Math.max(...lines.map((line) => pen.measureText(line).width));
    const top = lines.length * LINE;
    const bottom = top + Math.ceil(fields.length / across) * high;
    Object.assign(sheet, { width: Math.ceil(Math.max(across * wide, words, 240)) + 2 * GAP, height: bottom + LINE + 3 * GAP });
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    font(13);
    lines.forEach((line, i) => pen.fillText(line, GAP, i * LINE + 15));
    fields.forEach((field, i) => drawField(field, GAP + (i % across) * wide, top + Math.floor(i / across) * high + head));
    drawScale(bottom + 2 * GAP);
    return sheet;

    function drawField({ at, name }, left, first) {
      font(11);
      if (fields.length > 1) pen.fillText(name, left, first - 4);
      for (let i = 0; i < rows * columns; i++) {
        const [x, y] = [left + (i % columns) * zoom, first + Math.floor(i / columns) * zoom];
        const colour = c.colour(scale, at(i));
        pen.fillStyle = c.css(colour);
        pen.fillRect(x, y, zoom, zoom);
        if (zoom < LEGIBLE) continue;
        pen.fillStyle = c.ink(colour);
        pen.fillText(c.short(at(i)), x + (zoom - pen.measureText(c.short(at(i))).width) / 2, y + zoom / 2 + 4);
      }
    }

    function drawScale(y) {
      font(13);
      if (c.isFlat(scale)) return pen.fillText(c.round(scale.high), GAP, y + 11);
      const low = c.round(scale.low);
      const left = Math.ceil(GAP + pen.measureText(low).width + GAP); // between pixels, strips would pale
      pen.fillText(low, GAP, y + 11);
      for (let x = 0; x < 120; x++) {
        pen.fillStyle = c.css(c.colour(scale, scale.low + ((scale.high - scale.low) * x) / 119));
        pen.fillRect(left + x, y, 1, 12);
      }
      font(13);
      pen.fillText(c.round(scale.high), left + 120 + GAP, y + 11);
    }
  };
})((window.convlens ??= {}));
