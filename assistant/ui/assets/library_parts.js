// What the parts of the Library page are made of.

// A button that does something; `name` says more than its words to those who do not see its place.
function actButton(words, act, { name = "", kind = "" } = {}) {
  const button = element("button", { ...(name ? { "aria-label": name } : {}), class: kind }, [words]);
  button.addEventListener("click", act);
  return button;
}

// A field with its label. Enter calls `accept` and Escape `leave`.
function field(label, { value = "", hint = "", accept, leave = () => {} }) {
  const input = element("input", { type: "text", placeholder: hint, autocomplete: "off" });
  input.value = value;
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") accept(input.value);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });
  const node = element("label", { class: "field" }, [element("span", {}, [label]), input]);
  return { input, node };
}
