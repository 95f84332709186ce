// Makes an element; strings among the children become text nodes, never HTML. Strings lose the
// marks that turn the direction of writing, which would reorder what stands beside them; the words
// of an essay, which are shown to the letter, come from `verbatim`.
function element(tag, attributes = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, level(value));
  if (tag === "button") node.type = "button";
  node.append(...children.map(level)); // strings become text nodes
  return node;
}

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

function level(child) {
  return typeof child === "string" ? child.replace(TURNING, "") : child;
}

// A text to the letter, for a paragraph in which nothing else stands.
function verbatim(text) {
  return document.createTextNode(text);
}

// A place in the page that is drawn again only when its value changes.
class Slot {
  constructor(node) {
    this.node = node;
  }

  fill(value, draw) {
    const drawn = JSON.stringify(value);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    // Whoever stood on a button stands on the one that has taken its place.
    const focused = [...this.node.querySelectorAll(FOCUSABLE)].indexOf(
      this.node.getRootNode().activeElement,
    );
    this.node.replaceChildren(...(value === null ? [] : draw(value).map(level)));
    if (focused >= 0) this.node.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
  }
}

const FOCUSABLE = "button, summary, input, textarea, a, [tabindex]";

// A link to this page with other names and values in its address; it can lead nowhere else.
function link(query, attributes, children) {
  const node = element("a", attributes, children);
  node.setAttribute("href", `?${new URLSearchParams(query)}`);
  return node;
}

// The whole address that such a link leads to.
function addressOf(query) {
  return link(query, {}, []).href;
}

// Copies a text and says on the button, for a moment, whether that went well.
async function copyText(text, button) {
  const words = (button.dataset.words ??= button.textContent);
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    isCopied = copySelected(text, button);
  }
  button.textContent = isCopied ? "Copied" : "The browser does not let this page copy";
  setTimeout(() => {
    button.textContent = words;
  }, COPIED_MS);
}

const COPIED_MS = 2000;

// The older way, where the page may not write to the clipboard of itself.
function copySelected(text, button) {
  const field = element("textarea", { class: "unseen", readonly: "" });
  field.value = text;
  button.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  button.focus({ preventScroll: true });
  return isCopied;
}

// Names a source, for those who do not see where its button stands.
function describe({ title, author, place }) {
  return join([author ? `${title} by ${author}` : title, place], ", ");
}

function join(parts, separator = " · ") {
  return parts.filter(Boolean).join(separator);
}
