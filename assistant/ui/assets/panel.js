// What the sidebar tells: of the model, of the essays in use. Text nodes only, as in reader.js.
// element() is that of element.js, which is put in front of this file.

export default function ({ data, parentElement }) {
  let root = parentElement.querySelector(".panel");
  if (!root) {
    root = element("div", { class: "panel" });
    parentElement.append(root);
  }
  const drawn = JSON.stringify(data);
  if (root.dataset.drawn === drawn) return;
  root.dataset.drawn = drawn;
  const sections = {
    model: () => drawModel(data),
    essays: () => drawEssays(data),
  };
  root.replaceChildren(...sections[data.kind]());
}

function drawModel({ name, message, fraction, state }) {
  const bar =
    fraction === null
      ? []
      : [element("progress", { max: "1", value: String(fraction), "aria-label": message })];
  return [
    element("h2", {}, ["Model"]),
    ...(message.includes(name) ? [] : [element("p", { class: "name" }, [name])]),
    element("p", { class: `soft state ${state}`, role: "status" }, [message]),
    ...bar,
  ];
}

function drawEssays({ summary, name }) {
  return [
    element("h2", {}, ["Essays"]),
    ...(name ? [element("p", { class: "name" }, [name])] : []),
    element("p", { class: name ? "soft" : "name" }, [summary]),
  ];
}
