// The files being added: all of them in one bar, each with its steps.
class Work {
  constructor(act) {
    this.act = act;
    this.head = new Slot(element("div", { class: "head" }));
    this.words = new Slot(element("p", { class: "words", role: "status" }));
    this.files = new Slot(element("ul", { "aria-label": "Files being added" }));
    this.root = element("section", { class: "library work", "aria-label": "Adding" }, [
      element("div", { class: "top" }, [this.words.node, this.head.node]),
      this.files.node,
    ]);
  }

  update({ progress, is_shown: isShown }) {
    this.root.hidden = !isShown;
    const { is_running: isRunning, message, fraction, files, n_more: nMore } = progress;
    this.words.fill(message, () => [message]);
    this.head.fill([isRunning, isRunning ? fraction : 1], () =>
      isRunning
        ? [
            element("progress", { max: "1", value: String(fraction), "aria-label": "Files done" }),
            actButton("Stop", () => this.act({ kind: "stop" }), { name: "Stop adding" }),
          ]
        : [
            actButton("✕", () => this.act({ kind: "forget_work" }), {
              name: "Close this message",
              kind: "plain",
            }),
          ],
    );
    this.files.fill([files, nMore], () => [
      ...files.map(drawFile),
      ...(nMore ? [element("li", { class: "soft" }, [`and ${nMore.toLocaleString("en")} more`])] : []),
    ]);
  }
}

function drawFile({ name, steps, words, reason, state }) {
  const track = steps.map(([step, mark]) =>
    element("li", { class: mark, ...(mark === "current" ? { "aria-current": "step" } : {}) }, [step]),
  );
  return element("li", { class: `file ${state}` }, [
    element("span", { class: "name" }, [name]),
    words
      ? element("span", { class: "words" }, [words])
      : element("ol", { class: "steps", "aria-label": "Steps" }, track),
    ...(reason ? [element("p", { class: "reason" }, [reason])] : []),
  ]);
}
