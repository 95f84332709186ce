// Makes an element; strings among the children become text nodes, never HTML.
function element(tag, attributes = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (tag === "button") node.type = "button";
  node.append(...children); // strings become text nodes
  return node;
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
    this.node.replaceChildren(...(value === null ? [] : draw(value)));
    if (focused >= 0) this.node.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
  }
}

const FOCUSABLE = "button, summary, input, textarea, [tabindex], [href]";

// Copies a text and says on the button, for a moment, whether that went well.
async function copyText(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser does not let this page copy";
  }
  setTimeout(() => {
    button.textContent = before;
  }, COPIED_MS);
}

const COPIED_MS = 2000;

// Names a source, for those who do not see where its button stands.
function describe({ title, author, place }) {
  return join([author ? `${title} by ${author}` : title, place], ", ");
}

function join(parts, separator = " · ") {
  return parts.filter(Boolean).join(separator);
}

// A paragraph of an essay, its number in the margin; or a heading, which has none. Numbers and
// pages are drawn by the style sheet, so that they are not among the words that are copied.
function drawParagraph({ number, parts }) {
  const children = parts.flatMap(({ text, is_cited: isCited, page }) => [
    ...(page ? [element("span", { class: "leaf", "data-page": `page ${page}` })] : []),
    isCited ? element("mark", {}, [text]) : text,
  ]);
  return number
    ? element("p", { "data-number": String(number) }, children)
    : element("h3", { class: "within" }, children);
}
