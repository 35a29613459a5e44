/** Elements of the page: made, written into, refused. */

/**
 * Return an element that the page has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Return the part of an element that fits a selector, where there is one.
 * @param {ParentNode} element
 * @param {string} selector
 * @returns {HTMLElement}
 */
export const find = (element, selector) => /** @type {HTMLElement} */ (element.querySelector(selector));

/**
 * Return an element with properties, attributes (names with a dash, or role) and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element =
    /** @type {HTMLElementTagNameMap[Tag] & Record<string, any>} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/**
 * Write text only where it differs, into the node that is there: the browser then has little to lay out, or nothing.
 * @param {Node} element
 * @param {string} text
 * @returns {boolean} whether it differed
 */
export function write(element, text) {
  const node = element.firstChild;
  const own = node instanceof Text && !node.nextSibling ? node : null;
  if ((own ? own.data : element.textContent) === text) return false;
  if (own) own.data = text;
  else element.textContent = text;
  return true;
}

/**
 * Fill a description list.
 * @param {HTMLElement} list
 * @param {Record<string, Node | string>} entries names and texts
 */
export function fillList(list, entries) {
  list.replaceChildren(
    ...Object.entries(entries).flatMap((
      [name, text],
    ) => [make("dt", { textContent: name }), make("dd", {}, text)]),
  );
}

/**
 * Say under a field why what stands in it is refused, until it is typed anew; an empty sentence takes it back.
 * @param {HTMLElement} field
 * @param {string} sentence
 */
export function refuse(field, sentence) {
  const place = byId(`${field.id}-error`);
  write(place, sentence);
  field.ariaInvalid = sentence ? "true" : null;
  field.setAttribute("aria-describedby", place.id);
  if (sentence) field.addEventListener("input", () => refuse(field, ""), { once: true });
}

/**
 * Return a paragraph with a link that takes a file away.
 * @param {string} textContent
 * @param {string} href
 * @param {string} download name of the file
 */
export const fileLink = (textContent, href, download) =>
  make("p", { className: "files" }, make("a", { textContent, href, download }));

/**
 * Return a button that does something.
 * @param {string} textContent
 * @param {() => void} act
 * @param {Record<string, any>} properties
 */
export function newButton(textContent, act, properties = {}) {
  const button = make("button", { type: "button", textContent, ...properties });
  button.addEventListener("click", act);
  return button;
}

/**
 * Return a list of choices.
 * @param {string[][]} options pairs of a value and its words
 * @param {(value: string) => void} chosen
 * @param {Record<string, any>} properties
 */
export function newSelect(options, chosen, properties = {}) {
  const choices = options.map(([value, textContent]) => make("option", { value, textContent }));
  const select = make("select", properties, ...choices);
  select.addEventListener("change", () => chosen(select.value));
  return select;
}

/**
 * Return what scrolls sideways where it has no room.
 * @param {string} name
 * @param {Node} content
 */
export const scrolling = (name, content) =>
  make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": name }, content);
