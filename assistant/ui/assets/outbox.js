// What the reader did and Python has not told to have done. Of two events that come while a run of
// the page is under way, Streamlit keeps the later one only: so each carries those before it, and
// numbers tell which were done.
class Outbox {
  constructor() {
    this.acts = [];
    this.last = 0;
  }

  add(act) {
    this.last = Math.max(Date.now(), this.last + 1);
    this.acts.push({ ...act, number: this.last });
    return this.acts;
  }

  settle(done) {
    this.acts = this.acts.filter(({ number }) => number > done);
  }
}
