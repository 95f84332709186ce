// The Library page: collections and folders, files being added, the table of essays and the essay
// that is read. Text nodes only, as in reader.js. The scripts named in library_components.py are
// put in front of this file.

const PARTS = { shelf: Shelf, folders: Folders, work: Work, table: Table };

export default mount(({ kind }) => {
  const part = new PARTS[kind]((act) => part.send(part.outbox.add(act)));
  part.outbox = new Outbox();
  return part;
});
