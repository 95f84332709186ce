// The lists of the sidebar: the chats, the model, the essays in use. Text nodes only, as in reader.js.
// element() is that of element.js, which is put in front of this file.

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".panel");
  if (!root) {
    root = element("div", { class: "panel" });
    parentElement.append(root);
  }
  const drawn = JSON.stringify(data);
  if (root.dataset.drawn === drawn) return;
  root.dataset.drawn = drawn;
  const sections = {
    chats: () => drawChats(data, (id) => setTriggerValue("open", id)),
    model: () => drawModel(data),
    essays: () => drawEssays(data),
  };
  root.replaceChildren(...sections[data.kind]());
}

function drawChats({ chats }, open) {
  const items = chats.map((chat) => {
    const button = element("button", chat.is_current ? { "aria-current": "page" } : {}, [
      element("span", { class: "name" }, [chat.title]),
      element("span", { class: "soft" }, [chat.date]),
    ]);
    button.addEventListener("click", () => open(chat.id));
    return element("li", {}, [button]);
  });
  return [element("h2", {}, ["Earlier chats"]), element("ul", { class: "chats" }, items)];
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
