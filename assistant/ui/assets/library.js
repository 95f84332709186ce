// The Library page: collections and folders, files being added, the table of essays and the essay
// that is read. Text nodes only, as in reader.js. element.js and the other library_*.js are put
// in front of this file.
//
// Streamlit calls the default export again for each change of the data, with the same
// parentElement, and the function it returned when the component goes away.

const PARTS = { shelf: Shelf, folders: Folders, work: Work, table: Table };
const drawn = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (!drawn.has(parentElement)) {
    const part = new PARTS[data.kind]((act) => part.send(act));
    part.outbox = new Outbox();
    drawn.set(parentElement, part);
    parentElement.append(part.root);
  }
  const part = drawn.get(parentElement);
  part.outbox.settle(data.done);
  part.send = (act) => setTriggerValue("acts", part.outbox.add(act));
  part.update(data);
  return () => {
    part.root.remove();
    drawn.delete(parentElement);
  };
}
