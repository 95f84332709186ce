// What can be done with a turn: copied, asked again, edited, judged.
//
// `act(kind, value)` tells Python; see ACTS in turn_acts.py for the kinds. Returns the buttons, always
// in one order, so that whoever stands on one stands on it still when they are drawn again; and the
// forms below them, hidden until they are asked for.
function drawActions({ id, question, actions }, act) {
  if (!actions) return { buttons: [], forms: [] };
  const edit = actions.can_edit ? drawEdit(question, (words) => act("edit", words)) : null;
  const why = actions.thumb ? drawWhyThumb(id, actions, act) : null;
  return {
    buttons: [
      ...(actions.copy_text ? [drawCopy(actions.copy_text)] : []),
      ...(actions.can_repeat ? [drawButton("Ask again", () => act("again"))] : []),
      ...(edit ? [edit.button] : []),
      ...(actions.can_judge ? THUMBS.map((thumb) => drawThumb(thumb, id, actions, act)) : []),
      ...(why ? [why.button] : []),
    ],
    forms: [
      ...[edit, why].flatMap((one) => (one ? [one.form] : [])),
      ...(actions.note ? [element("p", { class: "note" }, [actions.note])] : []),
    ],
  };
}

const THUMBS = [
  { value: "up", label: "Right", words: "Thumb up: right" },
  { value: "down", label: "Wrong", words: "Thumb down: wrong" },
];
const judged = new Set(); // the turns that were judged just now, which are asked for a reason

function drawButton(label, press, attributes = {}) {
  const button = element("button", { class: "tool", ...attributes }, [label]);
  button.addEventListener("click", press);
  return button;
}

function drawCopy(text) {
  const button = drawButton("Copy", () => copyText(text, button), { "aria-live": "polite" });
  return button;
}

function drawThumb({ value, label, words }, id, { thumb }, act) {
  const isPressed = thumb === value;
  const attributes = { "aria-pressed": String(isPressed), "aria-label": words, "data-thumb": value };
  return drawButton(
    label,
    () => {
      judged[isPressed ? "delete" : "add"](id);
      act("thumb", isPressed ? "" : value);
    },
    attributes,
  );
}

// Asks why an answer is right or wrong; nobody has to say.
function drawWhyThumb(id, { thumb, note }, act) {
  const input = element("input", { class: "words", maxlength: "2000", "aria-label": WHY });
  input.placeholder = WHY;
  input.value = note;
  const send = () => {
    judged.delete(id);
    act("thumb", `${thumb}\n${input.value.trim()}`);
  };
  return drawForm(note ? "Change the reason" : "Say why", input, "Save", send, judged.has(id));
}

const WHY = "Why? You need not say; it is kept on this machine.";

// The last question in other words: its turn stays until the new one has been taken.
function drawEdit(question, send) {
  const input = element("textarea", { class: "words", rows: "2", "aria-label": "The question" });
  input.value = question;
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    input.form.requestSubmit();
  });
  return drawForm("Edit", input, "Ask instead", () => send(input.value), false);
}

// A button that opens and shuts a form of one field.
function drawForm(label, input, verb, send, isOpen) {
  const save = element("button", { class: "tool" }, [verb]);
  save.type = "submit";
  const cancel = drawButton("Cancel", () => show(false));
  const form = element("form", { class: "ask-for" }, [input, save, cancel]);
  const button = drawButton(label, () => show(form.hidden), { "aria-expanded": "false" });
  const show = (isShown) => {
    form.hidden = !isShown;
    button.setAttribute("aria-expanded", String(isShown));
    (isShown ? input : button).focus();
  };
  form.hidden = !isOpen;
  button.setAttribute("aria-expanded", String(isOpen));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.value.trim() && input.tagName === "TEXTAREA") return;
    show(false);
    send();
  });
  form.addEventListener("keydown", (event) => {
    // Keys typed here mean nothing to the page around, and Escape shuts the form alone.
    event.stopPropagation();
    if (event.key === "Escape") show(false);
  });
  return { button, form };
}
