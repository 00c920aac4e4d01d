class Broken extends Error {
  constructor(message) {
    super(message);
    this.name = 'Broken';
  }
}
function inner() {
  throw new Broken('boom');
}
exports.handler = async function handler() {
  inner();
};
