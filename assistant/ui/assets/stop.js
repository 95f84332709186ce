// Stops the answer under way. It is there from the start, hidden as long as there is none: what a
// button does that comes and goes is lost when it is pressed while it goes. The scripts named in
// components.py are put in front of this file.

export default mount(() => new Stop());

class Stop {
  constructor() {
    this.outbox = new Outbox();
    this.root = element("button", {}, ["Stop"]);
    this.root.addEventListener("click", () => {
      this.send(this.outbox.add({ kind: "stop", job: this.job }));
    });
  }

  update({ job }) {
    if (this.outbox.acts.length) this.send(this.outbox.acts);
    this.job = job;
    this.root.hidden = !job;
  }
}
