/** What the server says once, in the page itself: the networks, their layers, and what is true of the data. */

/**
 * Where a layer's cells lie on something before it, along one axis, in its pixels.
 * @typedef {{size: number, step: number, start: number}} Sight
 *
 * A layer as the server describes it.
 * @typedef {object} Layer
 * @property {string} name
 * @property {string} kind of Keras: a word for people, never asked for
 * @property {"sum" | "window" | "scale" | "merge" | "copy" | "map" | "share" | "opaque"} form in which its numbers come about
 * @property {"maps" | "units" | "none"} picture how its values are drawn
 * @property {boolean} has_kernel whether every filter or unit has weights that lie over what it reads
 * @property {boolean} convolves whether these slide over maps
 * @property {number} groups of maps in which its filters read; 1 where each reads all
 * @property {"largest" | "mean" | null} takes what it makes of those under a window
 * @property {import("./receptive_field.js").Axis[] | null} windows along rows and columns
 * @property {string[]} reads names of what it reads, "input" for the image
 * @property {string[]} notes what cannot be said of it
 * @property {number[]} shape [rows, columns, maps] or [units]
 * @property {string | null} activation
 * @property {any} grid [slices, rows, columns] of one filter's weights, null where it has none
 * @property {boolean} [kernels] whether its weights are shown
 * @property {boolean} [saturates] whether many images tie behind its activation
 * @property {boolean} [biased] whether it adds a bias
 * @property {string} [depth] what is said of its kernels' slices
 * @property {string[]} [words] what each filter is tuned to
 * @property {Record<"pre" | "post", number[]>} ranges over all images
 * @property {number[]} dead channels
 * @property {number[]} always_on channels
 * @property {Record<string, Sight[]>} sights by what is seen, "input" for the image
 *
 * What a network was at a moment of a training like its own; key names it in addresses, when is in epochs, layers are what differs of theirs, by name.
 * @typedef {{key: string, step: number, epoch: number | null, when: number, correct: number | null, layers: Record<string, Pick<Layer, "ranges" | "dead" | "always_on">>}} Moment
 *
 * Layers that stand in one place: one with the normalisation, activation and dropout behind it; shown is whose values are shown first.
 * @typedef {{layers: string[], shown: string}} Block
 *
 * @typedef {{key: string, name: string, hue: string, layers: Layer[], blocks: Block[], large?: boolean, correct: number | null, moments: Moment[]}} Model large: of one image only some layers are held at a time; correct: test images that it names right
 *
 * Something that can be done to the image; words are those of an amount above and below the neutral one.
 * @typedef {object} Way
 * @property {string} key
 * @property {string} title
 * @property {string} unit
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {number} neutral
 * @property {string[]} words
 *
 * @typedef {object} ImageFacts
 * @property {number} count
 * @property {number} rows
 * @property {number} columns
 * @property {number} channels 1 of grey, 3 of red, green and blue
 * @property {number} low what networks are fed of a pixel of 0
 * @property {number} high what they are fed of a pixel of 255
 * @property {string} said rows and columns in words
 * @property {string} noun what one is called
 * @property {string} nouns what several are called
 * @property {string} a_noun one with its article
 * @property {string} member what one of those at hand is called where it is told from others: "test image"
 * @property {string} members several of these
 * @property {string} a_member one with its article
 * @property {string[]} classes their names, by number
 * @property {boolean} named whether one has a name, and not a number for one
 * @property {boolean} drawn whether a drawing can take the place of one
 * @property {boolean} labelled whether it is known what they show
 *
 * What a page to mail holds beside its picture: of which channels the arithmetic, by "network.layer", true for all; which layers of large networks; the labels of its images.
 * @typedef {{explained: Record<string, true | number[]>, layers: string[], labels: Record<number, number>}} Mailed
 *
 * @typedef {object} Facts
 * @property {string} version of all that may be kept for ever
 * @property {boolean} opened whether they are somebody's own, of which more may be read and measured meanwhile
 * @property {ImageFacts} images how many there are, and how they are
 * @property {Record<"why" | "mind", string>} asked of the networks shown, whatever is inspected: what is asked first
 * @property {number} block images of which pixels come at once
 * @property {number} part filters of which weights come at once
 * @property {Record<"pre" | "post" | "kernels", number>} levels of a picture
 * @property {Model[]} models
 * @property {string} reader the network that reads drawings
 * @property {boolean} novelty whether it was measured of that one how unlike anything in training an image is
 * @property {Way[]} perturbations
 * @property {Record<number, string>} disputed who says what of a label
 * @property {string[]} complaints of the address
 * @property {Record<string, string>} inks of light paper, by those of dark
 * @property {string[]} sequential stops of the palette
 * @property {string[]} diverging stops of the palette on light paper
 * @property {string[]} diverging_on_dark the same on dark paper
 * @property {string} plotly its address
 * @property {string[]} later addresses of scripts that Explore has no use for
 * @property {string} image_types
 * @property {number} image_bytes
 * @property {number} image_pixels
 * @property {number} image_side
 * @property {import("./selection.js").Selection} selection what the address says
 * @property {Mailed} [mailed] of a page to mail alone
 */

/** @type {Facts} */
export const facts = JSON.parse(document.getElementById("facts")?.textContent ?? "{}");

/**
 * Return what the facts say of a network, which is one of theirs.
 * @param {string} key
 * @returns {Model}
 */
export const modelOf = (key) => /** @type {Model} */ (facts.models.find((model) => model.key === key));

/**
 * Return [network key, layer name] of a path, "network.layer": a layer's name may have dots.
 * @param {string} path
 * @returns {[string, string]}
 */
export function readPath(path) {
  const dot = path.indexOf(".");
  return dot < 0 ? [path, ""] : [path.slice(0, dot), path.slice(dot + 1)];
}

/**
 * Return the block in which a layer stands; undefined where the network has no such layer.
 * @param {Pick<Model, "blocks">} model
 * @param {string} name
 */
export const blockOf = ({ blocks }, name) => blocks.find(({ layers }) => layers.includes(name));

/**
 * Return a network's last layer, which gives the classes.
 * @param {Model} model
 */
export const lastLayer = ({ layers }) => layers[layers.length - 1];

/**
 * Return how many maps or units a layer has.
 * @param {Pick<Layer, "shape">} layer
 */
export const channelsOf = ({ shape }) => shape[shape.length - 1];

/**
 * Return whether a layer's values are maps, not a row of units.
 * @param {Pick<Layer, "shape">} layer
 */
export const hasMaps = ({ shape }) => shape.length === 3;

/**
 * Return what a network is called where there is little room: "CNN", "CNN augmented".
 * @param {string} key
 */
export const nameOf = (key) => modelOf(key)?.name ?? key;
