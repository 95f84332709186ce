// Makes an element; strings among the children become text nodes, never HTML.
function element(tag, attributes = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (tag === "button") node.type = "button";
  node.append(...children); // strings become text nodes
  return node;
}
