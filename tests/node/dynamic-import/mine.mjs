export default import.meta.filename.endsWith('mine.mjs');
