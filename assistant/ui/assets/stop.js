// Stops the answer under way. It is there from the start, hidden as long as there is none: what a
// button does that comes and goes is lost when it is pressed while it goes. element() and Outbox
// are those of element.js and outbox.js, which are put in front of this file.

const drawn = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (!drawn.has(parentElement)) drawn.set(parentElement, new Stop(parentElement));
  const stop = drawn.get(parentElement);
  stop.send = (acts) => setTriggerValue("acts", acts);
  stop.update(data);
  return () => {
    stop.button.remove();
    drawn.delete(parentElement);
  };
}

class Stop {
  constructor(parent) {
    this.outbox = new Outbox();
    this.button = element("button", {}, ["Stop"]);
    this.button.addEventListener("click", () => {
      this.send(this.outbox.add({ kind: "stop", job: this.job }));
    });
    parent.append(this.button);
  }

  update({ job, done }) {
    this.outbox.settle(done);
    if (this.outbox.acts.length) this.send(this.outbox.acts);
    this.job = job;
    this.button.hidden = !job;
  }
}
