// The list of the keys: a dialog, opened by a small button and by whoever calls `open`.

const KEYS = [
  ["/", "Write a question"],
  ["[", "Previous citation of the answer"],
  ["]", "Next citation of the answer"],
  ["Tab", "On to the next button or number, with Shift to the one before"],
  ["Enter", "Open the citation, press the button, send the question"],
  ["F2", "Rename the chat of the list that you stand on"],
  ["Delete", "Delete it; “Undo” brings it back"],
  ["Esc", "Close the essay, a preview or this list"],
  ["?", "Show this list"],
];

// Returns `node`, which belongs into the page once, and `open`, which shows the list.
function drawKeys() {
  const shut = element("button", { class: "shut", "aria-label": "Close the list of keys" }, ["✕"]);
  // closedby: a click beside the list closes it too, in browsers that know the attribute.
  const dialog = element("dialog", { class: "keys-list", "aria-label": "Keys", closedby: "any" }, [
    element("header", {}, [element("h2", {}, ["Keys"]), shut]),
    element("dl", {}, KEYS.flatMap(([key, words]) => [
      element("dt", {}, [element("kbd", {}, [key])]),
      element("dd", {}, [words]),
    ])),
  ]);
  shut.addEventListener("click", () => dialog.close());
  // The page's own keys rest while the list is open: Escape closes the list and nothing below it.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  const open = () => {
    if (!dialog.open) dialog.showModal();
  };
  const button = element("button", { class: "keys-button", "aria-haspopup": "dialog" }, [
    "Keys ",
    element("kbd", { "aria-hidden": "true" }, ["?"]),
  ]);
  button.addEventListener("click", open);
  return { node: element("div", { class: "keys" }, [button, dialog]), open };
}
