import { get } from 'node:http';
let seen = 'nothing';
export const handler = (event, context, callback) => {
  get(`${event.base}/wait?ms=30`, (res) => res.resume().on('end', () => { seen = 'response'; }));
  // Lambda answers when the event loop is empty; the value is read then.
  callback(null, { toJSON: () => seen });
};
