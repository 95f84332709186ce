// How every component of the page begins.
//
// Streamlit calls a component's default export for each change of the data, with the same
// parentElement each time, and the function that it returned when the component goes away, or when
// that call was overtaken by the next one, which has drawn by then.

// Returns a default export that draws with one object for each parentElement: its root,
// update(data), dispose() if there is anything to end, and an outbox if its acts are numbered.
// Through send() it tells Python, as the value of name, what the reader does.
function mount(make, { name = "acts", setter = "setTriggerValue" } = {}) {
  const drawn = new WeakMap();
  return (component) => {
    const { data, parentElement } = component;
    if (!drawn.has(parentElement)) {
      const made = make(data, parentElement);
      drawn.set(parentElement, made);
      parentElement.append(made.root);
    }
    const one = drawn.get(parentElement);
    const call = (one.call = {});
    one.send = (value) => component[setter](name, value);
    one.outbox?.settle(data.done);
    one.update(data);
    return () => {
      if (one.call !== call) return;
      drawn.delete(parentElement);
      one.root.remove();
      one.dispose?.();
    };
  };
}
